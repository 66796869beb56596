//! A body as it arrives: [`Stream`].

use std::io::{self, Read};

use http_body_util::BodyExt;
use hyper::body::{Buf, Bytes, Incoming};
use tokio::runtime::Runtime;

/// Reads a body by driving its connection while it waits.
pub(super) struct Stream {
    runtime: Runtime,
    body: Incoming,
    rest: Bytes,
}

impl Stream {
    pub(super) fn new(runtime: Runtime, body: Incoming) -> Self {
        Self {
            runtime,
            body,
            rest: Bytes::new(),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.runtime.block_on(self.body.frame()) {
                None => return Ok(0),
                Some(frame) => {
                    let frame = frame.map_err(io::Error::other)?;
                    self.rest = frame.into_data().unwrap_or_default();
                }
            }
        }
        let length = self.rest.len().min(buffer.len());
        self.rest.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}

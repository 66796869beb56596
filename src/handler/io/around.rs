//! A function around each write: [`Around`].

use std::io::{self, Write};

type Wrap = dyn Fn(&mut dyn FnMut()) + Send + Sync;

/// A writer with a function around each call of it.
pub(in crate::handler) struct Around {
    writer: Box<dyn Write + Send>,
    wrap: Box<Wrap>,
}

impl Around {
    pub(in crate::handler) fn new(
        writer: Box<dyn Write + Send>,
        wrap: impl Fn(&mut dyn FnMut()) + Send + Sync + 'static,
    ) -> Self {
        let wrap = Box::new(wrap);
        Self { writer, wrap }
    }
}

impl Write for Around {
    /// Writes and flushes, so that nothing is left for later.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = None;
        let writer = &mut self.writer;
        (self.wrap)(&mut || {
            if written.is_none() {
                let result = writer.write(bytes);
                written = Some(result.and_then(|count| writer.flush().map(|()| count)));
            }
        });
        written.unwrap_or_else(|| Err(io::Error::other("the function around it did not write")))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

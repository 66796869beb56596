//! What one process sends: [`Feed`].

use std::io::BufRead;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread;

use logtree::Registry;
use logtree_replay::Event;
use serde_json::Value;

use crate::client::{Client, Request};
use crate::failure::Failure;

/// What a process sent.
pub(super) enum Sent {
    Record {
        json: Value,
        event: Box<Event>,
    },
    /// What is no record: drops and gaps.
    Note(Value),
    /// The end of the stream.
    End(Result<(), Failure>),
}

/// Follows a process on a thread, which ends with the stream or the receiver.
pub(super) struct Feed {
    pub(super) number: usize,
    pub(super) client: Arc<dyn Client>,
    pub(super) request: Request,
    pub(super) registry: Registry,
    pub(super) sender: SyncSender<(usize, Sent)>,
}

impl Feed {
    pub(super) fn start(self) {
        thread::spawn(move || {
            let end = self.follow();
            let _ = self.sender.send((self.number, Sent::End(end)));
        });
    }

    fn follow(&self) -> Result<(), Failure> {
        let stream = self.client.stream(&self.request)?;
        for line in stream.lines() {
            let line = line.map_err(|error| Failure::new(format!("the tail ended: {error}")))?;
            if line.trim().is_empty() {
                continue;
            }
            let Ok(json) = serde_json::from_str(&line) else {
                continue;
            };
            let sent = match Event::read_in(&self.registry, &line) {
                Some(event) => Sent::Record {
                    json,
                    event: Box::new(event),
                },
                None => Sent::Note(json),
            };
            if self.sender.send((self.number, sent)).is_err() {
                break;
            }
        }
        Ok(())
    }
}

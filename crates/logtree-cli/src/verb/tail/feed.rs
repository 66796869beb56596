//! What one process sends: [`Feed`].

use std::collections::BTreeSet;
use std::io::BufRead;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use logtree::Registry;
use logtree_replay::Event;
use serde_json::Value;

use crate::arguments::Target;
use crate::client::{Client, Request};
use crate::discovery::search;
use crate::failure::Failure;

/// How long a process that has ended is waited for before it is looked for again.
const PAUSE: Duration = Duration::from_millis(500);

/// What a process sent.
pub(super) enum Sent {
    Record {
        json: Value,
        event: Box<Event>,
    },
    /// What is no record: drops and gaps.
    Note(Value),
    /// The stream has ended, and is to go on.
    Lost(Result<(), Failure>),
    /// The stream goes on, with a process of this label.
    Back(String),
    /// The end of the stream.
    End(Result<(), Failure>),
}

/// The processes that are followed, by their addresses.
#[derive(Default)]
pub(super) struct Followed(Mutex<BTreeSet<String>>);

impl Followed {
    /// Returns `false` if another feed follows it.
    pub(super) fn add(&self, address: &str) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(address.to_owned())
    }

    fn remove(&self, address: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(address);
    }
}

/// Follows a process on a thread, which ends with the receiver, or with the stream if it is not to
/// go on.
pub(super) struct Feed {
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) address: String,
    pub(super) client: Arc<dyn Client>,
    pub(super) request: Request,
    pub(super) registry: Registry,
    pub(super) sender: SyncSender<(usize, Sent)>,
    /// Where the process is looked for when it has ended; [`None`] ends with it.
    pub(super) target: Option<Target>,
    pub(super) followed: Arc<Followed>,
    /// What the last record was, in the words of the process.
    pub(super) last_id: Option<String>,
}

impl Feed {
    pub(super) fn start(mut self) {
        thread::spawn(move || {
            // What cannot be followed at all ends.
            let mut end = self.stream().and_then(|stream| self.follow(stream));
            while let (Ok(streamed), Some(_)) = (&end, &self.target) {
                if !self.send(Sent::Lost(streamed.clone())) {
                    return;
                }
                let Some(stream) = self.again() else {
                    return;
                };
                end = self.follow(stream);
            }
            self.send(Sent::End(end.and_then(|streamed| streamed)));
        });
    }

    fn stream(&self) -> Result<Box<dyn BufRead + Send>, Failure> {
        let mut request = self.request.clone();
        if let Some(id) = &self.last_id {
            request = request.header("Last-Event-ID", id.clone());
        }
        self.client.stream(&request)
    }

    /// Waits until the process, or one of its name, is there again. Returns [`None`] if nobody
    /// reads any more.
    fn again(&mut self) -> Option<Box<dyn BufRead + Send>> {
        loop {
            thread::sleep(PAUSE);
            // An empty note is not shown; it fails without a receiver.
            if !self.send(Sent::Note(Value::Null)) {
                return None;
            }
            let found = self.target.as_ref().and_then(|target| search(target).ok());
            let (same, others): (Vec<_>, Vec<_>) = found
                .into_iter()
                .flat_map(|found| found.processes)
                .partition(|found| found.address == self.address);
            // A process that started again at its address may have a new token in its file.
            if let Some(same) = same.into_iter().next() {
                self.client = same.client;
            }
            if let Ok(stream) = self.stream() {
                return Some(stream);
            }
            let next = others.into_iter().find(|next| {
                !self.name.is_empty() && next.name == self.name && self.followed.add(&next.address)
            });
            let Some(next) = next else {
                continue;
            };
            self.followed.remove(&self.address);
            let label = next.label();
            (self.address, self.client) = (next.address, next.client);
            if let Ok(stream) = self.stream() {
                return self.send(Sent::Back(label)).then_some(stream);
            }
        }
    }

    /// Reads a stream to its end. Returns why it ended, or an error if nobody reads any more.
    fn follow(&mut self, stream: Box<dyn BufRead + Send>) -> Result<Result<(), Failure>, Failure> {
        for line in stream.lines() {
            let line = match line {
                Ok(line) => line,
                Err(error) => {
                    return Ok(Err(Failure::new(format!("the tail ended: {error}"))));
                }
            };
            if let Some(id) = line.strip_prefix("id: ") {
                self.last_id = Some(id.to_owned());
                continue;
            }
            let line = line.strip_prefix("data: ").unwrap_or(&line);
            let Ok(json @ Value::Object(_)) = serde_json::from_str(line) else {
                continue;
            };
            let sent = match Event::read_in(&self.registry, line) {
                Some(event) => Sent::Record {
                    json,
                    event: Box::new(event),
                },
                None => Sent::Note(json),
            };
            if !self.send(sent) {
                return Err(Failure::new("nothing reads the tail"));
            }
        }
        Ok(Ok(()))
    }

    fn send(&self, sent: Sent) -> bool {
        self.sender.send((self.number, sent)).is_ok()
    }
}

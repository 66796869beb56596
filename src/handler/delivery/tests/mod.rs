//! Tests of the engine, with a receiver that a test steers.

mod ends;
mod notices;
mod room;
mod sending;

use std::thread;
use std::time::Duration;

use super::*;
use crate::error::{Error, ErrorKind};
use crate::handler::check::check_sink;
use crate::handler::counters::DropReason;
use crate::handler::handler::Handler;
use crate::handler::queue::Overflow;
use crate::level::Level;
use crate::record::Record;
use crate::sys::sync::{Arc, Mutex};

/// What a receiver does with the next batches; the last one is repeated.
type Script = Box<dyn FnMut(&[Entry]) -> Outcome + Send>;

#[derive(Default)]
struct World {
    received: Mutex<Vec<String>>,
    connections: Mutex<usize>,
    /// How many connections there are.
    open: Mutex<usize>,
    ends_when_idle: Mutex<bool>,
    /// How many of the last entries it has not read, and never will.
    unread: Mutex<usize>,
    /// Whether it never says what it has read.
    is_silent: Mutex<bool>,
    /// What the connection does when it is next asked whether it rests.
    at_rest: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    script: Mutex<Option<Script>>,
}

struct Scripted(Arc<World>, BatchLimits);

impl Transport for Scripted {
    fn limits(&self) -> BatchLimits {
        self.1
    }

    fn connect(&self) -> Result<Box<dyn Connection>, Error> {
        *self.0.connections.lock() += 1;
        *self.0.open.lock() += 1;
        Ok(Box::new(Receiving(Arc::clone(&self.0))))
    }

    fn shorten(&self, entry: &Entry) -> Option<Entry> {
        Some(entry.with_payload(&entry.payload()[..4.min(entry.payload().len())]))
    }

    fn describe(&self) -> String {
        "Scripted".to_owned()
    }
}

struct Receiving(Arc<World>);

impl Receiving {
    fn take(&self, entries: &[Entry]) {
        let texts = entries
            .iter()
            .map(|entry| String::from_utf8_lossy(entry.payload()));
        self.0
            .received
            .lock()
            .extend(texts.map(std::borrow::Cow::into_owned));
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        *self.0.open.lock() -= 1;
    }
}

impl Connection for Receiving {
    fn unconfirmed(&self) -> usize {
        *self.0.unread.lock()
    }

    fn confirm(&mut self) -> Result<bool, Error> {
        match self.unconfirmed() {
            0 => Ok(true),
            _ if *self.0.is_silent.lock() => Ok(false),
            _ => Err(away()),
        }
    }

    fn rests(&mut self) -> bool {
        let at_rest = self.0.at_rest.lock().take();
        if let Some(at_rest) = at_rest {
            at_rest();
        }
        !*self.0.ends_when_idle.lock()
    }

    fn send(&mut self, batch: &[Entry]) -> Outcome {
        let script = self.0.script.lock().take();
        let Some(mut script) = script else {
            self.take(batch);
            return Outcome::Sent;
        };
        let outcome = script(batch);
        let mut place = self.0.script.lock();
        if place.is_none() {
            *place = Some(script);
        }
        drop(place);
        match &outcome {
            Outcome::Sent => self.take(batch),
            Outcome::Retry { sent, .. }
            | Outcome::Broken { sent, .. }
            | Outcome::Failed { sent, .. } => self.take(&batch[..*sent]),
            Outcome::Refused { which, .. } => {
                let taken = batch
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| !which.contains(at));
                taken.for_each(|(_, entry)| self.take(std::slice::from_ref(entry)));
            }
            Outcome::TooLarge(_) | Outcome::SomeRefused { .. } => {}
        }
        outcome
    }
}

impl World {
    fn builder(self: &Arc<Self>) -> DeliveryHandlerBuilder {
        self.builder_with(BatchLimits::default())
    }

    fn builder_with(self: &Arc<Self>, limits: BatchLimits) -> DeliveryHandlerBuilder {
        let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1));
        DeliveryHandler::builder(Scripted(Arc::clone(self), limits)).backoff(backoff)
    }

    fn script(&self, script: impl FnMut(&[Entry]) -> Outcome + Send + 'static) {
        *self.script.lock() = Some(Box::new(script));
    }

    fn recovers(&self) {
        self.script(|_| Outcome::Sent);
    }

    fn goes_away(&self) {
        self.script(|_| Outcome::Broken {
            sent: 0,
            error: away(),
        });
    }

    fn received(&self) -> Vec<String> {
        self.received.lock().clone()
    }
}

fn away() -> Error {
    Error::new(ErrorKind::Io, "away")
}

fn log(handler: &Handler, level: Level, text: &str) {
    handler.handle(&Record::builder().level(level).message(text).build());
}

fn until(what: impl Fn() -> bool) {
    for _ in 0..60_000 {
        if what() {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    panic!("it did not come to pass");
}

fn is_balanced(handler: &Handler) -> bool {
    let counters = handler.counters();
    counters.accepted() == counters.written() + counters.dropped() + counters.queued()
}

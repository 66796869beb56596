//! What a delivery handler sends with: [`Transport`].

use std::time::Duration;

use crate::error::Error;
use crate::formatter::Format;
use crate::handler::delivery::entry::Entry;
use crate::handler::sink::formatted;
use crate::record::Record;

/// How records are encoded for a receiver, how many are sent at once, and how to connect to it.
///
/// A [`DeliveryHandler`](crate::handler::DeliveryHandler) does all else: it keeps records in order,
/// sends them on a thread of its own, tries again, spools them and counts them.
pub trait Transport: Send + Sync + 'static {
    /// Encodes a record, on the thread that logs it. The default is the formatted line, without a
    /// newline.
    ///
    /// It must not wait for anything: a logging call waits for it.
    ///
    /// # Errors
    /// Where the record cannot be encoded; it counts as dropped.
    fn encode(
        &self,
        record: &Record<'_>,
        format: &dyn Format,
        payload: &mut Vec<u8>,
    ) -> Result<(), Error> {
        formatted(format, record, |line| {
            payload.extend_from_slice(line.as_bytes());
            Ok(())
        })
    }

    /// Returns how much is sent at once. Asked when the handler is made.
    fn limits(&self) -> BatchLimits {
        BatchLimits::default()
    }

    /// Returns how many entries, from the first one, can be sent together; at least 1 are. Those
    /// that are given are within the [limits](Self::limits), which the handler observes itself. All
    /// of them by default.
    fn together(&self, entries: &[Entry]) -> usize {
        entries.len()
    }

    /// Makes a connection, on the handler's thread. Called before the first batch, and after
    /// [`Outcome::Broken`].
    ///
    /// # Errors
    /// Where there is none to be had now; the handler tries again later. The text must not hold
    /// credentials.
    fn connect(&self) -> Result<Box<dyn Connection>, Error>;

    /// Returns a shorter form of an entry that the receiver finds
    /// [too large](Outcome::TooLarge) by itself, with a mark of what is missing. `None`, the
    /// default, makes a dead letter of it.
    fn shorten(&self, entry: &Entry) -> Option<Entry> {
        let _ = entry;
        None
    }

    /// Describes the handler in a line, such as `SysLogHandler <localhost:514>`, without
    /// credentials.
    fn describe(&self) -> String;
}

/// A connection to a receiver. It lives on the handler's thread, and is dropped there.
pub trait Connection {
    /// Sends a batch, which has at least one entry. It may wait, but not for ever: it sets
    /// deadlines for all it does.
    ///
    /// A panic counts as [`Outcome::Refused`] for the whole batch.
    fn send(&mut self, batch: &[Entry]) -> Outcome;

    /// Returns how many of the entries that were [sent](Outcome::Sent) last the receiver may not
    /// have; those of earlier connections that are sent again included. 0 by default: over a stream
    /// of TCP, only the receiver's system may have some. Called after each batch.
    ///
    /// A handler with a spool keeps so many entries, and puts them into the spool when it is closed
    /// and they are not [confirmed](Self::confirm) in time, as far as there is room beside what was
    /// not sent. Without a spool or room, they are lost with the receiver, and the loss is
    /// reported.
    fn unconfirmed(&self) -> usize {
        0
    }

    /// Waits until the receiver has all that was sent, and sends again what it may not have. Called
    /// when the handler is closed, where some of it is [unconfirmed](Self::unconfirmed). Returns
    /// `false`, without waiting, where the receiver does not let this side know; the close does not
    /// wait then either.
    ///
    /// # Errors
    /// Where the receiver does not have it; the connection is replaced, and the new one is asked.
    fn confirm(&mut self) -> Result<bool, Error> {
        Ok(true)
    }

    /// Called when there is nothing to send for now. Returns whether the connection is kept, which
    /// it is by default; otherwise it is dropped, and the next batch has a new one.
    fn rests(&mut self) -> bool {
        true
    }
}

/// What became of a batch.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The receiver has all of it.
    Sent,
    /// The first so many entries are with the receiver; the others are sent again when the
    /// [back-off](crate::delivery::Backoff) says so, and no earlier than the receiver asked for.
    /// The connection stays.
    Retry {
        /// How many of the batch are sent.
        sent: usize,
        /// What the receiver asked for, as in `Retry-After`.
        after: Option<Duration>,
        /// Why. Without credentials.
        error: Error,
    },
    /// As [`Retry`](Self::Retry), and the connection is replaced.
    Broken {
        /// How many of the batch are sent.
        sent: usize,
        /// Why. Without credentials.
        error: Error,
    },
    /// The first so many entries are with the receiver. The next one was not sent for a reason of
    /// its own on this side that may pass, as where it needs a file and the system has none left.
    /// It is tried 5 times, with the [back-off](crate::delivery::Backoff) in between, while the
    /// others wait; then it counts as [`Refused`](Self::Refused). The connection stays.
    Failed {
        /// How many of the batch are sent.
        sent: usize,
        /// Why. Without credentials.
        error: Error,
    },
    /// The batch is too large for the receiver: halves of it are sent, a single entry in its
    /// [shorter form](Transport::shorten).
    TooLarge(Error),
    /// The receiver does not take these entries, by their places in the batch, and never will; the
    /// others are sent. They become dead letters.
    Refused {
        /// The places of the entries.
        which: Vec<usize>,
        /// Why. Without credentials.
        error: Error,
    },
    /// The receiver has the batch but for so many entries, which it does not name and never takes.
    /// They are counted and reported; none becomes a dead letter.
    SomeRefused {
        /// How many; 0 where it has all of them, and a failure is only to be reported.
        count: usize,
        /// Why. Without credentials.
        error: Error,
    },
}

/// How much a [`Transport`] sends at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchLimits {
    /// How many entries; 512 by default.
    pub records: usize,
    /// How many bytes of payloads, [overheads](Self::overhead) included; 1 MiB by default. A single
    /// entry may have more.
    pub bytes: usize,
    /// How many bytes are added to each payload; 0 by default.
    pub overhead: usize,
    /// How long a record waits for others; not at all by default.
    pub linger: Duration,
}

impl Default for BatchLimits {
    fn default() -> Self {
        Self {
            records: 512,
            bytes: 1024 * 1024,
            overhead: 0,
            linger: Duration::ZERO,
        }
    }
}

impl BatchLimits {
    /// Sets how many entries are sent at once; at least 1.
    #[must_use]
    pub fn with_records(mut self, records: usize) -> Self {
        self.records = records.max(1);
        self
    }

    /// Sets how many bytes are sent at once.
    #[must_use]
    pub fn with_bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// Sets how many bytes are added to each payload.
    #[must_use]
    pub fn with_overhead(mut self, bytes: usize) -> Self {
        self.overhead = bytes;
        self
    }

    /// Sets how long a record waits for others.
    #[must_use]
    pub fn with_linger(mut self, linger: Duration) -> Self {
        self.linger = linger;
        self
    }

    /// Returns the room of a batch, of which a notice may have some.
    pub(super) fn room(&self, notice: Option<&Entry>) -> Room<'_> {
        let mut room = Room {
            limits: self,
            records: 0,
            bytes: 0,
            has_records: false,
        };
        if let Some(notice) = notice {
            room.add(notice);
        }
        room
    }

    fn size(&self, entry: &Entry) -> usize {
        entry.payload.len().saturating_add(self.overhead)
    }
}

/// How much of a batch is taken.
pub(super) struct Room<'l> {
    limits: &'l BatchLimits,
    records: usize,
    bytes: usize,
    has_records: bool,
}

impl Room<'_> {
    /// Takes the room for one more record, if there is so much. The first record always has it.
    pub(super) fn takes(&mut self, next: &Entry) -> bool {
        let has_room = self.has(next) || !self.has_records;
        if has_room {
            self.has_records = true;
            self.add(next);
        }
        has_room
    }

    /// Reports whether there is room for one more.
    pub(super) fn has(&self, next: &Entry) -> bool {
        let bytes = self.bytes.saturating_add(self.limits.size(next));
        self.records < self.limits.records && bytes <= self.limits.bytes
    }

    fn add(&mut self, entry: &Entry) {
        self.records += 1;
        self.bytes = self.bytes.saturating_add(self.limits.size(entry));
    }
}

//! A record on its way to a receiver: [`Entry`].

use std::fmt;

use crate::level::Level;
use crate::time::Timestamp;

/// A record as a [`Transport`](crate::delivery::Transport) has encoded it, with what a receiver or
/// a dead letter needs beside the bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    pub(super) boot: u64,
    pub(super) sequence: u64,
    pub(super) level: Level,
    pub(super) time: Timestamp,
    pub(super) logger: Box<str>,
    pub(super) payload: Vec<u8>,
    /// Whether it is one of the handler's records, and not a notice of the handler itself.
    pub(super) is_counted: bool,
}

impl Entry {
    /// Returns an entry, for the tests of a transport.
    #[must_use]
    pub fn new(
        level: impl Into<Level>,
        time: Timestamp,
        logger: &str,
        payload: impl Into<Vec<u8>>,
    ) -> Self {
        Self {
            boot: 0,
            sequence: 0,
            level: level.into(),
            time,
            logger: logger.into(),
            payload: payload.into(),
            is_counted: true,
        }
    }

    /// Returns what is the same for all entries of one handler in one process, and differs
    /// otherwise.
    #[must_use]
    pub fn boot_id(&self) -> u64 {
        self.boot
    }

    /// Returns its number among those of the same [boot](Self::boot_id), from 1. Numbers ascend in
    /// the order in which the records were logged; those of dropped records are missing.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Returns what identifies it, for receivers that drop duplicates: `BOOT-SEQUENCE`, both in
    /// hexadecimal digits.
    #[must_use]
    pub fn uid(&self) -> String {
        format!("{:016x}-{:x}", self.boot, self.sequence)
    }

    /// Returns the record's level.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Returns the record's time.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// Returns the name of the record's logger.
    #[must_use]
    pub fn logger(&self) -> &str {
        &self.logger
    }

    /// Returns the bytes that the transport has encoded.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Returns the same entry with other bytes, as a transport makes one that is
    /// [too large](crate::delivery::Transport::shorten).
    #[must_use]
    pub fn with_payload(&self, payload: impl Into<Vec<u8>>) -> Self {
        Self {
            payload: payload.into(),
            logger: self.logger.clone(),
            ..*self
        }
    }

    /// How much memory it takes, about.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.logger.len() + self.payload.len()
    }
}

impl fmt::Debug for Entry {
    /// Without the payload, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("uid", &self.uid())
            .field("level", &self.level)
            .field("time", &self.time)
            .field("logger", &self.logger)
            .field("bytes", &self.payload.len())
            .finish()
    }
}

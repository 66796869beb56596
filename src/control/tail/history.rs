//! The latest records, for tails that begin or resume: [`History`].

use std::collections::VecDeque;

use crate::control::tail::event::Event;
use crate::control::tail::position::Position;

/// The latest records, bounded by number and by bytes.
#[derive(Debug)]
pub(super) struct History {
    max_records: usize,
    max_bytes: usize,
    events: VecDeque<Event>,
    bytes: usize,
    /// All that was shown from this number on was kept, at least for a time.
    complete_from: u64,
}

/// What a tail that resumes has missed for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::control) struct Gap {
    /// After which record.
    pub(in crate::control) after: Position,
    /// How many records were kept no more; [`None`] if that is unknown.
    pub(in crate::control) records: Option<u64>,
    /// Whether there may have been records that the loggers' levels hide, which are not kept
    /// unless a tail asks for them.
    pub(in crate::control) hidden: bool,
}

impl History {
    pub(super) fn new(max_records: usize, max_bytes: usize) -> Self {
        Self {
            max_records,
            max_bytes,
            events: VecDeque::new(),
            bytes: 0,
            complete_from: 0,
        }
    }

    /// Begins with what comes after a number.
    pub(super) fn begin(&mut self, seq: u64) {
        self.complete_from = seq + 1;
    }

    /// Forgets everything; returns it, to end outside of the lock.
    pub(super) fn end(&mut self) -> VecDeque<Event> {
        self.bytes = 0;
        std::mem::take(&mut self.events)
    }

    /// Adds a record. `evicted` gets what leaves for it.
    pub(super) fn push(&mut self, event: Event, evicted: &mut Vec<Event>) {
        self.bytes += event.bytes();
        self.events.push_back(event);
        while self.events.len() > self.max_records || self.bytes > self.max_bytes {
            let Some(oldest) = self.events.pop_front() else {
                break;
            };
            self.bytes -= oldest.bytes();
            evicted.push(oldest);
        }
    }

    /// Returns the latest records that match, up to a number, in order.
    pub(super) fn latest(
        &self,
        records: usize,
        matches: impl Fn(&Event) -> bool,
    ) -> VecDeque<Event> {
        let mut latest = VecDeque::new();
        let found = self.events.iter().rev().filter(|event| matches(event));
        for event in found.take(records) {
            latest.push_front(event.clone());
        }
        latest
    }

    /// Returns the records after a number that match, in order, and how many after it are kept no
    /// more. `seq` is the latest number that was given.
    pub(super) fn after(
        &self,
        known: u64,
        seq: u64,
        matches: impl Fn(&Event) -> bool,
    ) -> (VecDeque<Event>, Option<u64>) {
        let later = self.events.iter().filter(|event| event.seq > known);
        let later = later.filter(|event| matches(event)).cloned().collect();
        let oldest = self.events.front().map_or(seq + 1, |event| event.seq);
        let is_known = known <= seq && known + 1 >= self.complete_from;
        let gone = is_known.then(|| oldest.saturating_sub(known + 1));
        (later, gone)
    }
}

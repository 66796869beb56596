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
    /// What found no room, and was not kept: the last of its numbers, and how many.
    lost: VecDeque<(u64, u64)>,
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
            lost: VecDeque::new(),
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
        self.lost.clear();
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
        let oldest = self.events.front().map_or(u64::MAX, |event| event.seq);
        while self.lost.front().is_some_and(|(last, _)| *last < oldest) {
            self.lost.pop_front();
        }
    }

    /// Notes records that were shown and not kept, with the last of their numbers.
    pub(super) fn note_lost(&mut self, last: u64, count: u64) {
        match self.lost.back_mut() {
            Some((before, counted)) if *before + count == last => {
                *before = last;
                *counted += count;
            }
            _ => self.lost.push_back((last, count)),
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
        // Those before the oldest one are gone like it.
        let lost = self
            .lost
            .iter()
            .filter(|(last, _)| *last > known && *last > oldest);
        let lost: u64 = lost.map(|(last, count)| (*count).min(last - known)).sum();
        let gone = is_known.then(|| oldest.saturating_sub(known + 1) + lost);
        (later, gone)
    }
}

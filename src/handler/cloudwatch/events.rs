//! What goes into one call: [`together`] and [`Events`].

use std::borrow::Cow;

use crate::handler::cloudwatch::put_log_events::{LogEvent, RejectedLogEvents};
use crate::handler::delivery::Entry;
use crate::time::Timestamp;

/// The bytes of a call, [overheads](OVERHEAD) included.
pub(super) const MAX_BYTES: usize = 1_048_576;
/// What the service adds to the message of each event.
pub(super) const OVERHEAD: usize = 26;
/// The events of a call.
pub(super) const MAX_EVENTS: usize = 10_000;
/// The bytes of one message.
pub(super) const MAX_EVENT: usize = MAX_BYTES - OVERHEAD;

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;
/// How old an event can be.
const OLDEST: i64 = 14 * DAY;
/// How far in the future an event can be.
const NEWEST: i64 = 2 * HOUR;

/// Returns the milliseconds since the epoch, rounded down.
pub(super) fn millis(time: Timestamp) -> i64 {
    time.as_nanos().div_euclid(1_000_000)
}

/// Returns how many entries, from the first one, one call can have. There is a first one.
pub(super) fn together(entries: &[Entry]) -> usize {
    let (mut first, mut last, mut bytes) = (i64::MAX, i64::MIN, 0_usize);
    for (at, entry) in entries.iter().enumerate() {
        let time = millis(entry.time());
        (first, last) = (first.min(time), last.max(time));
        bytes = bytes.saturating_add(entry.payload().len() + OVERHEAD);
        if at > 0 && (at == MAX_EVENTS || bytes > MAX_BYTES || last - first >= DAY) {
            return at;
        }
    }
    entries.len()
}

/// The events of a call, in the order of their times.
#[derive(Debug)]
pub(super) struct Events<'a> {
    /// With the place of each in the batch.
    sorted: Vec<(usize, i64, Cow<'a, str>)>,
}

impl<'a> Events<'a> {
    /// Sorts the entries of a batch; those that the service does not take at this time are refused.
    pub(super) fn new(entries: &'a [Entry], now: i64, refused: &mut Refused) -> Self {
        let mut sorted = Vec::with_capacity(entries.len());
        for (place, entry) in entries.iter().enumerate() {
            let time = millis(entry.time());
            if now.saturating_sub(time) > OLDEST {
                refused.too_old.push(place);
            } else if time.saturating_sub(now) > NEWEST {
                refused.too_new.push(place);
            } else {
                sorted.push((place, time, String::from_utf8_lossy(entry.payload())));
            }
        }
        // Stable: those of one millisecond stay in the order in which they were logged.
        sorted.sort_by_key(|(_, time, _)| *time);
        Self { sorted }
    }

    pub(super) fn to_log_events(&self) -> Vec<LogEvent<'_>> {
        let events = self.sorted.iter();
        events
            .map(|(_, timestamp, message)| LogEvent {
                timestamp: *timestamp,
                message,
            })
            .collect()
    }

    /// Notes what the service has not taken of them.
    pub(super) fn rejected(&self, rejected: &RejectedLogEvents, refused: &mut Refused) {
        for (at, (place, _, _)) in self.sorted.iter().enumerate() {
            if rejected.expired_end.is_some_and(|end| at < end) {
                refused.expired.push(*place);
            } else if rejected.too_old_end.is_some_and(|end| at < end) {
                refused.too_old.push(*place);
            } else if rejected.too_new_start.is_some_and(|start| at >= start) {
                refused.too_new.push(*place);
            }
        }
    }
}

/// The places of entries that the service does not take, by reason.
#[derive(Debug, Default)]
pub(super) struct Refused {
    too_old: Vec<usize>,
    too_new: Vec<usize>,
    expired: Vec<usize>,
}

impl Refused {
    /// Returns the places, and the reasons with the number of each; `None` if there are none.
    pub(super) fn into_places(self) -> Option<(Vec<usize>, String)> {
        let counts = [
            (&self.too_old, "more than 14 days old"),
            (&self.expired, "older than the group keeps them"),
            (&self.too_new, "more than 2 hours ahead"),
        ];
        let counts = counts.iter().filter(|(places, _)| !places.is_empty());
        let reasons: Vec<_> = counts
            .map(|(places, reason)| format!("{} {reason}", places.len()))
            .collect();
        let places = [self.too_old, self.expired, self.too_new].concat();
        (!places.is_empty()).then(|| (places, reasons.join(", ")))
    }
}

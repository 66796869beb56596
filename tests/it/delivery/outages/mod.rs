//! Receivers that are killed and come back, many times, while records are sent to them.
//!
//! `LOGTREE_OUTAGE_RECORDS=1000000` makes long tests of these.

mod calls;
mod mails;
mod requests;
mod streams;

use std::time::Duration;

use logtree::delivery::{Backoff, Spool};
use logtree::{Handler, Level, Record};

use crate::delivery::{is_settled, until, until_within};

const KILLS: u64 = 100;

/// Long enough for every machine.
const LONG: Duration = Duration::from_secs(600);

/// How many records need no more than two minutes.
const FEW: u64 = 20_000;

/// A receiver of a stream reads 4 KiB before it dies, some dozens of records.
const LEAST: u64 = 100 * KILLS;

fn record_count() -> u64 {
    let given = std::env::var("LOGTREE_OUTAGE_RECORDS").ok();
    let count = given.map_or(FEW, |text| text.parse().expect("a number"));
    assert!(count >= LEAST, "{count} records, of {LEAST} at least");
    count
}

/// Waits for what takes the longer the more records there are.
#[track_caller]
fn until_all(what: impl Fn() -> bool) {
    let times = u32::try_from(record_count().div_ceil(FEW)).unwrap();
    until_within(Duration::from_secs(120) * times, what);
}

fn log(handler: &Handler, number: u64) {
    let record = Record::builder().name("outage").level(Level::INFO);
    handler.handle(&record.message(format!("number {number:08}")).build());
}

fn backoff() -> Backoff {
    Backoff::new(Duration::from_millis(1), Duration::from_millis(1))
}

fn spool(directory: &tempfile::TempDir) -> Spool {
    Spool::new(directory.path().join("spool")).max_bytes(1 << 30)
}

/// Logs all records while the receiver goes down in the middle of everything and comes back, and
/// waits until it is known what became of each.
fn log_through_outages(handler: &Handler, goes_down: impl Fn(), comes_up: impl Fn()) {
    let records = record_count();
    let part = records / (2 * KILLS);
    for at in 0..2 * KILLS {
        match at % 2 {
            0 => goes_down(),
            _ => comes_up(),
        }
        (at * part..(at + 1) * part).for_each(|number| log(handler, number));
    }
    (2 * KILLS * part..records).for_each(|number| log(handler, number));
    until_all(|| handler.flush().is_ok());
    until(|| is_settled(handler));
    let counters = handler.counters();
    assert_eq!(counters.written() + counters.dropped(), records);
}

/// Returns the number of a message, whatever stands around it. Notices of what was dropped have
/// none.
fn number(bytes: &[u8]) -> Option<u64> {
    const BEFORE: &[u8] = b"number ";
    let mut places = bytes.windows(BEFORE.len() + 8);
    let found = places.find(|place| {
        let (before, digits) = place.split_at(BEFORE.len());
        before == BEFORE && digits.iter().all(u8::is_ascii_digit)
    })?;
    let digits = std::str::from_utf8(&found[BEFORE.len()..]).unwrap();
    Some(digits.parse().unwrap())
}

/// What became of the records.
struct Count {
    missing: u64,
    dropped: u64,
    again: u64,
}

impl Count {
    /// Counts, and prints it.
    fn of(name: &str, received: u64, all: u64, dropped: u64) -> Self {
        let records = record_count();
        let (missing, again) = (records - received, all - received);
        println!(
            "{name}: {records} records, {KILLS} outages: \
             {missing} missing, {dropped} dropped, {again} again"
        );
        Self {
            missing,
            dropped,
            again,
        }
    }

    fn assert_gaps_are_counted(&self, most_again: u64) {
        assert_eq!(self.missing, self.dropped);
        assert!(self.again <= most_again, "{} duplicates", self.again);
    }
}

//! A service that goes away in the middle of everything, and comes back, a hundred times.

use std::collections::BTreeSet;
use std::time::Duration;

use logtree::delivery::{Backoff, Spool};
use logtree::handler::CloudWatchHandler;
use logtree::handler::builder::CloudWatchHandlerBuilder;
use logtree_cloudwatch::CloudWatch;

use crate::stub::Stub;
use crate::{client, log, now, plain};

const OUTAGES: usize = 100;

/// How many records one call has at most.
const BATCH: usize = 512;

/// Logs 20,000 records, or `LOGTREE_OUTAGE_RECORDS`. Returns how many are missing.
fn run(
    name: &str,
    configure: impl FnOnce(CloudWatchHandlerBuilder) -> CloudWatchHandlerBuilder,
) -> usize {
    let given = std::env::var("LOGTREE_OUTAGE_RECORDS").ok();
    let records: usize = given.map_or(20_000, |text| text.parse().expect("a number"));
    let least = 2 * OUTAGES;
    assert!(records >= least, "{records} records, of {least} at least");
    let stub = Stub::new([]);
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1));
    let builder = CloudWatchHandler::builder(CloudWatch::new(client(&stub.url())), "group")
        .stream("stream")
        .formatter(plain())
        .linger(Duration::ZERO)
        .batch_records(BATCH)
        .backoff(backoff);
    let handler = configure(builder).start().unwrap();
    handler.set_error_hook(|_| {});
    let start = now();
    let mut numbers = 0..records;
    for _ in 0..OUTAGES {
        for switch in [Stub::goes_down, Stub::comes_up] {
            switch(&stub);
            for number in numbers.by_ref().take(records / OUTAGES / 2) {
                log(&handler, start, &number.to_string());
            }
        }
    }
    for number in numbers {
        log(&handler, start, &number.to_string());
    }
    crate::until(|| handler.flush().is_ok());
    let dropped = handler.counters().dropped();
    assert_eq!(handler.counters().written() + dropped, records as u64);
    // A notice of what was dropped is no number.
    let taken = stub.taken();
    let numbers = taken.iter().filter_map(|(_, text)| text.parse().ok());
    let numbers: Vec<usize> = numbers.collect();
    let received: BTreeSet<_> = numbers.iter().collect();
    let missing = records - received.len();
    let again = numbers.len() - received.len();
    println!(
        "{name}, with the SDK: {records} records, {OUTAGES} outages: \
         {missing} missing, {dropped} dropped, {again} again"
    );
    assert_eq!(missing as u64, dropped);
    // Of each outage, at most what one call held.
    assert!(again <= OUTAGES * BATCH, "{again}");
    missing
}

#[test]
fn outages_cost_the_counted_drops_only() {
    run("CloudWatch", |builder| builder);
}

#[test]
fn outages_with_a_spool_cost_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let missing = run("CloudWatch, with a spool", |builder| {
        let spool = Spool::new(directory.path().join("spool")).max_bytes(1 << 30);
        builder.spool(spool).max_records(500)
    });
    assert_eq!(missing, 0);
}

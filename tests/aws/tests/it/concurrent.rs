//! Calls of two services on many threads, while levels change.

use std::collections::HashMap;
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use logtree::{Level, get_logger};
use logtree_aws::{Clients, Stub};

use crate::collected::{Counts, Kept};
use crate::owners::Bridge;

const THREADS: usize = 8;
const CHANGES: usize = 40;

/// How many calls at least each thread makes of each service.
const CALLS: usize = 4;

/// The loggers that have a service show its calls whole.
const VERBOSE: [(&str, Level); 2] = [
    ("aws_sdk_s3", Level::DEBUG),
    ("aws_sdk_dynamodb", Level::DEBUG),
];

/// S3 is verbose all the time. DynamoDB's level does not change during its calls, while S3's are
/// under way; that of the shared crate does at any time, and makes no difference.
#[test]
fn each_call_has_its_records_while_levels_change() {
    let bridge = Bridge::new();
    let url = Stub::start(200).unwrap().url();
    let (succeeded, one) = bridge.call(&url, &VERBOSE);
    assert_eq!(succeeded, 2);
    let one = Counts::of(&exact(one));

    let (is_verbose, is_over) = (RwLock::new(true), AtomicBool::new(false));
    let call = || {
        let (mut of_s3, mut shown) = (0, 0);
        while of_s3 < CALLS || !is_over.load(Ordering::Relaxed) {
            let clients = Clients::new(&url);
            let put = bridge
                .runtime
                .spawn(async move { clients.put_object().await });
            assert!(bridge.runtime.block_on(put).unwrap());
            of_s3 += 1;
            let clients = Clients::new(&url);
            let is_verbose = is_verbose.read().unwrap();
            let list = bridge
                .runtime
                .spawn(async move { clients.list_tables().await });
            assert!(bridge.runtime.block_on(list).unwrap());
            shown += usize::from(*is_verbose);
        }
        (of_s3, shown)
    };
    let (of_s3, of_dynamodb) = thread::scope(|threads| {
        let callers: Vec<_> = (0..THREADS).map(|_| threads.spawn(call)).collect();
        for change in 0..CHANGES {
            let other = [Level::DEBUG, Level::OFF, Level::NOTSET][change % 3];
            get_logger("aws_smithy_runtime").set_level(other);
            let mut is_verbose = is_verbose.write().unwrap();
            *is_verbose = change % 2 == 1;
            let level = if *is_verbose {
                Level::DEBUG
            } else {
                Level::OFF
            };
            get_logger("aws_sdk_dynamodb").set_level(level);
        }
        is_over.store(true, Ordering::Relaxed);
        let calls = callers.into_iter().map(|caller| caller.join().unwrap());
        calls.fold((0, 0), |(s3, dynamodb), of| (s3 + of.0, dynamodb + of.1))
    });

    let all = bridge.collected.take();
    println!(
        "{of_s3} calls of S3 and {of_dynamodb} of DynamoDB that are shown:\n{}",
        Counts::of(&all)
    );
    let all = exact(all);
    let counts = Counts::of(&all);
    assert!(of_s3 >= THREADS * CALLS);
    for (service, calls) in [("S3", of_s3), ("DynamoDB", of_dynamodb)] {
        let each = one.owned_by(service);
        assert!(each > 0);
        assert_eq!(counts.owned_by(service), calls * each, "{service}");
        for (invocation, records) in invocations(&all, service) {
            // Two calls may have the same number.
            assert_eq!(records % each, 0, "{service} {invocation}");
        }
    }
}

/// The records of which each call has as many.
fn exact(mut records: Vec<Kept>) -> Vec<Kept> {
    records.retain(|record| !record.is_of_pool());
    records
}

/// How many records each call of a service has.
fn invocations<'r>(records: &'r [Kept], service: &str) -> HashMap<&'r str, usize> {
    let mut counts = HashMap::new();
    for record in records.iter().filter(|record| record.service == service) {
        *counts.entry(&*record.invocation).or_default() += 1;
    }
    counts
}

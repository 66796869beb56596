//! Random batches.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::service::{Fault, Service};
use super::{DAY, HOUR, entry};
use crate::handler::cloudwatch::RejectedLogEvents;
use crate::handler::cloudwatch::events::together;
use crate::handler::delivery::{Connection, Outcome};

/// 10,000 batches of random entries against a service that fails at random: each entry is there, or
/// was refused for its time or as poison; twice only where a response got lost; and no call breaks
/// a rule.
#[test]
fn ten_thousand_random_batches_lose_nothing() {
    let times = prop_oneof![
        20 => -HOUR..HOUR,
        4 => -13 * DAY..2 * HOUR,
        1 => -15 * DAY..3 * HOUR,
        1 => Just(-DAY),
    ];
    let length =
        prop_oneof![200 => 0_usize..200, 1 => 1_000_usize..300_000, 1 => Just(1_048_570_usize)];
    let is_poison = proptest::bool::weighted(0.01);
    let entries = proptest::collection::vec((times, length, is_poison), 1..30);
    let fault = prop_oneof![
        3 => Just(None),
        1 => Just(Some("ThrottlingException")),
        1 => Just(Some("InternalFailure")),
        1 => Just(Some("lost")),
    ];
    let faults = proptest::collection::vec(fault, 0..4);
    let config = Config {
        cases: 2_000,
        ..Config::default()
    };
    let calls = Cell::new(0);
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner
        .run(&(entries, faults), |(entries, faults)| {
            calls.set(calls.get() + check_batch(&entries, &faults));
            Ok(())
        })
        .unwrap();
    assert!(calls.get() >= 10_000, "{calls:?} calls");
}

/// Sends entries as the engine does: what goes together, again after a failure, in halves if the
/// service does not take it. Returns the number of calls.
fn check_batch(specs: &[(i64, usize, bool)], faults: &[Option<&'static str>]) -> usize {
    let service = Service::new();
    let mut connection = service.connection();
    connection.send(&[entry(0, "first")]);
    service.fails(faults.iter().map(|fault| match fault {
        None => Fault::Rejects(RejectedLogEvents::default()),
        Some("lost") => Fault::LostResponse,
        Some(code) => Fault::Code(code),
    }));
    let entries = specs
        .iter()
        .enumerate()
        .map(|(number, (time, length, is_poison))| {
            let start = if *is_poison { "poison" } else { "" };
            let mut text = format!("{start}<{number}>");
            text.push_str(&"x".repeat(*length));
            entry(*time, text)
        });
    let entries: Vec<_> = entries.collect();
    let (mut done, mut step, mut refused) = (0, usize::MAX, Vec::new());
    while done < entries.len() {
        let rest = &entries[done..];
        let rest = &rest[..step.min(rest.len())];
        let batch = &rest[..together(rest)];
        match connection.send(batch) {
            Outcome::Sent => done += batch.len(),
            Outcome::Refused { which, .. } => {
                refused.extend(which.iter().map(|place| done + place));
                done += batch.len();
            }
            Outcome::TooLarge(_) if batch.len() > 1 => step = batch.len().div_ceil(2),
            Outcome::TooLarge(_) => {
                refused.push(done);
                (done, step) = (done + 1, usize::MAX);
            }
            Outcome::Retry { sent, .. } => done += sent,
            Outcome::Broken { .. } | Outcome::Failed { .. } | Outcome::SomeRefused { .. } => {
                panic!("there is no connection or file to fail, and each event has a place")
            }
        }
    }
    assert_eq!(*service.wrong.lock(), [""; 0]);
    let received = service.received();
    let losable = faults
        .iter()
        .filter(|fault| **fault == Some("lost"))
        .count();
    for (number, (time, length, is_poison)) in specs.iter().enumerate() {
        let is_outside = *time < -14 * DAY || *time > 2 * HOUR;
        let start = format!("<{number}>");
        let count = received
            .iter()
            .filter(|text| text.starts_with(&start))
            .count();
        let is_refused = refused.contains(&number);
        assert_eq!(
            is_refused,
            is_outside || *is_poison,
            "{number}: {time} {length}"
        );
        let expected = if is_refused { 0..=0 } else { 1..=1 + losable };
        assert!(expected.contains(&count), "{number} is there {count} times");
    }
    service.calls().len()
}

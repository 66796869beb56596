//! `SampleFilter`.

use std::collections::HashSet;
use std::thread;
use std::time::Duration;

use logtree::filter::{Filter, Key, SampleFilter};
use logtree::time::{ManualClock, Timestamp};
use logtree::{Level, Record, Registry};
use proptest::prelude::*;

use crate::support::to_text;

/// The number in ` suppressed=N` at the end of a line.
fn reported(line: &str) -> u64 {
    let number = line.split(" suppressed=").nth(1);
    number.map_or(0, |number| number.parse().unwrap())
}

/// What passes of so many records of a call site, ten a second.
fn passed(sample: SampleFilter, records: u64) -> Vec<String> {
    let clock = ManualClock::new(Timestamp::from_nanos(0));
    let registry = Registry::builder().clock(clock.clone()).build();
    let (handler, text) = to_text("%(message)s");
    let handler = handler.with_filter(sample.clone());
    let logger = registry.get_logger("a");
    logger.add_handler(handler.clone());
    for number in 0..records {
        logtree::warn!(logger, "{number}");
        clock.advance(Duration::from_millis(100));
    }
    handler.flush().unwrap();
    let lines = text.lines();
    assert_eq!(sample.passed() + sample.suppressed(), records);
    let told = lines.iter().map(|line| reported(line)).sum::<u64>();
    assert_eq!(told, sample.suppressed());
    lines
}

#[test]
fn samples_are_exact_and_reported() {
    let first = SampleFilter::first_then(2, 4, Duration::from_secs(1));
    assert_eq!(
        passed(first, 22),
        [
            "0",
            "1",
            "5 suppressed=3",
            "9 suppressed=3",
            "10",
            "11",
            "15 suppressed=3",
            "19 suppressed=3",
            "20",
            "21",
        ]
    );
    let every = SampleFilter::every(10).by(Key::Logger);
    assert_eq!(
        passed(every, 15),
        [
            "0",
            "10 suppressed=9",
            "4 records suppressed by SampleFilter suppressed=4",
        ]
    );
    assert_eq!(passed(SampleFilter::ratio(1.0), 50).len(), 50);
    assert_eq!(passed(SampleFilter::ratio(0.0), 50).len(), 1);
}

#[test]
fn a_trace_passes_whole_or_not_at_all() {
    let passes = |sample: &SampleFilter, trace: u64| {
        let mut record = Record::builder()
            .level(Level::INFO)
            .key_value("trace_id", trace)
            .build();
        sample.filter(&mut record)
    };
    let sample = SampleFilter::ratio_by("trace_id", 0.1);
    let passed: HashSet<_> = (0..10_000)
        .filter(|trace| passes(&sample, *trace))
        .collect();
    assert!((800..1_200).contains(&passed.len()), "{}", passed.len());
    // Another process decides alike, and a larger share has all of a smaller one.
    let again = SampleFilter::ratio_by("trace_id", 0.1);
    let more = SampleFilter::ratio_by("trace_id", 0.2);
    for trace in 0..10_000 {
        assert_eq!(passes(&again, trace), passed.contains(&trace));
        assert!(passes(&more, trace) || !passed.contains(&trace));
    }
    // By what no process could change.
    assert_eq!(
        (0..60)
            .filter(|trace| passed.contains(trace))
            .collect::<Vec<_>>(),
        [4, 23, 27, 48]
    );
    assert!(
        sample.filter(&mut Record::builder().build()),
        "without the key"
    );
}

#[test]
fn a_share_passes_on_8_threads() {
    const CALLS: u64 = 20_000;
    let every = SampleFilter::every(100);
    let ratio = SampleFilter::ratio(0.1);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..CALLS {
                    for sample in [&every, &ratio] {
                        sample.filter(&mut Record::builder().level(Level::INFO).build());
                    }
                }
            });
        }
    });
    assert_eq!(every.passed(), 8 * CALLS / 100);
    assert_eq!(every.passed() + every.suppressed(), 8 * CALLS);
    assert_eq!(ratio.passed() + ratio.suppressed(), 8 * CALLS);
    assert!(
        (15_000..17_000).contains(&ratio.passed()),
        "{}",
        ratio.passed()
    );
}

proptest! {
    /// zap's rule, counted in the plainest way.
    #[test]
    fn first_then_is_zaps_rule(
        first in 0_u32..5,
        every in 0_u32..5,
        times in prop::collection::vec(0_i64..1_000, 1..100),
    ) {
        let mut times = times;
        times.sort_unstable();
        let sample = SampleFilter::first_then(first, every, Duration::from_nanos(100));
        let mut counts = [0; 10];
        for time in times {
            let count = &mut counts[usize::try_from(time / 100).unwrap()];
            *count += 1;
            let expected = *count <= first || (every > 0 && (*count - first) % every == 0);
            let mut record = Record::builder().level(Level::INFO).time(Timestamp::from_nanos(time)).build();
            prop_assert_eq!(sample.filter(&mut record), expected);
        }
    }
}

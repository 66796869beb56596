//! What handlers and filters count of what was suppressed.

use std::time::Duration;

use logtree::filter::{DedupFilter, RateLimitFilter, SampleFilter, SharedFilter};
use logtree::handler::{Counters, DropReason, FallbackHandler, StreamHandler};
use logtree::{Handler, Level, Logger, Registry};

const LONG: Duration = Duration::from_secs(1_000_000);

/// Logs three records of each of these levels, all alike.
fn log_to(handler: &Handler) {
    let logger: Logger = Registry::new().get_logger("a");
    logger.set_level(Level::DEBUG);
    logger.add_handler(handler.clone());
    for level in [Level::DEBUG, Level::WARNING, Level::ERROR] {
        for _ in 0..3 {
            logger.log(level, format_args!("x"));
        }
    }
}

fn at(counters: &Counters, reason: DropReason) -> [u64; 3] {
    let counts = counters.suppressed_for(reason);
    [Level::DEBUG, Level::WARNING, Level::ERROR].map(|level| counts.at(level))
}

/// By reason and level; what was suppressed was not accepted.
#[test]
fn handlers_count_what_their_filters_suppressed() {
    let rate = RateLimitFilter::new(1, LONG).summary_after(LONG);
    let sample = SampleFilter::every(4).summary_after(LONG).even_errors(true);
    let dedup = DedupFilter::new(LONG);
    for (filter, reason, expected) in [
        (rate.into(), DropReason::RateLimited, [2, 3, 0]),
        // The first, the fifth and the ninth of all pass.
        (sample.into(), DropReason::Sampled, [2, 2, 2]),
        (dedup.into(), DropReason::Duplicate, [2, 2, 0]),
    ] {
        let filter: SharedFilter = filter;
        let handler =
            StreamHandler::new(std::io::sink()).with_filter(|_: &mut logtree::Record<'_>| true);
        handler.add_filter(filter);
        log_to(&handler);
        let counters = handler.counters();
        assert_eq!(at(&counters, reason), expected, "{reason:?}");
        let total = counters.suppressed().total();
        assert_eq!(total, expected.iter().sum::<u64>(), "{reason:?}");
        // Summaries are records of the handler as well: the run before the errors has one.
        let told = u64::from(reason == DropReason::Duplicate) * 2;
        assert_eq!(counters.accepted() + total, 9 + told, "{reason:?}");
        let sum = counters.written() + counters.dropped() + counters.queued();
        assert_eq!(counters.accepted(), sum, "{reason:?}");
        for other in DropReason::ALL {
            assert_eq!(counters.dropped_for(other), 0, "{reason:?}");
            let is_empty = counters.suppressed_for(other).total() == 0;
            assert_eq!(is_empty, other != reason, "{reason:?}");
        }
    }
}

/// Each handler its own, and the filter all of them.
#[test]
fn handlers_that_share_a_filter_count_apart() {
    let dedup = DedupFilter::new(LONG);
    let shared = SharedFilter::from(dedup.clone());
    let [first, second] = [
        StreamHandler::new(std::io::sink()),
        StreamHandler::new(std::io::sink()),
    ];
    first.add_filter(shared.clone());
    // A handler that is asked by another one.
    second.add_filter(shared);
    let fallback = FallbackHandler::new(second.clone());
    log_to(&first);
    log_to(&fallback);
    log_to(&second);
    let total = |handler: &Handler| handler.counters().suppressed().total();
    assert_eq!((total(&first), total(&second)), (4, 8));
    assert_eq!(total(&fallback), 0);
    assert_eq!(dedup.suppressed(), 12);
    assert_eq!(
        dedup.suppressed_by_level().to_string(),
        "6 DEBUG, 6 WARNING"
    );
}

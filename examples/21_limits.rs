//! Limits: no client and no place in the program can flood the log, and what is suppressed is
//! counted in the log itself.

use std::time::Duration;

use logtree::filter::{DedupFilter, Key, RateLimitFilter};
use logtree::handler::StreamHandler;
use logtree::time::{ManualClock, Timestamp};
use logtree::{Error, Formatter, Level, Registry, get_logger};

fn main() -> Result<(), Error> {
    // Two records at once for each tenant, and then one in ten minutes.
    let limit = RateLimitFilter::new(1, Duration::from_secs(600)).burst(2);
    let limit = limit.by(Key::field("tenant"));
    let handler = StreamHandler::stdout()
        .with_formatter(Formatter::new("%(levelname)s %(name)s: %(message)s")?)
        .with_filter(limit.clone());
    get_logger("").add_handler(handler);
    get_logger("").set_level(Level::INFO);

    let logger = get_logger("api");
    let rejected = |tenant: &str| logtree::warn!(logger, tenant; "request rejected");
    for _ in 0..1_000 {
        rejected("noisy");
    }
    rejected("quiet");
    // Errors pass.
    logtree::error!(logger, tenant = "noisy"; "database lost");
    for _ in 0..50 {
        rejected("noisy");
    }
    println!(
        "{} passed, {} suppressed",
        limit.passed(),
        limit.suppressed()
    );
    repetitions()?;
    // What no record has reported is reported when the process ends.
    Ok(())
}

/// One record for many that are the same, within ten seconds.
fn repetitions() -> Result<(), Error> {
    // A clock that is set, so that this prints the same each time.
    let clock = ManualClock::new(Timestamp::from_nanos(0));
    let registry = Registry::builder().clock(clock.clone()).build();
    let handler = StreamHandler::stdout()
        .with_formatter(Formatter::new("%(levelname)s %(name)s: %(message)s")?)
        .with_filter(DedupFilter::new(Duration::from_secs(10)));
    let logger = registry.get_logger("db");
    logger.add_handler(handler);
    for _ in 0..42 {
        logtree::warn!(logger, "cannot connect");
        clock.advance(Duration::from_millis(200));
    }
    logtree::warn!(logger, "connected after 42 attempts");
    Ok(())
}

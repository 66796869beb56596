//! Limits: no client and no place in the program can flood the log, and what is suppressed is
//! counted in the log itself.

use std::time::Duration;

use logtree::filter::{Key, RateLimitFilter};
use logtree::handler::StreamHandler;
use logtree::{Error, Formatter, Level, get_logger};

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
    // What no record has reported is reported when the process ends.
    Ok(())
}

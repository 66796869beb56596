//! Where records go.

use std::error::Error;
use std::path::Path;

use logtree::formatter::JsonFormatter;
use logtree::handler::{RotatingFileHandler, StreamHandler};
use logtree::{Formatter, Level, get_logger};

/// Logs JSON lines to standard output, and requests to a file that is rotated.
pub(crate) fn set_up(access_log: &Path, max_bytes: u64) -> Result<(), Box<dyn Error>> {
    let root = get_logger("");
    root.set_level(Level::INFO);
    let json = JsonFormatter::builder().spans(true).build();
    root.add_handler(StreamHandler::stdout().with_formatter(json));

    let format = "%(asctime)s %(request_id)s %(method)s %(path)s %(status)s %(took_us)s";
    let file = RotatingFileHandler::builder(access_log)
        .max_bytes(max_bytes)
        .backup_count(100)
        .open()?;
    let access = get_logger("access");
    access.set_propagate(false);
    access.add_handler(file.with_formatter(Formatter::new(format)?));

    // Both ways in: events of `tracing`, and what other crates log by `log`.
    logtree::tracing::install()?;
    logtree::install()?;
    Ok(())
}

//! Prints the records of one library to standard error, with a single call.

use logtree::{Level, set_stream_logger};

fn main() {
    set_stream_logger("boto3", Level::DEBUG);

    // Any crate that logs through the `log` facade takes part; the target is the logger's name.
    log::debug!(target: "boto3::session", "loading credentials");
    log::warn!(target: "boto3::session", "no region given");
    log::debug!(target: "another_crate", "not asked for, and not shown");

    // The macros of logtree log on any logger.
    let resources = logtree::get_logger("boto3.resources");
    logtree::info!(resources, kind = "bucket", count = 2; "loaded");
}

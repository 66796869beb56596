//! One line shows what a library does, on standard error.

use logtree::{Level, set_stream_logger};

fn main() {
    set_stream_logger("boto3", Level::DEBUG);

    // Any crate that logs through the `log` facade is in the tree; its target is the name.
    log::debug!(target: "boto3::session", "loading credentials");
    log::warn!(target: "boto3::session", "no region given");
    log::debug!(target: "another_crate", "not asked for, and not shown");

    // The crate's own macros log on any logger.
    let resources = logtree::get_logger("boto3.resources");
    logtree::info!(resources, kind = "bucket", count = 2; "loaded");
}

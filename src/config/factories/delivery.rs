//! What all handlers that send to a receiver have in common.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::arguments::Arguments;

use crate::error::Error;
use crate::handler::Overflow;
use crate::handler::delivery::Spool;
use crate::handler::delivery::options::DeliveryOptions;

/// The arguments that all of them take, as the tables of [`Factories`](super::Factories) have them.
///
/// Reads them, and returns what builds the options, once the whole document is known to be valid.
pub(super) fn read(
    arguments: &mut Arguments<'_>,
) -> impl FnOnce() -> Result<DeliveryOptions, Error> + use<> {
    let mut options = DeliveryOptions::default();
    if let Some(records) = arguments.optional::<usize>("max_records") {
        options.set_max_records(records);
    }
    if let Some(bytes) = arguments.optional("max_bytes") {
        options.set_max_bytes(bytes);
    }
    if let Some(overflow) = arguments.optional::<Overflow>("overflow") {
        options.set_overflow(overflow);
    }
    if let Some(time) = arguments.optional::<Duration>("block_at_most") {
        options.set_block_at_most(time);
    }
    if let Some(time) = arguments.optional::<Duration>("close_within") {
        options.set_close_within(time);
    }
    if let Some(time) = arguments.optional::<Duration>("linger") {
        options.set_linger(time);
    }
    if let Some(records) = arguments.optional::<usize>("batch_records") {
        options.set_batch_records(records);
    }
    let spool = arguments.section("spool", |spool| {
        let directory: PathBuf = spool.required("directory");
        let mut built = Spool::new(directory);
        if let Some(bytes) = spool.optional("max_bytes") {
            built = built.max_bytes(bytes);
        }
        built.sync_each(spool.optional("sync_each").unwrap_or(false))
    });
    if let Some(spool) = spool {
        options.set_spool(spool);
    }
    let dead_letters = arguments.handler("dead_letters");
    move || {
        if let Some(dead_letters) = dead_letters {
            options.set_dead_letters(dead_letters.handler()?);
        }
        Ok(options)
    }
}

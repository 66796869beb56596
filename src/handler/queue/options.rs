//! What is set when a queue is built: [`Options`].

use std::time::Duration;

use crate::handler::queue::overflow::Overflow;

#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) bytes_per_thread: usize,
    pub(super) max_bytes: usize,
    pub(super) max_records: Option<u64>,
    pub(super) overflow: Overflow,
    pub(super) block_at_most: Duration,
    /// Whether drops are reported in the stream.
    pub(super) reports_drops: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bytes_per_thread: 1024 * 1024,
            max_bytes: 64 * 1024 * 1024,
            max_records: None,
            overflow: Overflow::default(),
            block_at_most: Duration::from_secs(10),
            reports_drops: true,
        }
    }
}

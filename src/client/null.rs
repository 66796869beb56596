//! The sink that discards: [`NullSink`].

use std::fmt;

use crate::client::classification::Classification;
use crate::client::sink::ClientSink;

/// Discards all messages.
///
/// # Go
/// `logging.Nop`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NullSink;

impl ClientSink for NullSink {
    fn log(&self, _: &Classification, _: fmt::Arguments<'_>) {}
}

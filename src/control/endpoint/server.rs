//! A running endpoint: [`Server`].

/// A running endpoint; it ends when this is dropped.
#[derive(Debug)]
#[must_use]
pub struct Server {}

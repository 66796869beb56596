//! How a delivery stands: [`Health`].

use std::time::Duration;

use crate::time::Timestamp;

/// Whether a receiver can be reached, and what waits for it: see
/// [`DeliveryHandler::health`](crate::handler::DeliveryHandler::health).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// Whether the last attempt succeeded, or none was made yet.
    pub is_up: bool,
    /// Since when that is so, by the system clock.
    pub since: Timestamp,
    /// How many attempts have failed since then.
    pub failures: u32,
    /// How long it is until the next attempt, while it is away.
    pub next_attempt: Option<Duration>,
    /// Why the last attempt failed, if one ever did.
    pub last_error: Option<String>,
    /// How many records were taken and are not sent yet, in memory and in the spool.
    pub queued: u64,
    /// How many bytes the files of the spool take.
    pub spooled_bytes: u64,
}

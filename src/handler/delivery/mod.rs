//! Delivery to a receiver: at least once, through its outages.
//!
//! A call encodes its record ([`transport`]) to an [`entry`] and puts it into the [`memory`]
//! ([`outgoing`]). The [`worker`]'s thread takes entries out, as a [`flight`], and sends them.
//! Where that fails, [`backoff`] says when it tries again ([`link`]); what memory has no room for
//! goes to the [`spool`], or is dropped, and a [`notice`] says so. [`state`] is what both sides
//! share under its lock.

pub(in crate::handler) mod backoff;
mod confirm;
#[cfg(any(
    feature = "cloudwatch",
    feature = "gelf",
    feature = "http-handler",
    feature = "otlp",
    feature = "smtp",
    feature = "socket",
    feature = "syslog",
    all(feature = "journald", target_os = "linux")
))]
pub(in crate::handler) mod delivery_type;
mod entry;
mod flight;
#[cfg(any(
    feature = "gelf",
    feature = "http-handler",
    feature = "otlp",
    feature = "smtp",
    feature = "socket"
))]
mod halved;
mod handler;
pub(in crate::handler) mod health;
mod link;
mod memory;
mod notice;
pub(crate) mod options;
mod outgoing;
#[cfg(any(feature = "http-handler", feature = "otlp", feature = "smtp"))]
mod secrets;
mod sink;
pub(in crate::handler) mod spool;
mod state;
#[cfg(test)]
mod tests;
mod transport;
mod unconfirmed;
mod worker;

pub use self::backoff::Backoff;
pub use self::entry::Entry;
#[cfg(any(
    feature = "http-handler",
    feature = "otlp",
    feature = "smtp",
    feature = "socket"
))]
pub(in crate::handler) use self::halved::halved;
#[cfg(any(feature = "http-handler", feature = "gelf", feature = "socket"))]
pub(in crate::handler) use self::halved::halved_json;
pub use self::handler::{DeliveryHandler, DeliveryHandlerBuilder};
pub use self::health::Health;
#[cfg(any(feature = "http-handler", feature = "otlp", feature = "smtp"))]
pub(in crate::handler) use self::secrets::Secrets;
pub use self::spool::Spool;
pub use self::transport::{BatchLimits, Connection, Outcome, Transport};

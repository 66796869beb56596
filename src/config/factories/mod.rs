//! What a document can name: [`Factories`] of handlers, formatters, filters and streams.

#[cfg(any(feature = "smtp", feature = "syslog"))]
mod address;
#[cfg(feature = "cloudwatch")]
mod cloudwatch;
mod colored;
#[cfg(any(feature = "smtp", feature = "socket", feature = "syslog"))]
mod constant;
#[cfg(any(feature = "http-handler", feature = "smtp"))]
mod credentials;
#[cfg(feature = "delivery")]
mod delivery;
#[expect(
    clippy::module_inception,
    reason = "the noun stands in the file of its name"
)]
mod factories;
mod file;
mod filter;
mod formatter;
#[cfg(feature = "gelf")]
mod gelf;
#[cfg(feature = "http-handler")]
mod http;
#[cfg(feature = "journald")]
mod journald;
mod json;
mod limit;
mod memory;
#[cfg(feature = "otlp")]
mod otlp;
#[cfg(feature = "pretty")]
mod pretty;
mod queue;
#[cfg(feature = "smtp")]
mod smtp;
#[cfg(feature = "socket")]
mod socket;
mod stream;
#[cfg(feature = "syslog")]
mod syslog;
mod table;
#[cfg(any(
    feature = "gelf",
    feature = "http-handler",
    feature = "otlp",
    feature = "smtp",
    feature = "socket",
    feature = "syslog"
))]
mod tls;

pub use self::factories::Factories;
pub(super) use self::table::{Build, Table};

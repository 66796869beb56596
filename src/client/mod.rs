//! What a client of a service logs, as the AWS SDK for Go has it: [`ClientLogger`].
//!
//! For authors of SDKs and clients. [`ClientLogMode`] says which of the things that a client can tell are told; each is a logger below the
//! client's, so modes and levels are one thing. [`ClientSink`] is where they go, if not into the tree.

mod classification;
mod config;
mod events;
mod hexdump;
#[cfg(feature = "http")]
mod http;
mod logger;
mod mode;
mod sink;
mod standard;
#[cfg(feature = "tower")]
mod tower;

pub use self::classification::Classification;
pub use self::config::{ClientLogConfig, ClientLogConfigBuilder};
pub use self::events::{Dump, Signing};
pub use self::hexdump::HexDump;
pub use self::logger::ClientLogger;
pub use self::mode::ClientLogMode;
pub use self::sink::{ClientSink, NopSink};
pub use self::standard::StandardSink;
#[cfg(feature = "tower")]
pub use self::tower::{CountAttempts, CountedAttempts, LogLayer, LogService, LoggedCall};

pub use crate::formatter::go_sdk::GoSdkFormatter;

use crate::logger::{Logger, get_logger};

/// The logger of a service, such as `S3`: `botocore.client.S3`, so that one line shows what one service does.
///
/// botocore has no such logger, though its documentation's readers think so: there all services log as `botocore.client` (row B14).
///
/// # Examples
/// ```
/// use logtree::{Level, client::service_logger, set_stream_logger};
///
/// set_stream_logger("botocore.client.S3", Level::DEBUG);
/// logtree::debug!(service_logger("S3").child("PutObject"), "shown");
/// logtree::debug!(service_logger("SQS"), "not shown");
/// ```
#[must_use]
pub fn service_logger(service: &str) -> Logger {
    get_logger(format!("botocore.client.{service}"))
}

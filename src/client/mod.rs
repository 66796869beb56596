//! Logging of a service's client, as in the AWS SDK for Go: [`ClientLogger`].
//!
//! For authors of SDKs and clients. [`ClientLogMode`] selects what a client logs; each kind of
//! message has a logger below the client's, so that modes and levels are the same thing. A
//! [`ClientSink`] receives the messages instead of the tree.

mod classification;
mod config;
mod dump;
mod hexdump;
#[cfg(feature = "http")]
mod http;
mod logger;
mod mode;
mod null;
mod retry;
mod service_logger;
mod signing;
mod sink;
mod standard;
mod topic;
#[cfg(feature = "tower")]
mod tower;

pub use self::classification::Classification;
pub use self::config::{ClientLogConfig, ClientLogConfigBuilder};
pub use self::dump::Dump;
pub use self::hexdump::HexDump;
pub use self::logger::ClientLogger;
pub use self::mode::{ClientLogMode, Names};
pub use self::null::NullSink;
pub use self::retry::Retry;
pub use self::service_logger::service_logger;
pub use self::signing::Signing;
pub use self::sink::ClientSink;
pub use self::standard::StandardSink;
#[cfg(feature = "tower")]
pub use self::tower::{CountAttempts, CountedAttempts, LogLayer, LogService, LoggedCall};

pub use crate::formatter::go_sdk::GoSdkFormatter;

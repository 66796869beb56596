//! Where records go: [`Handler`], the [`Sink`] it writes to, and the handlers that
//! come with the crate.

mod any_sink;
pub(crate) mod bound;
mod buffering;
mod check;
#[cfg(feature = "cloudwatch")]
pub(crate) mod cloudwatch;
mod config;
mod core;
mod counters;
#[cfg(feature = "delivery")]
pub(crate) mod delivery;
mod emit;
mod error_hook;
mod failure;
mod fallback;
mod file;
#[cfg(feature = "gelf")]
mod gelf;
mod handled;
pub(crate) mod handler;
mod handler_id;
mod handler_type;
#[cfg(any(feature = "http-handler", feature = "otlp"))]
mod http;
mod in_place;
mod io;
#[cfg(all(feature = "journald", target_os = "linux"))]
mod journald;
mod ledger;
mod limits;
pub(crate) mod live;
mod memory;
#[cfg(any(
    feature = "gelf",
    feature = "http-handler",
    feature = "otlp",
    feature = "smtp",
    feature = "socket",
    feature = "syslog",
    feature = "tls"
))]
pub(crate) mod network;
mod null;
mod options;
#[cfg(any(
    feature = "cloudwatch",
    feature = "syslog",
    all(feature = "journald", target_os = "linux")
))]
mod origin;
#[cfg(feature = "otlp")]
mod otlp;
mod outbox;
mod queue;
mod routing;
mod sink;
#[cfg(feature = "smtp")]
mod smtp;
#[cfg(feature = "socket")]
pub(crate) mod socket;
mod stream;
mod stream_id;
mod stream_sink;
#[cfg(feature = "syslog")]
mod syslog;
mod terminal;
#[cfg(test)]
mod tests;

pub(crate) use self::bound::BoundHandler;
pub use self::buffering::BufferingHandler;
pub use self::check::check_sink;
#[cfg(feature = "cloudwatch")]
#[cfg_attr(docsrs, doc(cfg(feature = "cloudwatch")))]
pub use self::cloudwatch::CloudWatchHandler;
pub(crate) use self::core::{MadeBy, Observer};
pub use self::counters::{Counters, DropReason};
#[cfg(feature = "delivery")]
#[cfg_attr(docsrs, doc(cfg(feature = "delivery")))]
pub use self::delivery::DeliveryHandler;
pub use self::error_hook::FailedRecord;
pub use self::fallback::FallbackHandler;
#[cfg(feature = "config")]
pub(crate) use self::file::check_suffix;
pub use self::file::{
    FileHandler, FileMode, RotatingFileHandler, TimedRotatingFileHandler, WatchedFileHandler, When,
};
#[cfg(feature = "gelf")]
#[cfg_attr(docsrs, doc(cfg(feature = "gelf")))]
pub use self::gelf::{GelfCompression, GelfHandler};
pub(crate) use self::handler::Handler;
pub use self::handler::handler_by_name;
pub use self::handler_id::HandlerId;
#[cfg(feature = "http-handler")]
#[cfg_attr(docsrs, doc(cfg(feature = "http-handler")))]
pub use self::http::{HttpBody, HttpHandler};
#[cfg(all(feature = "journald", target_os = "linux"))]
#[cfg_attr(docsrs, doc(cfg(feature = "journald")))]
pub use self::journald::JournaldHandler;
pub use self::ledger::Ledger;
pub use self::live::{handler_names, reopen_all};
pub use self::memory::MemoryHandler;
pub use self::null::NullHandler;
#[cfg(feature = "otlp")]
#[cfg_attr(docsrs, doc(cfg(feature = "otlp")))]
pub use self::otlp::OtlpHandler;
pub use self::queue::{Overflow, QueueHandler, QueueListener, RecordQueue};
pub use self::routing::RoutingHandler;
pub use self::sink::{Batch, Sink, SinkFacts, SinkStatus, formatted};
#[cfg(feature = "smtp")]
#[cfg_attr(docsrs, doc(cfg(feature = "smtp")))]
pub use self::smtp::SmtpHandler;
#[cfg(feature = "socket")]
#[cfg_attr(docsrs, doc(cfg(feature = "socket")))]
pub use self::socket::{DatagramHandler, SocketHandler};
pub use self::stream::StreamHandler;
pub use self::stream_id::StreamId;
#[cfg(feature = "syslog")]
#[cfg_attr(docsrs, doc(cfg(feature = "syslog")))]
pub use self::syslog::{SysLogFacility, SysLogForm, SysLogFraming, SysLogHandler};

pub use crate::level::drop_counts::DropCounts;

/// The builders of handlers.
pub mod builder {
    #[cfg(feature = "cloudwatch")]
    #[cfg_attr(docsrs, doc(cfg(feature = "cloudwatch")))]
    pub use super::cloudwatch::CloudWatchHandlerBuilder;
    #[cfg(feature = "delivery")]
    #[cfg_attr(docsrs, doc(cfg(feature = "delivery")))]
    pub use super::delivery::DeliveryHandlerBuilder;
    pub use super::file::{
        FileHandlerBuilder, RotatingFileHandlerBuilder, TimedRotatingFileHandlerBuilder,
        WatchedFileHandlerBuilder,
    };
    #[cfg(feature = "gelf")]
    #[cfg_attr(docsrs, doc(cfg(feature = "gelf")))]
    pub use super::gelf::GelfHandlerBuilder;
    #[cfg(feature = "http-handler")]
    #[cfg_attr(docsrs, doc(cfg(feature = "http-handler")))]
    pub use super::http::HttpHandlerBuilder;
    #[cfg(all(feature = "journald", target_os = "linux"))]
    #[cfg_attr(docsrs, doc(cfg(feature = "journald")))]
    pub use super::journald::JournaldHandlerBuilder;
    #[cfg(feature = "otlp")]
    #[cfg_attr(docsrs, doc(cfg(feature = "otlp")))]
    pub use super::otlp::OtlpHandlerBuilder;
    pub use super::queue::{QueueHandlerBuilder, RecordQueueBuilder};
    pub use super::routing::RoutingHandlerBuilder;
    #[cfg(feature = "smtp")]
    #[cfg_attr(docsrs, doc(cfg(feature = "smtp")))]
    pub use super::smtp::SmtpHandlerBuilder;
    #[cfg(feature = "socket")]
    #[cfg_attr(docsrs, doc(cfg(feature = "socket")))]
    pub use super::socket::{DatagramHandlerBuilder, SocketHandlerBuilder};
    #[cfg(feature = "syslog")]
    #[cfg_attr(docsrs, doc(cfg(feature = "syslog")))]
    pub use super::syslog::SysLogHandlerBuilder;
}

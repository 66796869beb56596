//! Hierarchical loggers with the semantics of Python's `logging`, and a backend for the
//! [`log`](mod@log) facade.
//!
//! One call turns on logging for a single service, at startup or at run time. Crates that use the
//! `log` facade take part automatically.
//!
//! ```sh
//! cargo add logtree log
//! ```
//!
//! # Set-up
//!
//! A **command-line program** takes levels from a variable and from its flags
//! (`LOGTREE=warn,hyper=debug mycli -v`):
//!
//! ```
//! # fn main() -> Result<(), logtree::Error> {
//! logtree::init_from_env_or("info");
//! let mut arguments: Vec<String> = std::env::args().skip(1).collect();
//! logtree::Verbosity::take_from(&mut arguments)?.for_logger("mycli").apply();
//! # Ok(())
//! # }
//! ```
//!
//! A **service** prints everything from `INFO` and more of the services it is interested in, and
//! changes that while it runs:
//!
//! ```
//! use logtree::{Level, get_logger, set_stream_logger};
//!
//! set_stream_logger("", Level::INFO); // the root: all crates, to standard error
//! set_stream_logger("botocore.client.S3", Level::DEBUG); // more of one service
//!
//! log::warn!(target: "boto3::session", "no region"); // any other crate
//! get_logger("boto3").set_level(Level::DEBUG); // later
//! ```
//!
//! A **library** keeps its logger in a static and leaves handlers to the program:
//!
//! ```
//! use logtree::{StaticLogger, logger};
//!
//! static LOG: StaticLogger = logger!("mylib.store");
//!
//! pub fn open(path: &str) {
//!     logtree::debug!(LOG, path; "opening");
//! }
//! # open("a");
//! ```
//!
//! # Tasks
//!
//! | I want to … | use |
//! |---|---|
//! | print the records of one service | [`set_stream_logger`] |
//! | choose format, stream or colours as well | [`StreamLogger`], [`BasicConfig`] |
//! | pretty lines on a terminal, others elsewhere | `init_pretty` |
//! | take levels from `LOGTREE` or `RUST_LOG` | [`init_from_env`], [`init_from_env_or`] |
//! | support `-v` and `-q` | [`Verbosity`] |
//! | log with key-values, errors, backtraces | [`info!`], [`log!`](macro@log) |
//! | keep a logger in a static | [`StaticLogger`], [`logger!`] |
//! | change a level while the program runs | [`Logger::set_level`], [`control::Control`] |
//! | add key-values to everything a request logs | [`Scope`], [`logger::LoggerAdapter`] |
//! | debug one request among thousands | [`Scope::level`] |
//! | write to files, and rotate them | [`handler::RotatingFileHandler`], [`handler::TimedRotatingFileHandler`] |
//! | log without waiting for the device | [`handler::QueueHandler`] |
//! | write JSON, for ECS, Google Cloud, Datadog … | [`formatter::JsonFormatter`] |
//! | write logfmt | [`formatter::LogfmtFormatter`] |
//! | keep details in memory and show them on failure | [`backlog::Backlog`], [`handler::MemoryHandler`] |
//! | configure from a file, and follow it | `config::init_from_file`, `config::Reloader` |
//! | log an SDK client's requests and retries | [`client::ClientLogger`] |
//! | hide credentials | [`filter::RedactingFilter`], [`filter::Secret`]; on in the presets |
//! | limit how many records pass | [`filter::RateLimitFilter`], [`filter::SampleFilter`], [`filter::DedupFilter`] |
//! | log only the first of many times | [`log_once!`], [`log_every_n!`], [`log_every!`] |
//! | assert in tests on what is logged | [`test::Capture`], [`test::assert_logs`] |
//! | see the logs of tests that fail, and of no others | [`test::init`] |
//! | have a file for each tenant, job or user | [`handler::RoutingHandler`] |
//! | change all records, or those of a handler | [`Registry::set_record_hook`], [`filter::EditingFilter`] |
//! | see who logs where | [`Registry::dump`] |
//! | write a handler, formatter or filter | [`handler::Sink`], [`formatter::Format`], [`filter::Filter`] |
//!
//! # The tree
//!
//! Names are dotted; `::` counts as a dot. `a.b` is the parent of `a.b.c`, and the root is above
//! all. A logger without a level of its own has the level of its nearest ancestor that has one, so
//! one line tunes a service and all its parts:
//!
//! ```text
//! root                      WARNING
//! ├── boto3                 DEBUG
//! └── botocore              (WARNING, inherited)
//!     ├── botocore.hooks    (WARNING, inherited)
//!     └── botocore.client   (WARNING, inherited)
//!         └── …client.S3    INFO
//! ```
//!
//! A record that passes its logger's level and filters goes to the handlers of that logger and of
//! all its ancestors, up to the first one that does not propagate. Levels and filters of ancestors
//! do not apply; those of each handler do. If there is no handler at all, warnings and above go to
//! standard error.
//!
//! # How a record flows
//!
//! ```text
//! macro, method, log facade
//!   gate        one load and a compare; a disabled call ends here
//!   Record      on the stack, its message not formatted yet
//!   filters     of its logger
//!   route       the handlers, computed when the tree changes
//!   Handler     level, filters
//!   Formatter   into a buffer of the thread; the message is formatted once for all handlers
//!   Sink        one write of the whole line
//! ```
//!
//! # Guarantees
//!
//! - A logging call never panics, fails or blocks indefinitely, whatever arguments, filters,
//!   formatters and devices do.
//! - Every accepted record is either written, or counted as dropped and reported
//!   ([`Handler::counters`]). Queues and buffers are drained when the process ends by return,
//!   `exit` or panic.
//! - No lock of this crate is held while user code runs (`Display`, filters, formatters, hooks), so
//!   logging inside any of them works. The exceptions are a writer of a
//!   [`StreamHandler`](handler::StreamHandler) and the namer of rotated files: records that these
//!   log to their own handler are refused.
//! - A record is one line, and no message can drive the terminal, unless
//!   [requested](formatter::Multiline). Nothing in a message is interpreted.
//! - The presets redact credentials of known form; see [`RedactingFilter`](filter::RedactingFilter)
//!   for what cannot be recognized.
//! - Log files are readable by their user only (`0600`), unless a
//!   [mode](handler::builder::FileHandlerBuilder::mode) is given.
//!
//! # Guides
//!
//! [`docs::python`]: equivalents of Python's `logging`, and every difference with its reason.
//! [`docs::features`]: the AWS SDK for Go and AWS IoT, feature by feature. [`docs::performance`]:
//! benchmarks. [`docs::faults`]: behaviour under failure. `docs::control`: the endpoint and its
//! protocol.
//!
//! # Features
//!
//! All are off by default and additive.
//!
//! | feature | adds | dependencies |
//! |---|---|---|
//! | `config` | the module `config`: Python's `dictConfig` from JSON and from values of serde, `fileConfig` from INI | serde, `serde_json` |
//! | `config-toml` | configurations in TOML; implies `config` | toml |
//! | `config-yaml` | configurations in YAML; implies `config` | saphyr-parser |
//! | `reload` | following a configuration file; implies `config` | |
//! | `signal` | reopening files at `SIGHUP` | signal-hook |
//! | `control` | an endpoint by which a running process is inspected and changed | hyper, tokio, serde, sha2 and others |
//! | `fleet` | levels for all instances of a service, in a store that they share | serde, `serde_json` |
//! | `kv-serde` | values of the facade that serialize themselves (`key:serde = value`) as lists and maps, not as text | serde, `value-bag` |
//! | `kv-sval` | the same for `key:sval = value` | sval |
//! | `serde` | `Serialize` and `Deserialize` for levels, times, values and the state of a control | serde |
//! | `http` | dumps of requests and responses of the `http` crate, for [`client::ClientLogger`] | http |
//! | `tower` | a layer that logs requests, responses and retries of a `tower` service | tower-layer, tower-service |
//! | `tracing` | the module `tracing`: events and spans of `tracing` in the tree | tracing-core |
//! | `tracing-layer` | the same as a layer of `tracing-subscriber`; implies `tracing` | tracing-subscriber |
//! | `gzip` | compression of rotated files | flate2 |
//! | `pretty` | `formatter::PrettyFormatter`: columns, colours and widths for people who develop | unicode-width |
//! | `delivery` | `handler::DeliveryHandler` and the module `delivery`: what all handlers that send have in common | crc32fast |
//! | `syslog` | `handler::SysLogHandler` | |
//! | `journald` | `handler::JournaldHandler`, on Linux | |
//! | `socket` | `handler::SocketHandler`, `handler::DatagramHandler`, and `delivery::SocketReceiver`, which takes what they and Python's send | serde-pickle, `serde_json`, tokio |
//! | `cloudwatch` | `handler::CloudWatchHandler`, over the client of the package `logtree-cloudwatch` or another | |
//! | `tls` | TLS for handlers that send; needs a C compiler | rustls, rustls-native-certs |
//! | `http-handler` | `handler::HttpHandler`: records sent to a web server | ureq, `serde_json` |
//! | `otlp` | `handler::OtlpHandler`: records sent to a collector of OpenTelemetry | ureq, opentelemetry-proto |
//! | `gelf` | `handler::GelfHandler`: records sent to Graylog | `serde_json` |
//! | `smtp` | `handler::SmtpHandler`: records sent as mails | lettre |
//! | `web` | in WebAssembly: time, zone and console of the JavaScript host | web-time, web-sys |
//! | `full` | all but `web` and `tls` | |
//!
//! # Platforms
//!
//! Unix, Windows and WebAssembly; 32 and 64 bits, either byte order.
//!
//! - With `panic = "abort"` a panic in a `Display`, filter, formatter or sink ends the process, and
//!   queues and buffers are not drained after a panic, unless [`log_panics`] is called.
//! - `wasm32-unknown-unknown` has no threads, files, clock or streams. With the feature `web`, time
//!   and zone come from the JavaScript host and standard error is `console.error`. Without it, the
//!   time is 1970 unless the registry has a [clock](registry::RegistryBuilder::clock), and standard
//!   error discards. Queues deliver each record at once; opening a file is an error.
//! - Windows: files have the permissions of their directory (no `mode`); there is no `SIGHUP` and
//!   no `fork`. Call [`shutdown`] before `std::process::exit`.
//!
//! # Limits
//!
//! A logger's name has at most 4,096 bytes and 128 segments. Logging nests 32 deep. Widths in a
//! template are at most 1,024. The length of a line is not limited. `%Z` writes the offset of a
//! time zone, except for UTC.
//!
//! `tracing` adds records of its spans to those of an AWS client (43 % of them);
//! `get_logger("tracing.span").set_level(Level::WARNING)` silences them. `set_stream_logger` for
//! the root does so by itself ([`StreamLogger::spans`]).

#![cfg_attr(docsrs, feature(doc_cfg))]
// The README's code is compiled and run like any other example.
#![cfg_attr(doctest, doc = include_str!("../README.md"))]
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

pub mod backlog;
pub mod client;
#[cfg(feature = "config")]
pub mod config;
mod context;
pub mod control;
#[cfg(feature = "delivery")]
pub mod delivery {
    //! How records reach a receiver on a network: what all handlers that send have in common.
    //!
    //! [`DeliveryHandler`](crate::handler::DeliveryHandler) says how it works; a [`Transport`] of
    //! your own is all that another protocol needs.

    #[cfg(feature = "cloudwatch")]
    #[cfg_attr(docsrs, doc(cfg(feature = "cloudwatch")))]
    pub use crate::handler::cloudwatch::{
        LogEvent, LogGroup, LogGroupClass, Oversize, PutLogEvents, RejectedLogEvents, ServiceError,
    };
    pub use crate::handler::delivery::{
        Backoff, BatchLimits, Connection, Entry, Health, Outcome, Spool, Transport,
    };
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub use crate::handler::network::Tls;
    #[cfg(feature = "socket")]
    #[cfg_attr(docsrs, doc(cfg(feature = "socket")))]
    pub use crate::handler::socket::Wire;
    #[cfg(all(fuzzing, feature = "socket"))]
    pub use crate::receiver::fuzzing;
    #[cfg(feature = "socket")]
    #[cfg_attr(docsrs, doc(cfg(feature = "socket")))]
    pub use crate::receiver::{SocketReceiver, SocketReceiverBuilder};
    pub use crate::record::sending_mark::{SendingGuard, SendingMark};
}
pub mod docs;
pub mod error;
mod facade;
pub mod filter;
pub mod formatter;
pub mod handler;
mod level;
mod level_spec;
pub mod logger;
mod macros;
mod name;
pub mod panics;
#[cfg(feature = "socket")]
mod receiver;
pub mod record;
pub mod registry;
pub mod scope;
pub mod setup;
mod sys;
pub mod test;
mod text;
pub mod time;
#[cfg(feature = "tracing")]
#[cfg_attr(docsrs, doc(cfg(feature = "tracing")))]
pub mod tracing;

/// The facade whose records land in the tree, and whose key-values and levels this crate's
/// signatures name.
#[doc(no_inline)]
pub use ::log;

pub use crate::error::{Error, ErrorKind};
pub use crate::facade::install;
pub use crate::formatter::text::Formatter;
pub use crate::handler::handler::Handler;
pub use crate::handler::live::shutdown;
pub use crate::level::Level;
pub use crate::level_spec::LevelSpec;
pub use crate::logger::logger::{Logger, get_logger};
pub use crate::logger::static_logger::StaticLogger;
pub use crate::panics::panic_logger::log_panics;
pub use crate::record::record::Record;
pub use crate::registry::registry::Registry;
pub use crate::scope::scope::Scope;
pub use crate::setup::basic_config::{BasicConfig, basic_config};
pub use crate::setup::from_env::{init_from_env, init_from_env_or};
#[cfg(feature = "pretty")]
#[cfg_attr(docsrs, doc(cfg(feature = "pretty")))]
pub use crate::setup::pretty::init_pretty;
pub use crate::setup::set_stream_logger::set_stream_logger;
pub use crate::setup::stream_logger::StreamLogger;
pub use crate::setup::verbosity::Verbosity;

/// What the macros expand to. Not public API: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use log::kv;

    pub use crate::macros::{
        Argument, CallKey, CallSite, CallValue, Counted, Limit, Pace, Passed, PassedCall, Site,
        Template, argument, is_enabled, log_arguments, log_split, logger, passes, std, value,
    };
}

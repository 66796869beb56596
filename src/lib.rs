//! A tree of dotted logger names with Python `logging`'s levels, propagation, handlers, filters and formatters, and a backend
//! for the [`log`](mod@log) facade.
//!
//! ```
//! use logtree::{get_logger, set_stream_logger, Level};
//!
//! set_stream_logger("", Level::INFO); // standard error, and the facade's records arrive too
//! set_stream_logger("botocore.client.S3", Level::DEBUG); // more of one service, and no line twice
//!
//! let s3 = get_logger("botocore.client.S3");
//! logtree::debug!(s3, bucket = "photos", size = 3; "put object");
//! log::warn!(target: "boto3::session", "no region"); // any other crate, untouched
//! get_logger("boto3").set_level(Level::DEBUG); // later, while it runs: more of another
//! ```
//!
//! A library keeps its logger in a static ([`StaticLogger`], [`logger!`]) and leaves handlers to the program. A program sets up handlers
//! once, by [`set_stream_logger`], [`basic_config`], [`init_from_env`] or a configuration; what raises a level later is seen.
//!
//! # The tree
//! Names are dotted, and `::` is a dot. `a.b` is the parent of `a.b.c`, by whole segments; at the top is the root. A logger without a
//! level of its own takes the nearest ancestor's, so one line tunes a service and all its parts:
//!
//! ```text
//! root                      WARNING
//! ├── boto3                 DEBUG
//! └── botocore              (so WARNING)
//!     ├── botocore.hooks    (so WARNING)
//!     └── botocore.client   (so WARNING)
//!         └── …client.S3    INFO
//! ```
//!
//! A record that its own logger's level and filters pass goes to the handlers of that logger and of all its ancestors, up to
//! the first that does not propagate. The ancestors' levels and filters are not asked; each handler's are. Where there is
//! no handler at all, warnings and worse go to standard error.
//!
//! # The way of a record
//! ```text
//! macro, method, log facade
//!   gate        one load and a compare; what is off costs no more
//!   Record      on the stack, its text not yet written
//!   filters     of its logger
//!   route       the handlers, worked out when the tree changes
//!   Handler     level, filters
//!   Formatter   into the thread's own buffer; the message is formatted once for all handlers
//!   Sink        one write of the whole line
//! ```
//!
//! # What is promised
//! - A logging call never panics, blocks for ever or fails, whatever arguments, filters, formatters and devices do. What was
//!   not written is counted ([`Handler::counters`]) and reported.
//! - No lock of this crate is held while your code runs (`Display`, filters, formatters, hooks), so logging inside any of them
//!   works. The exceptions are a writer given to a [`StreamHandler`](crate::handler::StreamHandler), and what gives rotated files their names: what these log to their own
//!   handler is refused, not waited for.
//! - What was accepted is written, or counted as dropped and told. Queues and buffers are emptied at the end of the process, by return,
//!   `exit` or panic.
//! - One record is one line, and no message can drive the terminal, unless asked for: see [`Multiline`](crate::formatter::Multiline).
//! - Nothing in a message is interpreted.
//! - The presets take known credentials out of what they write: [`RedactingFilter`](crate::filter::RedactingFilter).
//!
//! What a call costs, beside other crates, stands in [`docs::performance`]; what becomes of records when something goes wrong, in
//! [`docs::faults`]; what the AWS SDK for Go and AWS IoT do and what stands for it here, in [`docs::features`].
//!
//! # Where Python differs
//! Written for those who know Python's `logging`; each item's section *Python* names what it mirrors.
//!
//! | Python | here | why |
//! |---|---|---|
//! | `r`, `ro`, `roo` lose their children | by whole segments | a bug |
//! | level names in upper case only | any case, and numbers | `LOG_LEVEL=debug` is what people write |
//! | an exception of a filter or stream reaches the caller | error hook and counters | logging must not end a program |
//! | a handler that removes itself makes the next one miss a record | each record meets one set of handlers | a bug |
//! | a filter of one handler changes the record for the next | each handler has its own view | surprise |
//! | `extra` may not use the names of fields | key-values have names of their own | `name` in a call must not fail in production |
//! | a template is checked in part | the whole template | a wrong one is found at the start |
//! | a field that a record lacks loses the record | written as `-`, counted, reported once; [`MissingFields::Fail`](crate::formatter::MissingFields::Fail) is Python's way | nothing vanishes |
//! | `%(flag)s` writes `True` | `true`, but for `python_exact` | one spelling with the appended ` key=value` |
//! | messages are written raw | escaped and indented | no forged lines; [`Multiline::Raw`](crate::formatter::Multiline::Raw) is Python's way |
//! | `extra` that the format does not name is not shown | appended as ` key=value` | nothing vanishes |
//! | a wrong level in the environment is the program's to find | [`LevelSpec`] reports what fits nothing, and the rest applies | a slip must not silence a program |
//! | `basicConfig` does nothing, silently | [`Applied::HadHandlers`](crate::setup::Applied::HadHandlers) | so one sees it |
//! | a handler that takes over a name can lose it to a renaming | names stay with their last taker | a bug |
//! | `boto3.set_stream_logger` gives the level to logger and handler | to the logger alone, [`LevelOn`](crate::setup::LevelOn) | whatever makes a logger more verbose later is seen |
//! | `boto3.set_stream_logger` twice prints twice | replaces its own handler | one line is enough |
//! | handlers of a logger and of an ancestor both print | those of the one-line set-ups write a record once per stream, the nearest one that takes it | verbosity per service without double lines; [`StreamLogger::boto3_exact`] is Boto3's way in all three |
//! | the last resort prints the message alone | the same, and `LEVEL name: message` after a one-line set-up | a line of an unknown crate says where it comes from |
//! | `MemoryHandler` grows without a target | bounded, drops counted | memory |
//! | levels below 0 | none | nobody can log there |
//! | the levels 5 and 65535 have no name | `TRACE`, `OFF` (also `DISABLED`) | Rust's and AWS's words |
//! | `funcName` is found on the stack | set by the macros of this crate; empty for methods and the facade | Rust does not tell a callee the name of its caller |
//! | `threadName` is `MainThread`, `Thread-1 (f)` | `main`, `Thread-3` | Rust's names |
//! | `%Z` is the name of the zone | its offset, but for UTC | the system does not tell names reliably |
//! | a file that was closed drops records in silence | counted and reported | nothing vanishes |
//! | a directory that is missing raises in the caller | the record's error, tried again later | logging must not end a program |
//! | files get what permissions the process's mask leaves | `0o600`, [`mode`](crate::handler::builder::FileHandlerBuilder::mode) | logs hold secrets |
//! | links are followed | when [asked for](crate::handler::builder::FileHandlerBuilder::follow_symlinks), and `/dev/stdout` and the like | a planted link must not empty a file |
//! | rotated files are removed in the order of their names | by age | a clock that was set back, and numbers, cost no newer file |
//! | a midnight is as late as the offset of now says | as the zone's offset of then says | changes of summer time |
//! | a rotation that fails loses all later records | the old file is written on, tried again | nothing is lost |
//! | files are made as the umask says | with the mode 0600, `permissions` changes it | logs hold secrets |
//! | symbolic links are followed | where asked for, `follow_symlinks` | a planted link must not have another file written |
//! | a record goes on with a torn last line of its file | the line is ended first | a crash must cost one line, not two |
//! | `..` in a configured path | refused, unless allowed by `allow_parent_paths` | a path stays below its directory |
//! | rotation by size counts characters | bytes | it is a limit of bytes |
//! | rotation at a clock time takes each day for 24 hours | goes by the zone's own offsets | midnight is midnight in summer time too |
//! | rotation by time counts from the file's last change | from when it was made | a program that is started often must rotate |
//! | no rotation by time while a file of the name is there | a number behind the name | nothing is written over |
//! | the listener's thread ends with an exception, nothing empties its queue | it survives, and is emptied at the end | nothing is lost |
//! | a full queue loses records in silence, but for the hook | they are told in the stream | nothing vanishes |
//! | a forked child writes its parent's buffers again | they are left to the parent | no record twice |
//! | `dictConfig` changes things until it meets an error | all is checked and made first | a typing error must not end logging |
//! | `disable_existing_loggers` is on | off | nobody expects it |
//! | filters of a logger add up from one configuration to the next | are replaced; the program's own stay | the second one must give what it says |
//! | `fileConfig` evaluates code | reads literals | configuration is no program |
//!
//! # Features
//! All are off by default, and additive.
//!
//! | feature | gives | by |
//! |---|---|---|
//! | `config` | configurations as data, the module `config`: Python's `dictConfig` from JSON and TOML, `fileConfig`'s INI | `serde_json`, toml |
//! | `yaml` | the same from YAML | saphyr-parser |
//! | `reload` | a configuration's file that is followed, files opened anew at `SIGHUP` | signal-hook |
//! | `http` | dumps of requests and responses of the `http` crate, for [`client::ClientLogger`] | http |
//! | `tower` | a layer that logs what a `tower` service sends, gets and tries again | tower-layer, tower-service |
//! | `gzip` | compression of rotated files | flate2 |
//! | `web` | in WebAssembly: time, zone and console of the JavaScript host | web-time, web-sys |
//!
//! # Platforms
//! Unix, Windows and WebAssembly; 32 and 64 bits, either byte order.
//!
//! - With `panic = "abort"` a panic ends the process wherever it happens, so a `Display`, filter,
//!   formatter or sink that panics does so too, and queues and buffers are not emptied after a panic.
//! - `wasm32-unknown-unknown` has no threads, files, clock or streams. With the feature `web`, time
//!   and zone come from the JavaScript host and standard error is `console.error`; without it, time
//!   stands at 1970 unless a registry has a clock of its own, and standard error discards. Queues
//!   hand each record over at once, and files are refused with an error.
//! - Windows: files are as private as their directory; there are no permissions (`mode`), no
//!   `SIGHUP` and no forks.
//!
//! # Limits
//! A template's widths end at 1,024. A logger's name has at most 4,096 bytes and 128 segments. Logging nests 32 deep. There is no limit to a line's length. Names
//! of time zones (`%Z`) are offsets, but for UTC.
//!
//! One line silences what `tracing`'s spans add to the records of an AWS client (43 % of them):
//! `get_logger("tracing.span").set_level(Level::WARNING)`. `set_stream_logger` for the root does so by itself
//! ([`StreamLogger::spans`]).

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
pub mod docs;
pub mod error;
mod facade;
pub mod filter;
pub mod formatter;
pub mod handler;
mod level;
pub mod logger;
mod macros;
mod name;
pub mod record;
pub mod registry;
pub mod scope;
pub mod setup;
mod sys;
pub mod test;
mod text;
pub mod time;

/// The facade whose records land in the tree, and whose key-values and levels this crate's signatures name.
#[doc(no_inline)]
pub use ::log;

pub use crate::error::{Error, ErrorKind};
pub use crate::facade::install;
pub use crate::formatter::text::Formatter;
pub use crate::handler::Handler;
pub use crate::handler::directory::shutdown;
pub use crate::level::Level;
pub use crate::logger::logger::{Logger, get_logger};
pub use crate::logger::static_logger::StaticLogger;
pub use crate::record::record::Record;
pub use crate::registry::registry::Registry;
pub use crate::scope::scope::Scope;
pub use crate::setup::basic_config::{BasicConfig, basic_config};
pub use crate::setup::from_env::{init_from_env, init_from_env_or};
pub use crate::setup::level_spec::LevelSpec;
pub use crate::setup::stream_logger::{StreamLogger, set_stream_logger};
pub use crate::setup::verbosity::Verbosity;

/// What the macros expand to. Not public API: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::macros::private::*;
}

//! Events of the `tracing` crate in the tree of loggers.
//!
//! ```no_run
//! logtree::tracing::install()?;
//! logtree::set_stream_logger("my_crate", logtree::Level::DEBUG);
//! tracing::debug!(port = 8080, "listens");
//! # Ok::<(), logtree::Error>(())
//! ```
//!
//! An event becomes a record of the logger that its target names, with `::` as `.`; a target that
//! is no logger's name goes the way of its nearest ancestor's records and keeps its name, as targets
//! of the `log` facade do. The levels of the tree decide, including those that `tracing` caches: when
//! a call that changes a level returns, the new level holds on all threads.
//!
//! | `tracing` | record |
//! |---|---|
//! | `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` | levels 5, 10, 20, 30, 40 |
//! | field `message` | the message |
//! | numbers of up to 128 bits, Booleans, strings | key-values of these types |
//! | first error (`error = &e as &dyn Error`) | the record's error, with its causes |
//! | further errors, `?value`, `%value` | key-values with their text |
//! | bytes | a key-value with hexadecimal digits |
//! | `r#type` | the key `type` |
//! | events of `tracing-log` | target, file, line and module path of the original record |
//!
//! Of several fields `message`, the last that is not empty is the message.
//!
//! Nothing installs the bridge by itself, as there is one global subscriber for the whole program.

mod bridge;
mod event_values;
mod field_value;
mod install;
mod interest_cache;
mod level;
mod log_origin;
pub(crate) mod subscriber;
mod survey;

pub use self::install::install;
pub use self::subscriber::Subscriber;

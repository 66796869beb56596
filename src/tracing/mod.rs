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
//! is no logger's name goes the way of its nearest ancestor's records and keeps its name, as
//! targets of the `log` facade do. The levels of the tree decide, including those that `tracing`
//! caches: when a call that changes a level returns, the new level holds on all threads. A change
//! waits a second at most for the caches of `tracing`: where another thread holds its locks for
//! longer, call sites that it has cached follow later. With a [`Subscriber`] alive, a change of
//! what any call site may log costs a thread and a walk over all call sites of the program.
//!
//! What a call site may log is cached for a [`Subscriber`] that is a dispatcher by itself. One in a
//! `Box` or an `Arc` is asked at each call.
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
//! # Spans
//!
//! A record has the fields of its span, and of the spans around that, as key-values of these types;
//! of several with one key it has the innermost. So have records of the `log` facade and of this
//! crate's macros. They hide key-values of [scopes](crate::Scope). A later value of a field
//! replaces the earlier one. A span's fields are taken together when it is created: what is
//! recorded in its parent later is not among them. Texts are cut after 1,024 bytes.
//!
//! `%(span)s` in a template is the name of the innermost span, `%(spans)s` has all (`outer:inner`);
//! [JSON](crate::formatter::JsonFormatterBuilder::spans) has the same on request.
//!
//! A span is enabled as an event of its target and level is. One that is not adds nothing;
//! [`SpanContext`] enables more of them. A span is no record, unless [`SpanEvents`] ask for records
//! when it is created, entered, left or closed.
//!
//! # Owners
//!
//! What a service logs comes mostly from crates that it shares with others; its span says whose
//! call it is. The records in a span may have an owner, as those in a [scope](crate::Scope::owner)
//! have: while a level is set on it, or between it and the root, this decides in place of the
//! levels of their own loggers, and the owner's handlers get them as well.
//!
//! Spans of the AWS SDK for Rust belong to the logger of the service's crate, `aws_sdk_s3`, also
//! those of SDKs before 2025. So this shows calls to S3 whole, and silences STS beside it:
//!
//! ```
//! use logtree::Level;
//!
//! logtree::set_stream_logger("aws_sdk_s3", Level::DEBUG);
//! logtree::get_logger("aws_sdk_sts").set_level(Level::OFF);
//! ```
//!
//! [`OwnerRule`] makes other loggers owners. A span without an owner by a rule has that of what it
//! is created in; of several spans, the innermost decides. While a level or a capture is set on any
//! owner, spans that may have one are enabled whatever their level, call sites of events that pass
//! are asked at each call, and the gates of all loggers are open as far as owners ask. An event
//! that names its parent belongs to that span's owner. As `tracing` asks without the parent whether
//! it is enabled, a call site that passes with any owner is enabled until one of its events is
//! known to name none (and again where it is forgotten for another), and each is decided on when it
//! is there: values may be evaluated in vain, and `tracing::event_enabled!` return `true` in vain.
//! No call site is meant that is used both ways, as no macro does. A span that names its parent is
//! enabled as one that does not. Tasks that a library spawns without a span, as `hyper` does for
//! connections, belong to none.
//!
//! # Installation
//!
//! [`Subscriber`] is all that a program needs which has no other subscriber. `Layer` (feature
//! `tracing-layer`) stands beside layers of others in `tracing-subscriber`.
//!
//! Nothing installs the bridge by itself, as there is one global subscriber for the whole program.

mod bridge;
mod call_sites;
mod event_values;
mod field_value;
mod install;
mod interest_cache;
#[cfg(feature = "tracing-layer")]
pub(crate) mod layer;
mod level;
mod log_origin;
mod open_span;
mod options;
mod owner_rule;
mod owner_rules;
mod span_context;
mod span_events;
mod span_fields;
mod span_records;
mod span_rules;
mod span_store;
pub(crate) mod subscriber;
mod survey;

pub use self::install::{install, try_init};
#[cfg(feature = "tracing-layer")]
#[cfg_attr(docsrs, doc(cfg(feature = "tracing-layer")))]
pub use self::layer::{Layer, layer};
pub use self::owner_rule::OwnerRule;
pub use self::span_context::SpanContext;
pub use self::span_events::SpanEvents;
pub use self::subscriber::Subscriber;

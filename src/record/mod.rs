//! What was logged: [`Record`], borrowed for the length of a call, and [`OwnedRecord`], which
//! outlives it.

mod builder;
pub(crate) mod call_key;
pub(crate) mod call_values;
mod edits;
mod key_values;
pub(crate) mod message;
mod owned;
mod owner;
mod rare_fields;
#[expect(
    clippy::module_inception,
    reason = "the noun stands in the file of its name"
)]
pub(crate) mod record;
#[cfg_attr(
    not(feature = "delivery"),
    expect(unreachable_pub, reason = "it is public with the handlers that send")
)]
pub(crate) mod sending_mark;
#[cfg(feature = "serde")]
mod serialize;
pub(crate) mod site;
mod source;
mod source_ref;
pub(crate) mod span;
#[cfg(feature = "tracing")]
mod span_times;
pub(crate) mod split_message;
#[cfg(feature = "kv-serde")]
mod structured;
mod thread;
mod value;
mod visit;

pub use self::builder::RecordBuilder;
pub use self::key_values::{KeyValues, KeyValuesIter};
pub use self::owned::OwnedRecord;
pub use self::source::Source;
pub use self::value::OwnedValue;

pub(crate) use self::call_values::CallValues;
#[cfg(feature = "tracing")]
pub(crate) use self::call_values::LentValues;
pub(crate) use self::key_values::{Context, ContextKey, set_value};
pub(crate) use self::message::{LazyMessage, Message};
pub(crate) use self::owner::Owner;
pub(crate) use self::rare_fields::{RareFields, RareFieldsRef};
pub(crate) use self::record::Record;
pub(crate) use self::source_ref::SourceRef;
pub(crate) use self::span::{Span, SpanPath};
#[cfg(feature = "tracing")]
pub(crate) use self::span_times::SpanTimes;
pub(crate) use self::thread::{KnownThread, ThreadInfo};
pub(crate) use self::value::{KeptValue, Scalar};

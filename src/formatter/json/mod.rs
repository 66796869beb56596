//! Records as JSON: [`JsonFormatter`], and the object writer that all JSON formatters share.

mod builder;
mod content;
mod escape;
mod failure;
mod field_map;
mod formatter;
mod gcp;
mod key_value;
mod object;
mod own_names;
mod placement;
mod preset;
mod systems;
mod time;
mod unique_names;

pub use self::builder::JsonFormatterBuilder;
pub use self::formatter::JsonFormatter;
pub use self::time::JsonTime;

pub(super) use self::escape::push_escaped;
pub(super) use self::object::{Object, push_scalar};
pub(super) use self::own_names::OwnNames;
pub(super) use self::time::TimeWriter;

//! Lines of text by a template: [`Formatter`].

mod appended;
mod builder;
mod formatter;
mod own_fields;
mod segment;
pub(super) mod span_time;
mod step;
mod template_head;

pub use self::builder::FormatterBuilder;
pub use self::formatter::Formatter;

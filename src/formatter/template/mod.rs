//! Templates: strings with named fields, in Python's three styles.
//!
//! A template is parsed once, into literals and fields. Each style has its parser and its way to
//! write a value; numbers are shared.

mod brace;
mod brace_spec;
mod dollar;
mod field;
mod number;
mod parse;
mod percent;
mod percent_spec;
mod segment;
mod spec;
mod style;
mod value;

pub use self::style::TemplateStyle;

pub(super) use self::field::Field;
pub(super) use self::parse::{parse, parse_unchecked, uses_time};
pub(super) use self::segment::Segment;
pub(super) use self::spec::Spec;
#[cfg(any(feature = "gelf", feature = "http-handler"))]
pub(crate) use self::value::plain;
#[cfg(not(any(feature = "gelf", feature = "http-handler")))]
pub(super) use self::value::plain;
pub(super) use self::value::push_plain;

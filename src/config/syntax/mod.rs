//! From text to a document: JSON, TOML, YAML, and Python's INI ([`Syntax`]).
//!
//! Whatever the text, reading it takes time and memory in proportion to its length, which is
//! bounded.

mod ini;
mod json;
mod limits;
mod map_builder;
mod python_literal;
#[expect(
    clippy::module_inception,
    reason = "the noun stands in the file of its name"
)]
mod syntax;
#[cfg(feature = "config-toml")]
mod toml;
#[cfg(feature = "config-yaml")]
mod yaml;

pub(super) use self::ini::Defaults;
pub(super) use self::limits::MAX_BYTES;
pub use self::syntax::Syntax;

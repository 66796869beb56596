//! The INI files of Python's `fileConfig`.
//!
//! Python evaluates `args`, `kwargs` and `class` as code; here they are literals and names.

mod sections;
mod translator;

pub(in crate::config) use self::sections::Defaults;
pub(super) use self::translator::read;

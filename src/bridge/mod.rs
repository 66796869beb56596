//! Ways in for records that are not logged with this crate's own macros.

mod facade;
mod target_cache;

pub use self::facade::install;

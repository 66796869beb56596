//! Ways in for records that are not logged with this crate's own macros.

mod backend;
#[cfg(feature = "tracing")]
pub(crate) mod echo;
#[cfg(feature = "tracing")]
pub(crate) mod feedback;
mod gate_cache;
pub(crate) mod target_cache;

pub use self::backend::install;

//! Levels of severity: [`Level`], and their names.

pub(crate) mod drop_counts;
#[expect(
    clippy::module_inception,
    reason = "the noun stands in the file of its name"
)]
mod level;
pub(crate) mod names;
#[cfg(feature = "serde")]
mod serialize;
pub(crate) mod severity;

pub use self::level::Level;

//! Longer texts.

#[doc = include_str!("performance.md")]
pub mod performance {}

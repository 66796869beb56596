//! Longer texts.

#[expect(
    clippy::doc_markdown,
    reason = "names of crates and workloads, in tables"
)]
#[doc = include_str!("performance.md")]
pub mod performance {}

//! Guides and background.

#[expect(
    clippy::doc_markdown,
    reason = "names of crates and workloads, in tables"
)]
#[doc = include_str!("performance.md")]
///
// Written by benches/peers.
#[doc = include_str!("results.md")]
///
#[doc = include_str!("performance_why.md")]
pub mod performance {}

#[expect(
    clippy::doc_markdown,
    reason = "names of crates and workloads, in tables"
)]
#[doc = include_str!("faults.md")]
///
// Written by benches/peers.
#[doc = include_str!("faults_table.md")]
///
#[doc = include_str!("faults_why.md")]
pub mod faults {}

#[doc = include_str!("features.md")]
pub mod features {}

#[cfg(feature = "delivery")]
#[doc = include_str!("delivery.md")]
pub mod delivery {}

#[cfg(feature = "control")]
#[doc = include_str!("control.md")]
///
#[doc = include_str!("control_cli.md")]
///
#[doc = include_str!("control_console.md")]
///
#[doc = include_str!("control_tail.md")]
///
#[doc = include_str!("control_clients.md")]
pub mod control {}

#[cfg(feature = "fleet")]
#[doc = include_str!("fleet.md")]
pub mod fleet {}

#[cfg(feature = "tracing")]
#[doc = include_str!("tracing.md")]
pub mod tracing {}

#[doc = include_str!("python.md")]
pub mod python {}

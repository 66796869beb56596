//! Recorded log events: reads them, and replays them through a registry.
//!
//! [`Event`] is one record as JSON, as this crate's formatters and those of other libraries write
//! it. [`Replay`] logs events as recorded, and counts what each logger showed and hid.
//!
//! ```
//! use logtree::{Level, Registry};
//! use logtree_replay::{Replay, SAMPLE};
//!
//! let registry = Registry::new();
//! registry.root().set_level(Level::INFO);
//! let mut replay = Replay::new(&registry);
//! replay.lines(SAMPLE.as_bytes(), |_| true)?;
//! assert_eq!(replay.counts().total().seen, 347);
//! # Ok::<(), std::io::Error>(())
//! ```

mod counts;
mod developer;
mod event;
mod layout;
mod members;
mod names;
mod number;
mod replay;
mod value;

pub use crate::counts::{Count, Counts};
pub use crate::event::Event;
pub use crate::layout::Layout;
pub use crate::replay::Replay;

/// Recorded events of a boto3 session, one a line.
pub const SAMPLE: &str = include_str!("../botocore-events.jsonl");

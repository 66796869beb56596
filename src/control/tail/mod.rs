//! Records as they are logged, the live tail, independent of how it is served.
//!
//! [`Tails`] has one handler, which taps the tree for all tails of an endpoint: a record is
//! redacted and copied once, whatever their number. Each [`Tail`] has a [`TailFilter`] and a
//! ring of its own. The thread that logs puts the record into the rings under one
//! lock, held for a few steps; what does not fit is dropped there, and counted. The [`History`]
//! keeps the latest records for tails that begin or resume.
//!
//! [`History`]: history::History

mod batch;
mod event;
mod exchange;
mod filter;
mod glob;
mod history;
mod options;
mod position;
mod ring;
#[expect(
    clippy::module_inception,
    reason = "the noun stands in the file of its name"
)]
mod tail;
mod tails;

#[cfg(test)]
mod tests;

pub(super) use self::batch::Batch;
pub(super) use self::event::Event;
pub(super) use self::filter::TailFilter;
pub(super) use self::glob::Glob;
pub(super) use self::history::Gap;
pub(super) use self::options::TailOptions;
pub(super) use self::position::Position;
pub(super) use self::ring::Dropped;
pub(super) use self::tail::{Start, Tail};
pub(super) use self::tails::Tails;

//! Records as they are logged, the live tail, independent of how it is served.
//!
//! [`Tails`] has one handler, which taps the tree for all tails of an endpoint: its sink, the
//! [`Inlet`], copies a record once into a queue, whatever the number of tails, and drops it there
//! if tails are slower than what is logged. The rest is done by the queue's thread: the [`Outlet`]
//! redacts the record and puts it into the ring of each [`Tail`] whose [`TailFilter`] asks for it.
//! What does not fit is dropped, and counted. The [`History`] keeps the latest records for tails
//! that begin or resume.
//!
//! [`Inlet`]: inlet::Inlet
//! [`Outlet`]: outlet::Outlet
//! [`History`]: history::History

mod batch;
mod event;
mod exchange;
mod filter;
mod glob;
mod history;
mod inlet;
mod lost;
mod options;
mod outlet;
mod own_thread;
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
pub(super) use self::own_thread::become_own_thread;
pub(super) use self::position::Position;
pub(super) use self::ring::Dropped;
pub(super) use self::tail::{Start, Tail};
pub(super) use self::tails::Tails;

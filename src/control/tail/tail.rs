//! One that looks on: [`Tail`].

use std::collections::VecDeque;
use std::task::{Context, Poll};

use crate::control::tail::batch::{Batch, MAX_BYTES, MAX_RECORDS};
use crate::control::tail::event::Event;
use crate::control::tail::exchange::MAX_LISTENERS;
use crate::control::tail::filter::TailFilter;
use crate::control::tail::history::Gap;
use crate::control::tail::position::Position;
use crate::control::tail::tails::{Tails, TailsCore};
use crate::error::{Error, ErrorKind};
use crate::handler::Handler;
use crate::level::Level;
use crate::registry::{RegistryCore, TapId};

/// The records that match a filter, as they are logged, until it is dropped.
#[must_use = "it ends when it is dropped"]
pub(in crate::control) struct Tail {
    tails: Tails,
    id: u64,
    gap: Option<Gap>,
    /// What comes before all that is logged from now on.
    earlier: VecDeque<Event>,
}

/// Where a tail begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::control) enum Start {
    /// With so many of the latest records.
    Latest(usize),
    /// After a record that it got earlier.
    After(Position),
}

impl Tails {
    /// Begins a tail.
    ///
    /// # Errors
    /// [`ErrorKind::LimitExceeded`] if there are as many as there may be, or no room for a name in
    /// the registry; [`ErrorKind::Closed`] if the registry has ended.
    pub(in crate::control) fn begin(
        &self,
        filter: TailFilter,
        start: Start,
    ) -> Result<Tail, Error> {
        let core = &*self.0;
        // What was logged before is part of the history.
        core.settle();
        let registry = core.registry.upgrade();
        let registry =
            registry.ok_or_else(|| Error::new(ErrorKind::Closed, "the registry has ended"))?;
        let max = core.options.tails.min(MAX_LISTENERS);
        let arranging = core.arranging.lock();
        if core.exchange.state().listeners.len() >= max {
            let message = format!("{max} tails are open, and no more can be");
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        let levels = filter.levels.as_deref();
        let levels = levels.map(|levels| tap(&registry, levels, &core.handler));
        let tap = levels.transpose()?;
        // What is shown comes by its tap.
        core.begin_history(&registry);
        let (id, gap, earlier) = core.enter(filter, start);
        if let Some(listener) = core.exchange.state().find(id) {
            listener.tap = tap;
        }
        drop(arranging);
        let tails = self.clone();
        Ok(Tail {
            tails,
            id,
            gap,
            earlier,
        })
    }
}

/// Taps what a filter's levels name.
fn tap(
    registry: &RegistryCore,
    levels: &[(String, Level)],
    handler: &Handler,
) -> Result<TapId, Error> {
    let tap = registry.tap_names(levels, handler.clone());
    tap.ok_or_else(|| {
        let message = "the registry has no room for further names of loggers";
        Error::new(ErrorKind::LimitExceeded, message)
    })
}

impl TailsCore {
    /// Enters a listener. Each record is either in what is returned, or comes to its ring.
    fn enter(&self, filter: TailFilter, start: Start) -> (u64, Option<Gap>, VecDeque<Event>) {
        let matches = |event: &Event| event.kept.is_for(&filter);
        let mut state = self.exchange.state();
        let (gap, earlier) = match start {
            Start::Latest(records) => (None, state.history.latest(records, matches)),
            Start::After(position) => {
                let is_ours = position.boot == self.boot() && position.seq <= state.seq;
                let known = if is_ours { position.seq } else { 0 };
                let (earlier, gone) = state.history.after(known, state.seq, matches);
                let gap = Gap {
                    after: position,
                    records: gone.filter(|_| is_ours),
                    hidden: filter.levels.is_some(),
                };
                let has_gap = gap.records != Some(0) || gap.hidden;
                (has_gap.then_some(gap), earlier)
            }
        };
        let id = state.add(filter, &self.options);
        self.exchange.publish(&mut state);
        drop(state);
        (id, gap, earlier)
    }
}

impl Tail {
    /// Returns what there is, or has the task woken once there is something.
    pub(in crate::control) fn poll_batch(&mut self, context: &mut Context<'_>) -> Poll<Batch> {
        if self.gap.is_some() || !self.earlier.is_empty() {
            return Poll::Ready(self.take_earlier());
        }
        self.tails.0.exchange.poll(self.id, context)
    }

    fn take_earlier(&mut self) -> Batch {
        let mut bytes = 0;
        let fits = |event: &&Event| {
            let is_first = bytes < MAX_BYTES;
            bytes += event.bytes();
            is_first
        };
        let count = self
            .earlier
            .iter()
            .take(MAX_RECORDS)
            .take_while(fits)
            .count();
        Batch {
            gap: self.gap.take(),
            dropped: None,
            events: self.earlier.drain(..count).collect(),
            // Perhaps.
            has_more: true,
        }
    }

    pub(in crate::control) fn tails(&self) -> &Tails {
        &self.tails
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        let core = &*self.tails.0;
        let arranging = core.arranging.lock();
        let mut state = core.exchange.state();
        let gone = state.remove(self.id);
        core.exchange.publish(&mut state);
        drop(state);
        let tap = gone.as_ref().and_then(|gone| gone.tap);
        if let (Some(tap), Some(registry)) = (tap, core.registry.upgrade()) {
            registry.end_tap(tap);
        }
        drop(arranging);
        drop(gone);
    }
}

//! Where records are put, and tails take them from: [`Exchange`].

use std::collections::VecDeque;
use std::task::{Context, Poll, Waker};

use arc_swap::{ArcSwap, Guard};

use crate::control::tail::batch::{Batch, MAX_BYTES, MAX_RECORDS};
use crate::control::tail::event::{Event, Kept};
use crate::control::tail::filter::{Names, TailFilter};
use crate::control::tail::history::History;
use crate::control::tail::lost::{Lost, LostKind};
use crate::control::tail::options::TailOptions;
use crate::control::tail::ring::Ring;
use crate::filter::RedactingFilter;
use crate::record::Record;
use crate::registry::TapId;
use crate::sys::sync::{Arc, Mutex, MutexGuard};

/// Where records are put by the queue's thread, and tails take them from.
pub(super) struct Exchange {
    pub(super) redaction: RedactingFilter,
    /// What had no room in the queue.
    pub(super) lost: Lost,
    /// What is asked for, to read without the lock.
    watch: ArcSwap<Watch>,
    /// Held for a few steps, with no user code.
    state: Mutex<State>,
}

/// What is asked for.
#[derive(Default)]
pub(super) struct Watch {
    pub(super) version: u64,
    pub(super) has_history: bool,
    /// Those of the listeners, in the same order.
    filters: Vec<Arc<TailFilter>>,
}

impl Watch {
    pub(super) fn filters(&self) -> impl Iterator<Item = &TailFilter> {
        self.filters.iter().map(|filter| &**filter)
    }
}

pub(super) struct State {
    /// That of the watch that belongs to it.
    version: u64,
    /// The number of the latest record.
    pub(super) seq: u64,
    pub(super) history: History,
    /// The tap of the history, while there is one.
    pub(super) history_tap: Option<TapId>,
    pub(super) listeners: Vec<Listener>,
    last_id: u64,
    /// How many listeners have ended.
    pub(super) departures: u64,
}

/// A tail, as the queue's thread sees it.
pub(super) struct Listener {
    id: u64,
    filter: Arc<TailFilter>,
    ring: Ring,
    pub(super) waker: Option<Waker>,
    pub(super) tap: Option<TapId>,
}

/// How many listeners there may be: one bit for each.
pub(super) const MAX_LISTENERS: usize = 64;

impl Exchange {
    pub(super) fn new(options: &TailOptions) -> Self {
        Self {
            redaction: RedactingFilter::credentials(),
            lost: Lost::default(),
            watch: ArcSwap::default(),
            state: Mutex::new(State {
                version: 0,
                seq: 0,
                history: History::new(options.backlog, options.backlog_bytes()),
                history_tap: None,
                listeners: Vec::new(),
                last_id: 0,
                departures: 0,
            }),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Returns what is asked for.
    #[inline]
    pub(super) fn watch(&self) -> Guard<Arc<Watch>> {
        self.watch.load()
    }

    /// Reports whether a record is one that is kept or a tail may ask for.
    #[inline]
    pub(super) fn may_want(&self, record: &Record<'_>) -> bool {
        let (watch, is_shown) = (self.watch(), !record.is_hidden);
        let (names, level) = (Names::of(record), record.level());
        watch.has_history && is_shown
            || watch
                .filters()
                .any(|filter| filter.wants(names, level, is_shown))
    }

    /// Counts what found no room in the queue as dropped, for each tail that may have asked for it.
    pub(super) fn collect_lost(&self) {
        let kinds = self.lost.take();
        if kinds.is_empty() {
            return;
        }
        let mut wakers = Vec::new();
        let mut state = self.state();
        for kind in kinds {
            state.note_lost(&kind, &mut wakers);
        }
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Publishes what is asked for, after a change of the listeners or the history.
    pub(super) fn publish(&self, state: &mut State) {
        state.version += 1;
        let filters = state.listeners.iter().map(|one| Arc::clone(&one.filter));
        self.watch.store(Arc::new(Watch {
            version: state.version,
            has_history: state.history_tap.is_some(),
            filters: filters.collect(),
        }));
    }

    /// Returns what there is for a listener, or keeps the task's waker.
    pub(super) fn poll(&self, id: u64, context: &mut Context<'_>) -> Poll<Batch> {
        self.collect_lost();
        let mut state = self.state();
        let Some(listener) = state.find(id) else {
            // In a child, whose tails are the parent's.
            return Poll::Pending;
        };
        let batch = Batch {
            gap: None,
            dropped: listener.ring.take_dropped(),
            events: listener.ring.take(MAX_RECORDS, MAX_BYTES),
            has_more: !listener.ring.is_empty(),
        };
        if !batch.is_empty() {
            return Poll::Ready(batch);
        }
        let is_known = |waker: &Waker| waker.will_wake(context.waker());
        let old = if listener.waker.as_ref().is_some_and(is_known) {
            None
        } else {
            listener.waker.replace(context.waker().clone())
        };
        drop(state);
        // It may be the last that holds its task.
        drop(old);
        Poll::Pending
    }

    /// Numbers a record and puts it where it belongs: `chosen` are the listeners that it is for, by
    /// the filters of that version.
    pub(super) fn distribute(&self, kept: Kept, version: u64, mut chosen: u64) {
        let kept = Arc::new(kept);
        // They end outside of the lock.
        let (mut evicted, mut wakers) = (Vec::new(), Vec::new());
        let mut state = self.state();
        if state.version != version {
            let filters = state.listeners.iter().map(|one| &*one.filter);
            chosen = choose(filters, |_, filter| kept.is_for(filter));
        }
        state.seq += 1;
        let seq = state.seq;
        let event = Event { seq, kept };
        if state.history_tap.is_some() {
            state.history.push(event.clone(), &mut evicted);
        }
        for (at, listener) in state.listeners.iter_mut().enumerate() {
            if chosen & (1 << at) != 0 {
                listener.ring.push(event.clone(), &mut evicted);
                wakers.extend(listener.waker.take());
            }
        }
        drop(state);
        drop(event);
        drop(evicted);
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl State {
    pub(super) fn find(&mut self, id: u64) -> Option<&mut Listener> {
        self.listeners.iter_mut().find(|known| known.id == id)
    }

    /// Adds a listener; [`Exchange::publish`] must follow.
    pub(super) fn add(&mut self, filter: TailFilter, options: &TailOptions) -> u64 {
        self.last_id += 1;
        self.listeners.push(Listener {
            id: self.last_id,
            filter: Arc::new(filter),
            ring: Ring::new(options.records, options.bytes),
            waker: None,
            tap: None,
        });
        self.last_id
    }

    /// Removes a listener; [`Exchange::publish`] must follow.
    pub(super) fn remove(&mut self, id: u64) -> Option<Listener> {
        let at = self.listeners.iter().position(|known| known.id == id)?;
        self.departures += 1;
        Some(self.listeners.remove(at))
    }

    fn note_lost(&mut self, kind: &LostKind, wakers: &mut Vec<Waker>) {
        if kind.is_shown && self.history_tap.is_some() {
            // They would have been kept.
            self.seq += kind.count;
            self.history.note_lost(self.seq, kind.count);
        }
        for listener in &mut self.listeners {
            let wants = |names| listener.filter.wants(names, kind.level, kind.is_shown);
            if kind.names().is_none_or(wants) {
                listener
                    .ring
                    .note_dropped(kind.level, kind.count, kind.since);
                wakers.extend(listener.waker.take());
            }
        }
    }

    /// Ends the history: what it held is to end outside of the lock.
    pub(super) fn end_history(&mut self) -> (Option<TapId>, VecDeque<Event>) {
        (self.history_tap.take(), self.history.end())
    }
}

/// Returns a bit for each filter that passes; `passes` gets that bit, too.
pub(super) fn choose<'f>(
    filters: impl Iterator<Item = &'f TailFilter>,
    passes: impl Fn(u64, &TailFilter) -> bool,
) -> u64 {
    let bits = filters.enumerate().map(|(at, filter)| (1 << at, filter));
    let chosen = bits.filter(|(bit, filter)| passes(*bit, filter));
    chosen.map(|(bit, _)| bit).sum()
}

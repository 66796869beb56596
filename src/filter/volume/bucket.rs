//! What is counted of one key: [`Bucket`].

use crate::filter::volume::rule::{Rule, UNUSED};
use crate::sys::sync::{AtomicBool, AtomicU64, Ordering};
use crate::time::Timestamp;

/// The state of a key, which a [`Rule`] moves, and what was suppressed of it.
#[derive(Debug)]
pub(super) struct Bucket {
    state: AtomicU64,
    /// Suppressed, and not reported yet.
    pending: AtomicU64,
    /// Something was suppressed since the last [`take_quiet`](Self::take_quiet).
    is_recent: AtomicBool,
}

impl Bucket {
    pub(super) const fn new() -> Self {
        Self {
            state: AtomicU64::new(UNUSED),
            pending: AtomicU64::new(0),
            is_recent: AtomicBool::new(false),
        }
    }

    /// Decides on a record of the key, as long as the bucket is the caller's: `None` if it belongs
    /// to another key meanwhile.
    #[inline]
    pub(super) fn step(
        &self,
        now: Timestamp,
        rule: impl Rule,
        is_own: impl Fn() -> bool,
    ) -> Option<bool> {
        let mut seen = self.state.load(Ordering::Acquire);
        loop {
            // After the load: the state of another key is only seen with that other key.
            if !is_own() {
                return None;
            }
            let (next, passes) = rule.step(seen, now);
            if next == seen {
                return Some(passes);
            }
            match self
                .state
                .compare_exchange_weak(seen, next, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return Some(passes),
                Err(other) => seen = other,
            }
        }
    }

    /// Returns since when it is as good as unused, if it is, and its state.
    pub(super) fn idle_since(&self, now: Timestamp, rule: impl Rule) -> Option<(i64, u64)> {
        let state = self.state.load(Ordering::Acquire);
        Some((rule.idle_since(state, now)?, state))
    }

    /// Makes it another key's, if nothing has changed since it was idle.
    pub(super) fn exchange(&self, idle: u64, next: u64) -> bool {
        let exchanged =
            self.state
                .compare_exchange(idle, next, Ordering::AcqRel, Ordering::Relaxed);
        exchanged.is_ok()
    }

    /// Counts a record that did not pass.
    #[inline]
    pub(super) fn suppress(&self) {
        self.is_recent.store(true, Ordering::Relaxed);
        // Before it is asked whether the timer is set: `Limiter::suppressed`.
        self.pending.fetch_add(1, Ordering::SeqCst);
    }

    /// Takes the number of suppressed records, to report it.
    #[inline]
    pub(super) fn take_pending(&self) -> u64 {
        if self.pending.load(Ordering::SeqCst) == 0 {
            return 0;
        }
        self.pending.swap(0, Ordering::SeqCst)
    }

    /// Takes that number if nothing was suppressed since this was called last, or in any case if
    /// `all`. Returns it, and whether something is left.
    pub(super) fn take_quiet(&self, all: bool) -> (u64, bool) {
        if self.pending.load(Ordering::SeqCst) == 0 {
            return (0, false);
        }
        if self.is_recent.swap(false, Ordering::Relaxed) && !all {
            return (0, true);
        }
        (self.take_pending(), false)
    }
}

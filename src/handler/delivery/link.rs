//! Whether the receiver can be reached: [`Link`].

use std::time::Duration;

use crate::handler::delivery::backoff::Backoff;
use crate::sys::host::Instant;
use crate::time::{Clock, SystemClock, Timestamp};

/// No receiver is obeyed that asks for a longer pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

#[derive(Debug)]
pub(super) struct Link {
    /// How many attempts have failed in a row.
    pub(super) failures: u32,
    pub(super) since: Timestamp,
    pub(super) next_attempt: Option<Instant>,
    pub(super) last_error: Option<String>,
    /// What was dropped and the receiver was not told of.
    dropped: u64,
    /// When the first of them was.
    dropped_since: Option<Instant>,
    /// How many of them the notice that is on its way reports, and when it was made.
    telling: Option<(u64, Instant)>,
}

impl Link {
    pub(super) fn new() -> Self {
        Self {
            failures: 0,
            since: SystemClock.now(),
            next_attempt: None,
            last_error: None,
            dropped: 0,
            dropped_since: None,
            telling: None,
        }
    }

    pub(super) fn is_up(&self) -> bool {
        self.failures == 0
    }

    /// How long it is until the next attempt is due.
    pub(super) fn wait(&self) -> Duration {
        self.next_attempt.map_or(Duration::ZERO, |next| {
            next.saturating_duration_since(Instant::now())
        })
    }

    pub(super) fn succeeded(&mut self) {
        if !self.is_up() {
            self.since = SystemClock.now();
        }
        self.failures = 0;
        self.next_attempt = None;
    }

    pub(super) fn failed(&mut self, backoff: &Backoff, after: Option<Duration>, error: String) {
        if self.is_up() {
            self.since = SystemClock.now();
        }
        // A receiver that asks for no pause at all, and fails, would be tried without an end.
        let asked = after.unwrap_or_default().min(LONGEST_PAUSE);
        let wait = backoff.wait(self.failures).max(asked);
        self.failures = self.failures.saturating_add(1);
        self.next_attempt = Instant::now().checked_add(wait);
        self.last_error = Some(error);
    }

    pub(super) fn dropped(&mut self, records: u64) {
        if records > 0 {
            self.dropped += records;
            self.dropped_since.get_or_insert_with(Instant::now);
        }
    }

    /// Returns the text of a notice, if one is due and none is on its way.
    pub(super) fn begin_notice(&mut self) -> Option<String> {
        let since = self.dropped_since.filter(|_| self.telling.is_none())?;
        let now = Instant::now();
        self.telling = Some((self.dropped, now));
        let dropped = self.dropped;
        let plural = if dropped == 1 { "" } else { "s" };
        let seconds = now.saturating_duration_since(since).as_secs_f64();
        Some(format!(
            "{dropped} record{plural} dropped in {seconds:.1} s"
        ))
    }

    /// Notes that the notice that was on its way is with the receiver.
    pub(super) fn told(&mut self) {
        if let Some((told, made)) = self.telling.take() {
            self.dropped -= told;
            self.dropped_since = (self.dropped > 0).then_some(made);
        }
    }

    /// Notes that the notice that was on its way will not be sent.
    pub(super) fn forget_notice(&mut self) {
        self.telling = None;
    }
}

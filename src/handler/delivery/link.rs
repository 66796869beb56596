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
    /// What was dropped since the last notice.
    pub(super) dropped: u64,
    /// When the first of them was.
    pub(super) dropped_since: Option<Instant>,
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

    /// Takes the text of a notice, if one is due.
    pub(super) fn take_notice(&mut self) -> Option<String> {
        let since = self.dropped_since.take()?;
        let dropped = std::mem::take(&mut self.dropped);
        let plural = if dropped == 1 { "" } else { "s" };
        let seconds = since.elapsed().as_secs_f64();
        Some(format!(
            "{dropped} record{plural} dropped in {seconds:.1} s"
        ))
    }
}

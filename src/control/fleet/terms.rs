//! How a fleet is changed: [`Terms`].

use std::time::Duration;

use crate::control::fleet::budget::Budget;
use crate::control::fleet::revision::Revision;

/// How a [`Fleet`](super::Fleet) is changed: for how long, why, by whom, and with what consent.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use logtree::control::fleet::Terms;
///
/// let terms = Terms::new().with_time(Duration::from_secs(600)).with_reason("INC-4711");
/// assert_ne!(terms, Terms::default());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct Terms {
    pub(super) time: Option<Time>,
    pub(super) reason: String,
    pub(super) by: Option<String>,
    pub(super) budget: Option<Budget>,
    pub(super) force: bool,
    pub(super) consent: Option<u64>,
    pub(super) expect: Option<Revision>,
}

/// For how long a level applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Time {
    For(Duration),
    Never,
}

impl Terms {
    /// Returns the default terms: levels from `DEBUG` down end after 15 minutes, others do not end.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets for how long levels apply: 10 seconds to 24 hours.
    pub fn with_time(mut self, time: Duration) -> Self {
        self.time = Some(Time::For(time));
        self
    }

    /// Has levels not end. From `DEBUG` down this needs [consent](Self::with_consent).
    pub fn without_end(mut self) -> Self {
        self.time = Some(Time::Never);
        self
    }

    /// Sets why the change is made: up to 200 characters, longer ones are cut.
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    /// Sets who makes the change, which everyone believes. Default: the
    /// [origin](crate::control::Control::with_origin) of the control, or `api`.
    pub fn with_origin(mut self, by: impl Into<String>) -> Self {
        self.by = Some(by.into());
        self
    }

    /// Sets how many records the levels may cost. Default, from `DEBUG` down: ten times what an
    /// instance wrote in the minute before, at least 1,000 records per second.
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Sets whether levels apply before what is set on an instance itself.
    pub fn with_force(mut self, force: bool) -> Self {
        self.force = force;
        self
    }

    /// Consents to a change that [needs it](crate::ErrorKind::NeedsConsent), by the number that was
    /// asked for, or nearly: up to a tenth off.
    pub fn with_consent(mut self, number: u64) -> Self {
        self.consent = Some(number);
        self
    }

    /// Makes the change only if the fleet is still at this revision. One that has the number
    /// alone, and 0 as its position, does not see what was put without a change.
    pub fn with_expect(mut self, revision: Revision) -> Self {
        self.expect = Some(revision);
        self
    }
}

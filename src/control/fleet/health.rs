//! How a store stands: [`Health`].

use std::fmt;

use crate::time::Timestamp;

/// How an instance stands with its store.
///
/// # Examples
/// ```
/// use logtree::control::fleet::{Condition, Health};
///
/// let health = Health::new(Condition::CutOff).with_reason("connection refused");
/// assert_eq!(health.to_string(), "cut off: connection refused");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Health {
    /// Whether the instance follows.
    pub condition: Condition,
    /// Since when, by the system clock.
    pub since: Timestamp,
    /// Why, if it does not follow; without credentials.
    pub reason: Option<String>,
}

/// Whether an instance follows its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Condition {
    /// Not yet: it was started.
    Starting,
    /// Changes arrive.
    Following,
    /// The store cannot be reached, or does not permit to be read. What is in place stays.
    CutOff,
    /// The process is a fork of the one that follows.
    Forked,
    /// The following was stopped.
    Stopped,
}

impl Health {
    /// Returns a health that has begun now.
    #[must_use]
    pub fn new(condition: Condition) -> Self {
        Self {
            condition,
            since: Timestamp::now(),
            reason: None,
        }
    }

    /// Sets the reason.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.condition {
            Condition::Starting => "starting",
            Condition::Following => "following",
            Condition::CutOff => "cut off",
            Condition::Forked => "forked",
            Condition::Stopped => "stopped",
        })?;
        match &self.reason {
            Some(reason) => write!(f, ": {}", reason.escape_debug()),
            None => Ok(()),
        }
    }
}

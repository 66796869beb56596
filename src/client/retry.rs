//! An attempt after the first: [`Retry`].

use std::fmt;
use std::time::Duration;

/// An attempt after the first; see [`ClientLogger::retrying`](super::ClientLogger::retrying).
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use logtree::client::{ClientLogger, Retry};
///
/// let retry = Retry::new("S3", "PutObject", 2).with_max(3);
/// let retry = retry.with_delay(Duration::from_millis(250));
/// ClientLogger::for_service("S3").retrying(&retry);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Retry<'r> {
    service: &'r str,
    operation: &'r str,
    attempt: u32,
    max: Option<u32>,
    delay: Option<Duration>,
}

impl<'r> Retry<'r> {
    /// Returns an attempt of an operation; the first retry is attempt 2.
    pub fn new(service: &'r str, operation: &'r str, attempt: u32) -> Self {
        Self {
            service,
            operation,
            attempt,
            max: None,
            delay: None,
        }
    }

    /// Returns the attempt with the maximum number of attempts.
    pub fn with_max(mut self, max: u32) -> Self {
        self.max = Some(max);
        self
    }

    /// Returns the attempt with the delay before it.
    pub fn with_delay(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// Returns the number of the attempt.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Returns the maximum number of attempts, if known.
    #[must_use]
    pub fn max(&self) -> Option<u32> {
        self.max
    }

    /// Returns the delay before the attempt, if known.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        self.delay
    }
}

impl fmt::Display for Retry<'_> {
    /// Writes Go's message, without the maximum and the delay.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (service, operation) = (self.service, self.operation);
        write!(
            f,
            "retrying request {service}/{operation}, attempt {}",
            self.attempt
        )
    }
}

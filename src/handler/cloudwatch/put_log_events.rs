//! The calls of CloudWatch Logs that a handler needs: [`PutLogEvents`].

use crate::handler::cloudwatch::log_group::LogGroup;
use crate::handler::cloudwatch::service_error::ServiceError;
use crate::sys::sync::Arc;

/// A client of CloudWatch Logs: makes the calls, and nothing else. The package `logtree-cloudwatch`
/// has one, over the official SDK.
///
/// A [`CloudWatchHandler`](crate::handler::CloudWatchHandler) makes the calls on its thread, and
/// repeats them itself: a client must not do so as well. A call may wait, but not for ever.
///
/// # Examples
/// A client for tests:
/// ```
/// use logtree::delivery::{LogEvent, LogGroup, PutLogEvents, RejectedLogEvents, ServiceError};
/// use logtree::handler::CloudWatchHandler;
/// use logtree::Record;
/// use std::sync::{Arc, Mutex};
///
/// #[derive(Default)]
/// struct Kept(Mutex<Vec<String>>);
///
/// impl PutLogEvents for Kept {
///     fn put_log_events(
///         &self,
///         group: &str,
///         stream: &str,
///         events: &[LogEvent<'_>],
///     ) -> Result<RejectedLogEvents, ServiceError> {
///         let texts = events.iter().map(|event| event.message.to_owned());
///         self.0.lock().unwrap().extend(texts);
///         Ok(RejectedLogEvents::default())
///     }
///     fn create_log_group(&self, _: &LogGroup) -> Result<(), ServiceError> {
///         Ok(())
///     }
///     fn create_log_stream(&self, _: &str, _: &str) -> Result<(), ServiceError> {
///         Ok(())
///     }
///     fn put_retention_policy(&self, _: &str, _: u32) -> Result<(), ServiceError> {
///         Ok(())
///     }
/// }
///
/// let client = Arc::new(Kept::default());
/// let handler = CloudWatchHandler::new(Arc::clone(&client), "my-group")?;
/// handler.handle(&Record::builder().message("hello").build());
/// handler.flush()?;
/// assert!(client.0.lock().unwrap()[0].contains(r#""message":"hello""#));
/// # Ok::<(), logtree::Error>(())
/// ```
pub trait PutLogEvents: Send + Sync + 'static {
    /// Calls `PutLogEvents`. The events keep to the service's limits: they are sorted by time, no
    /// more than 10,000, 1 MiB in all and 24 hours apart.
    ///
    /// # Errors
    /// What the service or the way to it says.
    fn put_log_events(
        &self,
        group: &str,
        stream: &str,
        events: &[LogEvent<'_>],
    ) -> Result<RejectedLogEvents, ServiceError>;

    /// Calls `CreateLogGroup`.
    ///
    /// # Errors
    /// What the service says, `ResourceAlreadyExistsException` included.
    fn create_log_group(&self, group: &LogGroup) -> Result<(), ServiceError>;

    /// Calls `CreateLogStream`.
    ///
    /// # Errors
    /// What the service says, `ResourceAlreadyExistsException` included.
    fn create_log_stream(&self, group: &str, stream: &str) -> Result<(), ServiceError>;

    /// Calls `PutRetentionPolicy`.
    ///
    /// # Errors
    /// What the service says.
    fn put_retention_policy(&self, group: &str, days: u32) -> Result<(), ServiceError>;
}

macro_rules! forward {
    ($pointer:ident) => {
        impl<P: PutLogEvents + ?Sized> PutLogEvents for $pointer<P> {
            fn put_log_events(
                &self,
                group: &str,
                stream: &str,
                events: &[LogEvent<'_>],
            ) -> Result<RejectedLogEvents, ServiceError> {
                (**self).put_log_events(group, stream, events)
            }

            fn create_log_group(&self, group: &LogGroup) -> Result<(), ServiceError> {
                (**self).create_log_group(group)
            }

            fn create_log_stream(&self, group: &str, stream: &str) -> Result<(), ServiceError> {
                (**self).create_log_stream(group, stream)
            }

            fn put_retention_policy(&self, group: &str, days: u32) -> Result<(), ServiceError> {
                (**self).put_retention_policy(group, days)
            }
        }
    };
}

forward!(Arc);
forward!(Box);

/// An event, as CloudWatch Logs has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogEvent<'a> {
    /// Milliseconds since 1970-01-01 00:00 UTC.
    pub timestamp: i64,
    /// What was logged; never empty.
    pub message: &'a str,
}

/// Which events of a call CloudWatch Logs has not taken, though the call succeeded:
/// `rejectedLogEventsInfo`. None by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RejectedLogEvents {
    pub(super) too_new_start: Option<usize>,
    pub(super) too_old_end: Option<usize>,
    pub(super) expired_end: Option<usize>,
}

impl RejectedLogEvents {
    /// Sets `tooNewLogEventStartIndex`: the first of those that are too new.
    #[must_use]
    pub fn with_too_new_start(mut self, index: usize) -> Self {
        self.too_new_start = Some(index);
        self
    }

    /// Sets `tooOldLogEventEndIndex`: the one after the last of those that are too old.
    #[must_use]
    pub fn with_too_old_end(mut self, index: usize) -> Self {
        self.too_old_end = Some(index);
        self
    }

    /// Sets `expiredLogEventEndIndex`: the one after the last of those that are older than the
    /// group keeps events.
    #[must_use]
    pub fn with_expired_end(mut self, index: usize) -> Self {
        self.expired_end = Some(index);
        self
    }
}

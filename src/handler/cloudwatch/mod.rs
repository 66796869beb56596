//! CloudWatch Logs: [`CloudWatchHandler`], over any client that has [`PutLogEvents`].
//!
//! [`events`] has the service's limits: what goes into one call. [`oversize`] makes events of a
//! record that is larger than one. [`connection`] calls the service, and decides by its
//! [errors](service_error) what becomes of a batch.

mod connection;
mod events;
mod handler;
mod log_group;
mod names;
mod oversize;
mod put_log_events;
mod service_error;
mod target;
#[cfg(test)]
mod tests;
mod transport;

pub use self::handler::{CloudWatchHandler, CloudWatchHandlerBuilder};
pub use self::log_group::{LogGroup, LogGroupClass};
pub use self::oversize::Oversize;
pub use self::put_log_events::{LogEvent, PutLogEvents, RejectedLogEvents};
pub use self::service_error::ServiceError;

//! CloudWatch Logs for [`logtree`], by the official AWS SDK.
//!
//! [`CloudWatch`] is the client that a [`CloudWatchHandler`](logtree::handler::CloudWatchHandler)
//! needs:
//!
//! ```no_run
//! use logtree::handler::CloudWatchHandler;
//! use logtree_cloudwatch::CloudWatch;
//!
//! let client = CloudWatch::blocking_from_env()?;
//! let handler = CloudWatchHandler::builder(client, "my-service").retention_days(30).start()?;
//! logtree::get_logger("").add_handler(handler);
//! # Ok::<(), logtree::Error>(())
//! ```
//!
//! What the SDK logs while it sends goes to no handler that sends, on whichever thread it does so.

mod calls;
mod cloudwatch;
#[cfg(feature = "config")]
mod factory;
mod failure;
mod loader;
mod marked;
mod runtime;

pub use self::cloudwatch::CloudWatch;
#[cfg(feature = "config")]
pub use self::factory::add_to;
pub use self::loader::CloudWatchLoader;

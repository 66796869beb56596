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
//! What the SDK logs while it sends for a handler does not go to that handler, on whichever thread
//! it does so. Others take it: with two such handlers, keep the SDK's loggers (`aws_config`,
//! `aws_smithy_runtime`, `hyper_util`, `rustls`) above `DEBUG`.

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

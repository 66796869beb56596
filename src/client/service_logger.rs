//! The logger of a service: [`service_logger`].

use crate::logger::{Logger, get_logger};

/// Returns the logger of a service, such as `S3`: `botocore.client.S3`. Its level sets the
/// verbosity of that service.
///
/// # Python
/// None: in botocore all services log to `botocore.client`.
///
/// # Examples
/// ```
/// use logtree::{Level, client::service_logger, set_stream_logger};
///
/// set_stream_logger("botocore.client.S3", Level::DEBUG);
/// logtree::debug!(service_logger("S3").child("PutObject"), "shown");
/// logtree::debug!(service_logger("SQS"), "not shown");
/// ```
#[must_use]
pub fn service_logger(service: &str) -> Logger {
    get_logger(format!("botocore.client.{service}"))
}

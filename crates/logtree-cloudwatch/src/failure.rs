//! Errors of the SDK as a handler understands them: [`failure`].

use std::error::Error as StdError;
use std::fmt::Write;
use std::time::Duration;

use aws_sdk_cloudwatchlogs::config::http::HttpResponse;
use aws_sdk_cloudwatchlogs::error::{ProvideErrorMetadata, SdkError};
use logtree::delivery::ServiceError;

pub(crate) fn failure<E>(error: &SdkError<E, HttpResponse>) -> ServiceError
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    let context = match error {
        SdkError::ServiceError(context) => context,
        // Nothing was sent, nor will be: the request itself is to blame.
        SdkError::ConstructionFailure(_) => {
            return ServiceError::new("ConstructionFailure", chain(error));
        }
        _ => return ServiceError::unreachable(chain(error)),
    };
    let response = context.raw();
    let meta = context.err().meta();
    let failure = match (meta.code(), response.status().as_u16()) {
        (Some(code), _) => ServiceError::new(code, meta.message().unwrap_or_default()),
        (None, 413) => ServiceError::new("RequestEntityTooLarge", ""),
        (None, status) => ServiceError::unreachable(format!("HTTP status {status}")),
    };
    let after = response.headers().get("retry-after");
    match after.and_then(|seconds| seconds.trim().parse().ok()) {
        Some(seconds) => failure.with_retry_after(Duration::from_secs(seconds)),
        None => failure,
    }
}

/// An error with its causes. Their `Debug`, which the SDK recommends, shows requests.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatchlogs::operation::put_log_events::PutLogEventsError;

    use super::*;

    type Failed = SdkError<PutLogEventsError, HttpResponse>;

    #[test]
    fn only_what_was_sent_is_repeated() {
        let built: Failed = SdkError::construction_failure("an event without a message");
        let found = failure(&built);
        assert_eq!(found.code(), "ConstructionFailure");
        assert!(found.to_string().contains("an event without a message"));
        let late: Failed = SdkError::timeout_error("late");
        assert_eq!(failure(&late).code(), "");
    }
}

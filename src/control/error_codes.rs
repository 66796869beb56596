//! What an interface of a control reports for an error.

use crate::error::{Error, ErrorKind};

/// Returns the HTTP status for an error of a [`Control`](super::Control); 500 for kinds that are
/// not the client's fault.
#[must_use]
pub fn http_status(kind: ErrorKind) -> u16 {
    match kind {
        ErrorKind::InvalidRequest | ErrorKind::InvalidLevel => 400,
        ErrorKind::NotPermitted => 403,
        ErrorKind::NotConfigured => 404,
        ErrorKind::LimitExceeded => 410,
        ErrorKind::Conflict => 412,
        ErrorKind::NeedsConsent(_) => 428,
        ErrorKind::Throttled => 429,
        ErrorKind::Unavailable => 503,
        ErrorKind::Uncertain => 504,
        _ => 500,
    }
}

/// Returns AWS IoT's name for an error of a [`Control`](super::Control).
#[must_use]
pub fn aws_error_name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidRequest | ErrorKind::InvalidLevel => "InvalidRequestException",
        ErrorKind::NotPermitted => "UnauthorizedException",
        ErrorKind::NotConfigured => "NotConfiguredException",
        ErrorKind::LimitExceeded => "LimitExceededException",
        ErrorKind::Throttled => "ThrottlingException",
        ErrorKind::Conflict => "VersionConflictException",
        ErrorKind::Unavailable => "ServiceUnavailableException",
        _ => "InternalException",
    }
}

pub(super) fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidRequest, message.into())
}

pub(super) fn limit_exceeded(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::LimitExceeded, message.into())
}

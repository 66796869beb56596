//! Why a call of CloudWatch Logs has failed: [`ServiceError`].

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::text::boundary::floor_char_boundary;

/// The failure of a call of an AWS service, by its code.
///
/// Its code decides what becomes of the events:
///
/// | code | what a [`CloudWatchHandler`](crate::handler::CloudWatchHandler) does |
/// |---|---|
/// | `ResourceNotFoundException` | creates group and stream, and repeats the call; if it may not create them, tries each minute |
/// | `InvalidParameterException`, `ValidationException`, `SerializationException`, and `ConstructionFailure` of an SDK that cannot make the request | finds the event that is to blame by halves of the batch; it becomes a dead letter |
/// | `AccessDeniedException`, `UnrecognizedClientException` and others of credentials | tries each minute |
/// | `DataAlreadyAcceptedException` | counts the events as sent |
/// | all others, none included | tries again, with longer and longer pauses |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceError {
    code: String,
    message: String,
    retry_after: Option<Duration>,
}

/// The length of a message in bytes that is shown.
const LONGEST: usize = 500;

/// The codes for credentials that are missing, wrong, or lack a permission.
const OF_CREDENTIALS: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "NotAuthorized",
    "OptInRequired",
    "SignatureDoesNotMatch",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
];

impl ServiceError {
    /// Returns an error of the service, with its code, such as `ThrottlingException`.
    #[must_use]
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            retry_after: None,
        }
    }

    /// Returns an error of the way to the service, which has no code: no connection, no credentials
    /// to be had, no response in time.
    #[must_use]
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self::new("", message)
    }

    /// Sets how long the service asks to wait.
    #[must_use]
    pub fn with_retry_after(mut self, time: Duration) -> Self {
        self.retry_after = Some(time);
        self
    }

    /// Returns the code; empty for an error of the way to the service.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns how long the service asks to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    pub(super) fn is_not_found(&self) -> bool {
        self.code == "ResourceNotFoundException"
    }

    pub(super) fn is_there_already(&self) -> bool {
        self.code == "ResourceAlreadyExistsException"
    }

    pub(super) fn is_sent_already(&self) -> bool {
        self.code == "DataAlreadyAcceptedException"
    }

    /// Whether it is one of the events that the service does not take.
    pub(super) fn is_of_events(&self) -> bool {
        matches!(
            self.code.as_str(),
            "ConstructionFailure"
                | "InvalidParameterException"
                | "PayloadTooLargeException"
                | "RequestEntityTooLarge"
                | "RequestEntityTooLargeException"
                | "SerializationException"
                | "ValidationException"
        )
    }

    pub(super) fn is_of_credentials(&self) -> bool {
        OF_CREDENTIALS.contains(&self.code.as_str())
    }

    /// Returns an error for the handler's hook; `what` was being done.
    pub(super) fn to_error(&self, what: &str) -> Error {
        let kind = match self.code.as_str() {
            _ if self.is_of_credentials() => ErrorKind::NotPermitted,
            "Throttling" | "ThrottlingException" => ErrorKind::Throttled,
            _ => ErrorKind::Io,
        };
        Error::new(kind, format!("{what}: {self}"))
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Where a signature does not match, the service repeats the request with its token.
        let is_secret = self.code.contains("Signature");
        let message = match is_secret {
            true => "",
            false => self.message.lines().next().unwrap_or_default(),
        };
        let message = &message[..floor_char_boundary(message, LONGEST)];
        match (self.code.is_empty(), message.is_empty()) {
            (false, false) => write!(f, "{}: {message}", self.code),
            (false, true) => f.write_str(&self.code),
            (true, _) => f.write_str(message),
        }
    }
}

impl StdError for ServiceError {}

//! Why a change was refused.

use std::error::Error as StdError;
use std::fmt;

/// What kind of refusal; the names are those of AWS's interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ControlErrorKind {
    /// The request asks for what cannot be.
    InvalidRequest,
    /// Options were never set.
    NotConfigured,
    /// There are as many targets as allowed.
    LimitExceeded,
    /// Something was changed since the revision that was named.
    Conflict,
    /// What was asked for could not be done.
    Internal,
}

impl ControlErrorKind {
    /// The status that an interface by HTTP answers with.
    #[must_use]
    pub fn http_status(self) -> u16 {
        match self {
            Self::InvalidRequest => 400,
            Self::NotConfigured => 404,
            Self::LimitExceeded => 410,
            Self::Conflict => 412,
            Self::Internal => 500,
        }
    }

    /// AWS's name for it.
    #[must_use]
    pub fn aws_name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "InvalidRequestException",
            Self::NotConfigured => "NotConfiguredException",
            Self::LimitExceeded => "LimitExceededException",
            Self::Conflict => "VersionConflictException",
            Self::Internal => "InternalException",
        }
    }
}

/// Why a [`Control`](super::Control) changed nothing.
#[derive(Debug)]
pub struct ControlError {
    kind: ControlErrorKind,
    message: String,
    source: Option<std::io::Error>,
}

impl ControlError {
    pub(super) fn new(kind: ControlErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ControlErrorKind::InvalidRequest, message)
    }

    pub(super) fn io(message: String, source: std::io::Error) -> Self {
        Self {
            source: Some(source),
            ..Self::new(ControlErrorKind::Internal, message)
        }
    }

    /// The kind of refusal.
    #[must_use]
    pub fn kind(&self) -> ControlErrorKind {
        self.kind
    }
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl StdError for ControlError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

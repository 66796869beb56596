//! What a store reports: [`StoreError`].

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use crate::control::fleet::revision::Revision;
use crate::error::{Error, ErrorKind};

/// The kind of a [`StoreError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store cannot be reached, or does not respond.
    Unreachable,
    /// The store does not permit it.
    Denied,
    /// Something else was changed meanwhile; see [`StoreError::found`].
    Conflict,
    /// More than the store takes at once.
    TooLarge,
    /// The store has no space left.
    Full,
    /// The request was sent, and no response came: it may have been done, or not.
    Uncertain,
    /// What is stored cannot be read.
    Corrupt,
    /// The store cannot do this.
    Unsupported,
}

/// The error of a [`Store`](super::Store).
///
/// # Examples
/// ```
/// use logtree::ErrorKind;
/// use logtree::control::fleet::{StoreError, StoreErrorKind};
///
/// let error = StoreError::new(StoreErrorKind::Unreachable, "cannot reach 10.0.0.7:2379");
/// assert_eq!(logtree::Error::from(error).kind(), ErrorKind::Unavailable);
/// ```
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    message: Cow<'static, str>,
    found: Option<Revision>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl StoreError {
    /// Creates an error. By convention the message is lower case without a final stop, and says
    /// what was being done, and to what. It must hold no credentials.
    #[must_use]
    pub fn new(kind: StoreErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            message: message.into(),
            found: None,
            source: None,
        }
    }

    /// Sets what is there, for [`StoreErrorKind::Conflict`].
    #[must_use]
    pub fn with_found(mut self, found: Revision) -> Self {
        self.found = Some(found);
        self
    }

    /// Sets the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns the kind, for a program to act on.
    #[must_use]
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Returns what is there instead of what was expected, if the store said so.
    #[must_use]
    pub fn found(&self) -> Option<Revision> {
        self.found
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.source.as_deref()?;
        Some(source as &(dyn StdError + 'static))
    }
}

/// The kind and the message are those of the store, and so is the source.
impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let kind = match error.kind {
            StoreErrorKind::Unreachable => ErrorKind::Unavailable,
            StoreErrorKind::Denied => ErrorKind::NotPermitted,
            StoreErrorKind::Conflict => ErrorKind::Conflict,
            StoreErrorKind::TooLarge | StoreErrorKind::Full => ErrorKind::LimitExceeded,
            StoreErrorKind::Uncertain => ErrorKind::Uncertain,
            StoreErrorKind::Corrupt | StoreErrorKind::Unsupported => ErrorKind::InvalidRequest,
        };
        let found = error.found.map(|found| format!(": found revision {found}"));
        let message = format!("{}{}", error.message, found.unwrap_or_default());
        let new = Self::new(kind, message);
        match error.source {
            Some(source) => new.with_source(source),
            None => new,
        }
    }
}

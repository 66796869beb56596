//! The error type: [`Error`].

use std::borrow::Cow;
use std::error::Error as StdError;
use std::path::{Path, PathBuf};
use std::{fmt, io};

use crate::error::chain::Chain;
use crate::error::kind::ErrorKind;
use crate::error::problem::Problem;

/// The error of all fallible operations of this crate.
///
/// Configuring returns it; logging calls never do: a failure to write a record is counted and
/// passed to the handler's error hook
/// ([`Handler::set_error_hook`](crate::Handler::set_error_hook)).
///
/// `Display` shows the message alone, and [`source`](StdError::source) returns the cause; `Debug`,
/// which `main` prints, shows the message and a line `caused by: …` for each cause. The type is one
/// pointer wide.
///
/// # Examples
/// ```
/// use logtree::{ErrorKind, Formatter};
///
/// let error = Formatter::new("%(message)q").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidFormat);
/// assert!(error.to_string().contains("at byte 10"));
/// ```
pub struct Error(Box<Repr>);

struct Repr {
    kind: ErrorKind,
    message: Cow<'static, str>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    path: Option<PathBuf>,
    problems: Vec<Problem>,
}

impl Error {
    /// Creates an error of a kind, for implementers of [`Sink`](crate::handler::Sink) and
    /// [`Format`](crate::formatter::Format). By convention the message is lower case without a
    /// final stop, and says what was being done, and to what.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Repr {
            kind,
            message: message.into(),
            source: None,
            path: None,
            problems: Vec::new(),
        }))
    }

    /// Sets the cause, which [`source`](StdError::source) returns.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Returns the kind, for a program to act on.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the file or directory that the error is about, if it is about one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// Returns the problems of a configuration, in the order of its text, up to 100; empty for
    /// other errors. The message lists them too, one per line.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }

    pub(crate) fn with_path(mut self, path: &Path) -> Self {
        self.0.path = Some(path.to_owned());
        self
    }

    #[cfg(feature = "config")]
    pub(crate) fn with_problems(mut self, problems: Vec<Problem>) -> Self {
        self.0.problems = problems;
        self
    }

    pub(crate) fn io(doing: impl Into<Cow<'static, str>>, source: io::Error) -> Self {
        Self::new(ErrorKind::Io, doing).with_source(source)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Chain::lines(self), f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl From<io::Error> for Error {
    fn from(source: io::Error) -> Self {
        Self::new(ErrorKind::Io, "I/O error").with_source(source)
    }
}

/// A value's `Display` failed: [`ErrorKind::FieldType`].
impl From<fmt::Error> for Error {
    fn from(source: fmt::Error) -> Self {
        Self::new(ErrorKind::FieldType, "cannot format a value").with_source(source)
    }
}

/// [`ErrorKind::AlreadyInstalled`].
impl From<log::SetLoggerError> for Error {
    fn from(source: log::SetLoggerError) -> Self {
        Self::new(
            ErrorKind::AlreadyInstalled,
            "another backend of the log facade is installed",
        )
        .with_source(source)
    }
}

/// The kind is that of the I/O error that caused this one, or the nearest one.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let cause = error.0.source.as_deref();
        let io_kind = cause.and_then(|source| source.downcast_ref::<Self>().map(Self::kind));
        let kind = io_kind.unwrap_or(match error.kind() {
            ErrorKind::InvalidLevel
            | ErrorKind::InvalidFormat
            | ErrorKind::InvalidRollover
            | ErrorKind::InvalidConfig
            | ErrorKind::InvalidRequest => io::ErrorKind::InvalidInput,
            ErrorKind::AlreadyInstalled => io::ErrorKind::AlreadyExists,
            ErrorKind::TimedOut => io::ErrorKind::TimedOut,
            _ => io::ErrorKind::Other,
        });
        Self::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_the_message_and_debug_adds_the_causes() {
        let inner = io::Error::new(io::ErrorKind::StorageFull, "no space");
        let error = Error::io("cannot write a.log", inner).with_path(Path::new("a.log"));
        assert_eq!(error.to_string(), "cannot write a.log");
        assert_eq!(
            format!("{error:?}"),
            "cannot write a.log\ncaused by: no space"
        );
        assert_eq!(error.source().unwrap().to_string(), "no space");
        assert_eq!(error.path(), Some(Path::new("a.log")));
        let error = io::Error::from(error);
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(error.to_string(), "cannot write a.log");
    }

    #[test]
    fn foreign_errors_convert() {
        let error = Error::from(fmt::Error);
        assert_eq!(error.kind(), ErrorKind::FieldType);
        assert!(error.source().is_some());
        let error = io::Error::from(Error::new(ErrorKind::TimedOut, "too late"));
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let error = io::Error::from(Error::new(ErrorKind::InvalidConfig, "two errors"));
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}

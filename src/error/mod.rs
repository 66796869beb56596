//! The crate's one error type.

#[cfg(feature = "config")]
pub(crate) mod problem;

#[cfg(feature = "config")]
pub use self::problem::Problem;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::{fmt, io};

/// What kind of thing went wrong; see [`Error::kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A level name that nobody registered.
    InvalidLevel,
    /// A template style that is none of `%`, `{` and `$`.
    InvalidStyle,
    /// A template, or a date format, that can never be written.
    InvalidFormat,
    /// A template names a field that neither the record nor the defaults have.
    MissingField,
    /// A field has a type that its place in the template cannot take.
    FormatField,
    /// An interval, day or time of day at which no file can be rotated.
    InvalidRollover,
    /// Options that exclude one another, or a configuration with errors.
    InvalidConfig,
    /// Another backend of the `log` facade was installed before.
    FacadeTaken,
    /// A stream or device refused the bytes.
    Io,
    /// User code (a filter, a formatter, a sink) panicked.
    Panicked,
    /// A sink was asked to write while it was already writing on the same thread.
    Reentrant,
    /// A queue or buffer had no room.
    Full,
    /// What was waited for did not come in time.
    TimedOut,
    /// The handler was closed.
    Closed,
}

/// What could not be done, and to what.
///
/// Configuring returns it; logging never does: what fails while a record is written goes to the handler's error hook
/// ([`Handler::set_error_hook`](crate::Handler::set_error_hook)) and is counted.
/// It is one pointer wide.
///
/// # Examples
/// ```
/// use logtree::{ErrorKind, Formatter};
///
/// let error = Formatter::new("%(message)q").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidFormat);
/// assert!(error.to_string().contains("at byte 10"));
/// ```
#[derive(Debug)]
pub struct Error(Box<Repr>);

#[derive(Debug)]
struct Repr {
    kind: ErrorKind,
    message: Cow<'static, str>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    #[cfg(feature = "config")]
    problems: Vec<Problem>,
}

impl Error {
    /// Makes an error of a kind with a message: lower case, no final stop, saying what was being done and to what.
    ///
    /// For implementers of [`Sink`](crate::handler::Sink) and [`Format`](crate::formatter::Format).
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Repr {
            kind,
            message: message.into(),
            source: None,
            #[cfg(feature = "config")]
            problems: Vec::new(),
        }))
    }

    /// Adds the cause, which [`source`](StdError::source) then answers.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The kind of failure, for a program to act on.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// All that is wrong with a configuration, in the order of its text, up to 100; empty for other errors. The message has them too,
    /// a line each.
    #[cfg(feature = "config")]
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
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
        f.write_str(&self.0.message)?;
        match &self.0.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
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
        Self::new(ErrorKind::Io, "input or output failed").with_source(source)
    }
}

//! The kinds of errors: [`ErrorKind`].

/// The kind of an [`Error`](super::Error), for a program to act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An unknown level name.
    InvalidLevel,
    /// An unknown template style, or a template or date format that cannot be used.
    InvalidFormat,
    /// A template requires a field that neither the record nor the defaults have.
    MissingField,
    /// A value cannot be formatted: its type does not fit its place in the template, or its
    /// `Display` failed.
    FieldType,
    /// An interval, weekday or time of day that no rotation can have.
    InvalidRollover,
    /// Options that exclude each other, or a configuration with errors.
    InvalidConfig,
    /// A request that cannot be fulfilled, such as one with an invalid name.
    InvalidRequest,
    /// Logging options were never set; see
    /// [`ControlBuilder::strict_aws`](crate::control::ControlBuilder::strict_aws).
    NotConfigured,
    /// More than the allowed number of entries.
    LimitExceeded,
    /// The state changed since the expected revision.
    Conflict,
    /// A change that needs a permission which was not given, such as `allow_sensitive` of an
    /// endpoint.
    NotPermitted,
    /// A change of a fleet that writes or silences so much that it needs consent: for this number
    /// of loggers on all instances.
    NeedsConsent(u64),
    /// The store of a fleet cannot be reached.
    Unavailable,
    /// A request was sent, and no response came: it may have been done, or not.
    Uncertain,
    /// More requests than allowed in that time.
    Throttled,
    /// Another `log` backend is installed.
    AlreadyInstalled,
    /// An I/O error of a file, stream or thread.
    Io,
    /// User code (a filter, a formatter, a sink) panicked.
    Panicked,
    /// A call from within the operation itself, on the same thread.
    Reentrant,
    /// A queue or buffer is full.
    Full,
    /// A deadline passed.
    TimedOut,
    /// The handler is closed.
    Closed,
}

//! When a span is a record: [`SpanEvents`].

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// The moments at which a span is a record; none by default.
///
/// The record has the target and the level of the span and is logged by the levels of loggers, as
/// an event is. It has the span's fields, and the names of the spans from this one on. Its message
/// is `new`, `enter`, `exit` or `close`.
///
/// A record `close` has the key-values `busy_ns`, for how long the span was entered on any thread,
/// and `idle_ns`, how long it waited between an exit and the next enter: nanoseconds, by the clock
/// of the registry. Text has them as `time.busy=18.2ms time.idle=1.15µs`. In a child process of
/// `fork` both start at 0.
///
/// What happens to spans while a record is written, as in a filter or a `Display`, is no record.
///
/// # Examples
/// ```
/// use logtree::test::Capture;
/// use logtree::tracing::SpanEvents;
/// use logtree::{Level, Registry};
///
/// let registry = Registry::new();
/// let capture = Capture::builder(&registry.root()).level(Level::INFO).start();
/// let events = SpanEvents::NEW | SpanEvents::CLOSE;
/// let subscriber = registry.tracing_subscriber().with_span_events(events);
/// tracing::subscriber::with_default(subscriber, || {
///     tracing::info_span!("request", id = 7).in_scope(|| {});
/// });
/// let [new, close] = &capture.records()[..] else { panic!() };
/// assert_eq!((new.message(), close.message()), ("new", "close"));
/// assert!(close.key_value("busy_ns").is_some() && close.key_value("id").is_some());
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct SpanEvents(u8);

impl SpanEvents {
    /// Never.
    pub const NONE: Self = Self(0);
    /// When it is created.
    pub const NEW: Self = Self(1);
    /// Each time it is entered: a task's, at each poll.
    pub const ENTER: Self = Self(1 << 1);
    /// Each time it is left.
    pub const EXIT: Self = Self(1 << 2);
    /// When its last handle is dropped, with its times.
    pub const CLOSE: Self = Self(1 << 3);
    /// [`ENTER`](Self::ENTER) and [`EXIT`](Self::EXIT).
    pub const ACTIVE: Self = Self(Self::ENTER.0 | Self::EXIT.0);
    /// All of them.
    pub const FULL: Self = Self(Self::NEW.0 | Self::ACTIVE.0 | Self::CLOSE.0);

    /// Reports whether all of the other moments are among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The messages of the records, in the order of the bits.
    const MESSAGES: [(Self, &'static str); 4] = [
        (Self::NEW, "new"),
        (Self::ENTER, "enter"),
        (Self::EXIT, "exit"),
        (Self::CLOSE, "close"),
    ];

    fn messages(self) -> impl Iterator<Item = &'static str> {
        let contained = move |(event, _): &(Self, _)| self.contains(*event);
        let messages = Self::MESSAGES.into_iter().filter(contained);
        messages.map(|(_, message)| message)
    }

    /// Returns the message of its first moment.
    pub(super) fn message(self) -> &'static str {
        self.messages().next().unwrap_or_default()
    }
}

impl BitOr for SpanEvents {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for SpanEvents {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

/// As `SpanEvents(new|close)`.
impl fmt::Debug for SpanEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.messages().collect();
        write!(f, "SpanEvents({})", names.join("|"))
    }
}

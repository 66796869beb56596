//! Which spans are context of records: [`SpanContext`].

use tracing_core::Metadata;

use crate::level::Level;
use crate::tracing::level::level_of;

/// Which spans add their names and fields to the records within.
///
/// A span that is enabled for this alone is no record itself: [`SpanEvents`](super::SpanEvents) go
/// by the levels of loggers, always.
///
/// # Examples
/// ```
/// use logtree::test::Capture;
/// use logtree::tracing::SpanContext;
/// use logtree::{Level, Registry};
///
/// let registry = Registry::new();
/// let capture = Capture::builder(&registry.root()).level(Level::INFO).start();
/// let subscriber = registry.tracing_subscriber().with_span_context(SpanContext::All);
/// tracing::subscriber::with_default(subscriber, || {
///     let _span = tracing::trace_span!("request", id = 7).entered();
///     tracing::info!("done");
/// });
/// assert_eq!(capture.records()[0].key_value("id").unwrap().as_i64(), Some(7));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SpanContext {
    /// Those that are enabled as an event of their target and level is.
    #[default]
    ByLevel,
    /// Those as well that have this level or a higher one, whatever the levels of loggers.
    AtLeast(Level),
    /// All spans.
    All,
}

impl SpanContext {
    /// Returns the level from which spans are enabled regardless of loggers.
    pub(super) fn floor(self) -> Level {
        match self {
            Self::ByLevel => Level::OFF,
            Self::AtLeast(level) => level,
            Self::All => Level::NOTSET,
        }
    }

    /// Reports whether the spans of a call site are enabled whatever the loggers say.
    pub(super) fn enables(self, metadata: &Metadata<'_>) -> bool {
        self != Self::ByLevel && level_of(*metadata.level()).passes(self.floor().number())
    }
}

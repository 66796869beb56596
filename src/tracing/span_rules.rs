//! What a bridge does with spans: [`SpanRules`].

use crate::tracing::span_context::SpanContext;
use crate::tracing::span_events::SpanEvents;

/// Which spans are context, and which are records.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SpanRules {
    pub(super) context: SpanContext,
    pub(super) events: SpanEvents,
}

//! What a bridge does with spans: [`SpanRules`].

use crate::tracing::owner_rules::OwnerRules;
use crate::tracing::span_context::SpanContext;
use crate::tracing::span_events::SpanEvents;

/// Which spans are context, which are records, and which own records.
#[derive(Clone, Debug, Default)]
pub(super) struct SpanRules {
    pub(super) context: SpanContext,
    pub(super) events: SpanEvents,
    pub(super) owners: OwnerRules,
}

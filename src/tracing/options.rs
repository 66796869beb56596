//! What can be set on both fronts.

#[cfg(feature = "tracing-layer")]
use crate::tracing::layer::Layer;
use crate::tracing::owner_rule::OwnerRule;
use crate::tracing::span_context::SpanContext;
use crate::tracing::span_events::SpanEvents;
use crate::tracing::span_rules::SpanRules;
use crate::tracing::subscriber::Subscriber;

macro_rules! options {
    ($front:ty) => {
        impl $front {
            /// Sets the moments at which a span is a record; none by default.
            #[must_use]
            pub fn with_span_events(self, events: SpanEvents) -> Self {
                self.changed(|rules| rules.events = events)
            }

            /// Sets which spans add their names and fields to records;
            /// [`ByLevel`](SpanContext::ByLevel) by default.
            #[must_use]
            pub fn with_span_context(self, context: SpanContext) -> Self {
                self.changed(|rules| rules.context = context)
            }

            /// Adds a rule for spans that own the records within. It is tried before those that
            /// were added earlier, and before those for the AWS SDK.
            #[must_use]
            pub fn with_owner_rule(self, rule: OwnerRule) -> Self {
                self.changed(|rules| rules.owners.add(rule))
            }

            fn changed(mut self, change: impl FnOnce(&mut SpanRules)) -> Self {
                self.bridge = self.bridge.changed(change);
                self
            }
        }
    };
}

options!(Subscriber);
#[cfg(feature = "tracing-layer")]
options!(Layer);

//! Spans as records, at the moments that are asked for.

use crate::facade::target_cache;
use crate::record::{CallValues, Message, RareFields, RareFieldsRef, Record, SpanTimes};
use crate::registry::Node;
use crate::scope::{here, span_stack};
use crate::time::Timestamp;
use crate::tracing::bridge::{Bridge, pass, source_of};
use crate::tracing::level::level_of;
use crate::tracing::open_span::OpenSpan;
use crate::tracing::span_events::SpanEvents;

/// The key-values of a record `close`.
type Times = [(&'static str, u64); 2];

impl Bridge {
    /// Notes that a span was created.
    pub(super) fn created(&self, span: impl FnOnce() -> Option<OpenSpan>) {
        self.happened(SpanEvents::NEW, span, |_, _| None);
    }

    /// Makes a span the current one of the thread.
    pub(super) fn enter(&self, span: OpenSpan) {
        span_stack::enter(&span.span);
        let note = |times: &SpanTimes, now| {
            times.enter(now);
            None
        };
        self.happened(SpanEvents::ENTER, || Some(span), note);
    }

    /// Ends the latest entry of a span.
    pub(super) fn exit(&self, number: u64, span: impl FnOnce() -> Option<OpenSpan>) {
        span_stack::exit(number);
        self.happened(SpanEvents::EXIT, span, |times, now| {
            times.exit(now);
            None
        });
    }

    /// Notes that the last handle of a span was dropped.
    pub(super) fn closed(&self, span: impl FnOnce() -> Option<OpenSpan>) {
        self.happened(SpanEvents::CLOSE, span, |times, now| {
            let (busy, idle) = times.busy_and_idle(now);
            Some([("busy_ns", busy), ("idle_ns", idle)])
        });
    }

    /// Has the times noted, and logs the record, with one reading of the clock for both.
    fn happened(
        &self,
        event: SpanEvents,
        span: impl FnOnce() -> Option<OpenSpan>,
        note: impl FnOnce(&SpanTimes, Timestamp) -> Option<Times>,
    ) {
        let events = self.rules.events;
        let is_timed = events.contains(SpanEvents::CLOSE) && event != SpanEvents::NEW;
        // Not while a record is written: what opens spans there would make several records of each.
        let is_logged = events.contains(event) && here::depth() == 0;
        if !is_timed && !is_logged {
            return;
        }
        if let Some(span) = span() {
            let now = self.registry.inner().environment.now();
            let times = is_timed.then(|| note(span.span.times(), now)).flatten();
            if is_logged {
                self.log(event, span, now, times);
            }
        }
    }

    fn log(&self, event: SpanEvents, span: OpenSpan, now: Timestamp, times: Option<Times>) {
        let registry = self.registry.inner();
        let OpenSpan { span, metadata } = span;
        let (target, level) = (metadata.target(), level_of(*metadata.level()));
        let source = source_of(metadata);
        let mut closed = RareFields::none();
        closed.closes_span = true;
        let send = |node: &Node, name: &str, by_level| {
            let message = Message::Text(event.message().into());
            let mut record = Record::new(&registry.environment, name, level, message, &source);
            record.time = now;
            if let Some(times) = &times {
                record.call = CallValues::Source(times);
                record.rare_fields = RareFieldsRef::Lent(&closed);
            }
            pass(registry, node, &mut record, by_level);
        };
        span_stack::with_current(Some(span), || {
            target_cache::with(registry, target, level, || times.is_some(), send);
        });
    }
}

//! The open spans of a subscriber, by their numbers: [`SpanStore`].

use std::hash::{BuildHasherDefault, Hasher};

use dashmap::DashMap;
use tracing_core::Metadata;
use tracing_core::span::{Current, Id};

use crate::record::Span;
use crate::sys::fork::InLock;
use crate::sys::sync::{Arc, AtomicU64, Ordering};
use crate::tracing::open_span::OpenSpan;

struct Open {
    span: OpenSpan,
    references: usize,
}

/// The open spans. Whatever order ids are closed and cloned in, nothing panics: an id that is not
/// known is left alone, and counted.
///
/// A child keeps its parent's names and key-values, and not the parent open.
#[derive(Default)]
pub(super) struct SpanStore {
    /// Guards of it never leave a function.
    open: DashMap<u64, Open, BuildHasherDefault<NumberHasher>>,
    /// How often an id was cloned or closed that was not known: closed already, or of another
    /// subscriber.
    unknown_ids: AtomicU64,
}

/// Hashes the numbers of spans, which are counted here: none is chosen to collide.
#[derive(Default)]
struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|byte| self.write_u64(self.0 ^ u64::from(*byte)));
    }

    /// Fibonacci hashing: the high bits of the product depend on all bits of the number. The table
    /// takes places from the low ones as well.
    fn write_u64(&mut self, number: u64) {
        let product = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = product ^ (product >> 32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl SpanStore {
    pub(super) fn add(&self, span: Arc<Span>, metadata: &'static Metadata<'static>) -> Id {
        let number = span.number();
        let open = Open {
            span: OpenSpan { span, metadata },
            references: 1,
        };
        let _inside = InLock::enter();
        self.open.insert(number, open);
        Id::from_u64(number)
    }

    pub(super) fn get(&self, id: &Id) -> Option<Arc<Span>> {
        Some(self.find(id)?.span)
    }

    pub(super) fn find(&self, id: &Id) -> Option<OpenSpan> {
        let _inside = InLock::enter();
        Some(self.open.get(&id.into_u64())?.span.clone())
    }

    pub(super) fn reference(&self, id: &Id) {
        let _inside = InLock::enter();
        match self.open.get_mut(&id.into_u64()) {
            Some(mut open) => open.references += 1,
            None => self.note_unknown(),
        }
    }

    /// Ends a reference. Returns the span if it was the last.
    pub(super) fn close(&self, id: &Id) -> Option<OpenSpan> {
        let mut is_known = false;
        let inside = InLock::enter();
        let closed = self.open.remove_if_mut(&id.into_u64(), |_, open| {
            is_known = true;
            open.references -= 1;
            open.references == 0
        });
        drop(inside);
        if !is_known {
            self.note_unknown();
        }
        Some(closed?.1.span)
    }

    fn note_unknown(&self) {
        self.unknown_ids.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn unknown_ids(&self) -> u64 {
        self.unknown_ids.load(Ordering::Relaxed)
    }

    pub(super) fn current(&self, number: u64) -> Current {
        let _inside = InLock::enter();
        let open = self.open.get(&number);
        open.map_or_else(Current::none, |open| {
            Current::new(Id::from_u64(number), open.span.metadata)
        })
    }

    pub(super) fn len(&self) -> usize {
        let _inside = InLock::enter();
        self.open.len()
    }
}

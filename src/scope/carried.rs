//! What work takes along from where it was made to where it runs: [`Carried`].

use std::mem;

use crate::scope::frame::Frame;
#[cfg(feature = "tracing")]
use crate::scope::span_stack::{self, LentSpan};
use crate::scope::stack;

/// What held where a piece of work was made, and holds wherever it runs.
pub(super) struct Carried {
    pub(super) frame: Frame,
    #[cfg(feature = "tracing")]
    span: LentSpan,
}

impl Carried {
    /// Takes a scope within all that holds on this thread.
    pub(super) fn new(scope: &Frame) -> Self {
        let mut carried = Self::current();
        carried.frame = scope.within(&carried.frame);
        carried
    }

    /// Takes all that holds on this thread, without an owner that the current span's hides.
    pub(super) fn current() -> Self {
        #[cfg_attr(
            not(feature = "tracing"),
            expect(unused_mut, reason = "there are no spans")
        )]
        let mut frame = stack::current();
        #[cfg(feature = "tracing")]
        let span = span_stack::top().map(|(since, span)| {
            if span.owner().is_some() {
                frame.end_owner_before(since);
            }
            span
        });
        Self {
            frame,
            #[cfg(feature = "tracing")]
            span,
        }
    }

    /// Runs a part of the work. What is carried moves onto the thread's stacks and, whatever
    /// happens, back: nothing that is shared is counted.
    pub(super) fn run<R>(&mut self, run: impl FnOnce() -> R) -> R {
        let frame = &mut self.frame;
        let run = || {
            let key = stack::resume(mem::replace(frame, Frame::EMPTY));
            let _back = key.map(|key| {
                scopeguard::guard(frame, move |frame| {
                    *frame = stack::leave(key).unwrap_or(Frame::EMPTY);
                })
            });
            run()
        };
        // Around the frame: where the frame still has an owner, that was entered later.
        #[cfg(feature = "tracing")]
        return span_stack::with_lent(&mut self.span, run);
        #[cfg(not(feature = "tracing"))]
        run()
    }
}

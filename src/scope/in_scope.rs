//! Futures within scopes.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use crate::scope::frame::Frame;
use crate::scope::stack;

/// A future within a [`Scope`](crate::Scope).
#[must_use = "futures do nothing unless polled"]
pub struct InScope<F> {
    future: Pin<Box<F>>,
    frame: Frame,
}

impl<F> InScope<F> {
    pub(super) fn new(future: F, frame: Frame) -> Self {
        Self {
            future: Box::pin(future),
            frame,
        }
    }
}

impl<F: Future> Future for InScope<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let Self { future, frame } = &mut *self;
        // It moves onto the thread's stack and, whatever happens, back: nothing that is shared is
        // counted.
        if let Some(key) = stack::resume(std::mem::replace(frame, Frame::EMPTY)) {
            let _back = scopeguard::guard(frame, |frame| {
                *frame = stack::leave(key).unwrap_or(Frame::EMPTY);
            });
            return future.as_mut().poll(task);
        }
        future.as_mut().poll(task)
    }
}

impl<F: fmt::Debug> fmt::Debug for InScope<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InScope").field(&self.future).finish()
    }
}

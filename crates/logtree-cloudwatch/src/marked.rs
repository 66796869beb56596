//! Work for a handler on threads of others: [`Marked`].

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use logtree::delivery::SendingMark;

/// A future whose records go to no handler that sends.
pub(crate) struct Marked<F> {
    mark: SendingMark,
    future: Pin<Box<F>>,
}

impl<F> Marked<F> {
    pub(crate) fn new(mark: SendingMark, future: F) -> Self {
        Self {
            mark,
            future: Box::pin(future),
        }
    }
}

impl<F: Future> Future for Marked<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let _guard = self.mark.enter();
        self.future.as_mut().poll(context)
    }
}

//! Futures within scopes.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use crate::scope::carried::Carried;

pin_project_lite::pin_project! {
    /// A future within a [`Scope`](crate::Scope). It is also dropped in there, so that what its
    /// destructors log has the scope's key-values.
    #[must_use = "futures do nothing unless polled"]
    pub struct InScope<F> {
        // `None` while it is dropped.
        #[pin]
        future: Option<F>,
        carried: Carried,
    }

    impl<F> PinnedDrop for InScope<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            this.carried.run(|| this.future.set(None));
        }
    }
}

impl<F> InScope<F> {
    pub(super) fn new(future: F, carried: Carried) -> Self {
        Self {
            future: Some(future),
            carried,
        }
    }
}

impl<F: Future> Future for InScope<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        match this.future.as_pin_mut() {
            Some(future) => this.carried.run(|| future.poll(task)),
            None => Poll::Pending,
        }
    }
}

impl<F: fmt::Debug> fmt::Debug for InScope<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("InScope");
        self.future.iter().for_each(|future| {
            tuple.field(future);
        });
        tuple.finish()
    }
}

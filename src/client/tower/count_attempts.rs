//! The layer that counts attempts: [`CountAttempts`].

use std::task::{Context, Poll};

use http::Request;
use tower_layer::Layer;
use tower_service::Service;

use crate::sys::sync::{Arc, AtomicU32, Ordering};

/// The number of attempts of a request so far; clones of the request share it.
#[derive(Clone, Debug)]
pub(super) struct Attempts(Arc<AtomicU32>);

impl Attempts {
    /// Returns the number of the attempt that starts now.
    pub(super) fn next(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// Counts the attempts of a request, for the [`LogLayer`](crate::client::LogLayer) inside the layer
/// that retries.
#[derive(Clone, Copy, Debug, Default)]
pub struct CountAttempts;

impl CountAttempts {
    /// Returns a layer that counts.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl<S> Layer<S> for CountAttempts {
    type Service = CountedAttempts<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CountedAttempts(inner)
    }
}

/// A service whose requests' attempts are counted; see [`CountAttempts`].
#[derive(Clone, Debug)]
pub struct CountedAttempts<S>(S);

impl<S, B> Service<Request<B>> for CountedAttempts<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(task)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        request
            .extensions_mut()
            .insert(Attempts(Arc::new(AtomicU32::new(0))));
        self.0.call(request)
    }
}

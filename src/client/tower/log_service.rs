//! A service whose calls are logged: [`LogService`].

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::client::dump::Dump;
use crate::client::retry::Retry;
use crate::client::tower::count_attempts::Attempts;
use crate::client::tower::log_layer::LogLayer;

impl<S, B> Layer<S> for LogLayer<B> {
    type Service = LogService<S, B>;

    fn layer(&self, inner: S) -> Self::Service {
        LogService {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service whose calls are logged; see [`LogLayer`].
pub struct LogService<S, B> {
    inner: S,
    layer: LogLayer<B>,
}

impl<S: Clone, B> Clone for LogService<S, B> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            layer: self.layer.clone(),
        }
    }
}

impl<S: fmt::Debug, B> fmt::Debug for LogService<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogService")
            .field("inner", &self.inner)
            .field("layer", &self.layer)
            .finish()
    }
}

impl<S, B> Service<Request<B>> for LogService<S, B>
where
    S: Service<Request<B>, Response = Response<B>>,
    S::Error: fmt::Display,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = LoggedCall<S::Future, B>;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(task)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (client, call) = (&self.layer.client, &self.layer.call);
        if let Some(attempts) = request.extensions().get::<Attempts>() {
            let attempt = attempts.next();
            client.retrying(&Retry::new(&call.service, &call.operation, attempt));
        }
        client.request(|with_body| call.dump(Dump::from(&request), request.body(), with_body));
        LoggedCall {
            future: Box::pin(self.inner.call(request)),
            layer: self.layer.clone(),
        }
    }
}

/// A call that is logged when it ends.
pub struct LoggedCall<F, B> {
    future: Pin<Box<F>>,
    layer: LogLayer<B>,
}

impl<F, B> fmt::Debug for LoggedCall<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoggedCall")
            .field("layer", &self.layer)
            .finish_non_exhaustive()
    }
}

impl<F, B, E> Future for LoggedCall<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
    E: fmt::Display,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        let result = std::task::ready!(self.future.as_mut().poll(task));
        let (client, call) = (&self.layer.client, &self.layer.call);
        match &result {
            Ok(response) => client
                .response(|with_body| call.dump(Dump::from(response), response.body(), with_body)),
            Err(error) => client.failed(error),
        }
        Poll::Ready(result)
    }
}

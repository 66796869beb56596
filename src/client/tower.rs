//! A layer that logs what a `tower` service sends and gets (feature `tower`).

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::client::logger::ClientLogger;
use crate::sys::sync::{Arc, AtomicU32, Ordering};

/// Logs the requests, responses, errors and attempts of a service, by the [mode](super::ClientLogMode) of a client.
///
/// Around each attempt it tells the request and its response; what fails is told with the retries. Which attempt it is, it knows where a
/// [`CountAttempts`] stands outside of what tries again:
///
/// ```text
/// ServiceBuilder::new().layer(CountAttempts::new()).layer(RetryLayer::new(…)).layer(LogLayer::new(client, "S3", "GetObject"))
/// ```
///
/// Bodies are shown where [`with_body`](Self::with_body) says how; a body that is a stream cannot be.
///
/// # Go
/// The SDK's middlewares for logging requests, responses and attempts (rows G14, G15).
///
/// # Examples
/// ```
/// use logtree::client::{ClientLogger, LogLayer};
/// use tower::{Service, ServiceBuilder, service_fn};
///
/// let client = ClientLogger::for_service("S3");
/// let service = ServiceBuilder::new()
///     .layer(LogLayer::new(client, "S3", "GetObject").with_body(|body: &String| Some(body.as_bytes().to_vec())))
///     .service(service_fn(|request: http::Request<String>| async move { Ok::<_, std::io::Error>(http::Response::new(request.into_body())) }));
/// # drop(service);
/// ```
pub struct LogLayer<B> {
    client: ClientLogger,
    call: Arc<Call<B>>,
}

struct Call<B> {
    service: String,
    operation: String,
    body: Box<ShowBody<B>>,
}

type ShowBody<B> = dyn Fn(&B) -> Option<Vec<u8>> + Send + Sync;

impl<B> LogLayer<B> {
    /// For the calls of an operation; bodies are not shown.
    #[must_use]
    pub fn new(client: ClientLogger, service: &str, operation: &str) -> Self {
        let call = Call {
            service: service.to_owned(),
            operation: operation.to_owned(),
            body: Box::new(|_: &B| None),
        };
        Self {
            client,
            call: Arc::new(call),
        }
    }

    /// The same with a way to show bodies, of requests and responses alike.
    #[must_use]
    pub fn with_body(self, body: impl Fn(&B) -> Option<Vec<u8>> + Send + Sync + 'static) -> Self {
        let call = Call {
            service: self.call.service.clone(),
            operation: self.call.operation.clone(),
            body: Box::new(body),
        };
        Self {
            client: self.client,
            call: Arc::new(call),
        }
    }
}

impl<B> Clone for LogLayer<B> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            call: Arc::clone(&self.call),
        }
    }
}

impl<B> fmt::Debug for LogLayer<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogLayer")
            .field("client", &self.client)
            .field("operation", &self.call.operation)
            .finish_non_exhaustive()
    }
}

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
            let attempt = attempts.0.fetch_add(1, Ordering::Relaxed) + 1;
            client.retrying(&call.service, &call.operation, attempt, 0, None);
        }
        client.http_request(&request, |body| (call.body)(body));
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
            Ok(response) => client.http_response(response, |body| (call.body)(body)),
            Err(error) => client.failed(error),
        }
        Poll::Ready(result)
    }
}

/// How many attempts a request has had; clones of the request count together.
#[derive(Clone, Debug)]
struct Attempts(Arc<AtomicU32>);

/// Counts the attempts of a request, for the [`LogLayer`] inside of what tries again.
#[derive(Clone, Copy, Debug, Default)]
pub struct CountAttempts;

impl CountAttempts {
    /// A layer that counts.
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

//! The layer that logs a service's calls: [`LogLayer`].

use std::fmt;

use crate::client::dump::Dump;
use crate::client::logger::ClientLogger;
use crate::sys::sync::Arc;

/// Logs the requests, responses, errors and attempts of a service, by the
/// [mode](crate::client::ClientLogMode) of a client.
///
/// It logs each attempt's request and response; errors are logged with the retries. The number of
/// the attempt is known if a [`CountAttempts`](crate::client::CountAttempts) is outside the layer
/// that retries:
///
/// ```text
/// ServiceBuilder::new()
///     .layer(CountAttempts::new())
///     .layer(RetryLayer::new(…))
///     .layer(LogLayer::new(client, "S3", "GetObject"))
/// ```
///
/// Bodies are logged if [`with_body`](Self::with_body) is given; a body that is a stream cannot be.
///
/// # Go
/// The SDK's middlewares for logging requests, responses and attempts.
///
/// # Examples
/// ```
/// use http::{Request, Response};
/// use logtree::client::{ClientLogger, LogLayer};
/// use tower::{ServiceBuilder, service_fn};
///
/// let layer = LogLayer::new(ClientLogger::for_service("S3"), "S3", "GetObject");
/// let service = ServiceBuilder::new()
///     .layer(layer.with_body(|body: &String| Some(body.as_bytes().to_vec())))
///     .service(service_fn(|request: Request<String>| async move {
///         Ok::<_, std::io::Error>(Response::new(request.into_body()))
///     }));
/// # drop(service);
/// ```
pub struct LogLayer<B> {
    pub(super) client: ClientLogger,
    pub(super) call: Arc<Call<B>>,
}

pub(super) struct Call<B> {
    pub(super) service: String,
    pub(super) operation: String,
    body: Box<ShowBody<B>>,
}

impl<B> Call<B> {
    /// Returns a dump with the body, if it is logged and can be shown.
    pub(super) fn dump(&self, dump: Dump, body: &B, with_body: bool) -> Dump {
        match with_body.then(|| (self.body)(body)).flatten() {
            Some(body) => dump.with_body(body),
            None => dump,
        }
    }
}

type ShowBody<B> = dyn Fn(&B) -> Option<Vec<u8>> + Send + Sync;

impl<B> LogLayer<B> {
    /// Returns a layer for the calls of an operation; bodies are not logged.
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

    /// Returns the layer with a function that returns a body as bytes, for requests and responses.
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

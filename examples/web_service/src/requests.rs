//! A span for each request, and its line in the access log.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use tower_http::classify::{ServerErrorsAsFailures, SharedClassifier};
use tower_http::trace::{MakeSpan, OnResponse, TraceLayer};
use tracing::Span;

type Layer = TraceLayer<SharedClassifier<ServerErrorsAsFailures>, RequestSpan, (), AccessLog>;

pub(crate) fn layer() -> Layer {
    TraceLayer::new_for_http()
        .make_span_with(RequestSpan)
        .on_request(())
        .on_response(AccessLog)
}

/// All records of a request have these fields.
#[derive(Clone, Copy)]
pub(crate) struct RequestSpan;

impl MakeSpan<Body> for RequestSpan {
    fn make_span(&mut self, request: &Request<Body>) -> Span {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let id = request.headers().get("x-request-id");
        let id = match id.and_then(|id| id.to_str().ok()) {
            Some(id) => id.to_owned(),
            None => format!("r-{}", LAST.fetch_add(1, Ordering::Relaxed) + 1),
        };
        let (method, path) = (request.method(), request.uri().path());
        tracing::info_span!("request", request_id = id, %method, path)
    }
}

#[derive(Clone, Copy)]
pub(crate) struct AccessLog;

impl<B> OnResponse<B> for AccessLog {
    fn on_response(self, response: &Response<B>, took: Duration, _: &Span) {
        let (status, took_us) = (response.status().as_u16(), took.as_micros());
        tracing::info!(target: "access", status, took_us);
    }
}

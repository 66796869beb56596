//! The answers of the endpoint: [`Response`].

use http::{StatusCode, header};
use http_body_util::BodyExt;
use http_body_util::Full;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Bytes;

/// The body of an answer: whole, or a stream.
pub(super) type Body = UnsyncBoxBody<Bytes, std::convert::Infallible>;

pub(super) type Response = http::Response<Body>;

/// Returns an answer with a whole body.
pub(super) fn whole(
    status: StatusCode,
    media_type: &'static str,
    body: impl Into<Bytes>,
) -> Response {
    let mut response = Response::new(Full::new(body.into()).boxed_unsync());
    *response.status_mut() = status;
    let media_type = header::HeaderValue::from_static(media_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    response
}

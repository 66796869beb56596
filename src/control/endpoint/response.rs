//! The responses of the endpoint: [`Response`].

use http::{HeaderValue, StatusCode, header};
use http_body_util::BodyExt;
use http_body_util::Full;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Bytes;
use serde::Serialize;

use crate::control::error_codes::http_status;
use crate::error::{Error, ErrorKind};

/// The body of a response: whole, or a stream.
pub(super) type Body = UnsyncBoxBody<Bytes, std::convert::Infallible>;

pub(super) type Response = http::Response<Body>;

/// The extension of a response whose body has no end in time: the deadline of an exchange does not
/// apply to it.
#[derive(Clone, Copy)]
pub(super) struct Endless;

pub(super) const JSON: &str = "application/json";

/// Returns a response with a complete body.
pub(super) fn whole(
    status: StatusCode,
    media_type: &'static str,
    body: impl Into<Bytes>,
) -> Response {
    let mut response = Response::new(Full::new(body.into()).boxed_unsync());
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, media_type);
    response
}

/// Returns a response with a JSON value.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => whole(status, JSON, body),
        Err(_) => message(
            StatusCode::INTERNAL_SERVER_ERROR,
            "cannot write the response",
        ),
    }
}

/// Returns an error: JSON with `message`.
pub(super) fn message(status: StatusCode, message: &str) -> Response {
    let body = serde_json::json!({ "message": message });
    whole(status, JSON, body.to_string())
}

/// Returns the response for an error of a control; with `consent`, if that number needs it.
pub(super) fn of_error(error: &Error) -> Response {
    let mut body = serde_json::json!({ "message": error.to_string() });
    if let ErrorKind::NeedsConsent(number) = error.kind() {
        body["consent"] = number.into();
    }
    whole(status_of(error), JSON, body.to_string())
}

/// Returns the response where making it has panicked.
pub(super) fn panicked() -> Response {
    message(StatusCode::INTERNAL_SERVER_ERROR, "the request panicked")
}

/// Returns the status for an error of a control.
pub(super) fn status_of(error: &Error) -> StatusCode {
    StatusCode::from_u16(http_status(error.kind())).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Returns the response to a method that a path does not have.
pub(super) fn not_allowed(allowed: &'static str) -> Response {
    let mut response = message(
        StatusCode::METHOD_NOT_ALLOWED,
        &format!("unknown method: expected {allowed}"),
    );
    set(&mut response, header::ALLOW, allowed);
    response
}

pub(super) fn set(response: &mut Response, name: header::HeaderName, value: &'static str) {
    let headers = response.headers_mut();
    headers.insert(name, HeaderValue::from_static(value));
}

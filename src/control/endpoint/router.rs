//! From a path to the dialect that answers: [`answer`].

use http::request::Parts;
use http::{Method, StatusCode};

use crate::control::endpoint::access::Access;
use crate::control::endpoint::request::Request;
use crate::control::endpoint::response::{self, Response};
use crate::control::endpoint::{aws_iot, console, envoy, native, spring, tail, zap};

/// Whether a request is for a file of the console, which has no secrets.
pub(super) fn is_page(head: &Parts) -> bool {
    head.method == Method::GET && console::answer(head.uri.path()).is_some()
}

/// Returns the answer of the dialect that the path belongs to.
pub(super) fn answer(access: &Access, request: &Request, has_console: bool) -> Response {
    if has_console && is_page(&request.head) {
        if let Some(page) = console::answer(request.head.uri.path()) {
            return page;
        }
    }
    let dialects = [
        tail::answer,
        native::answer,
        spring::answer,
        zap::answer,
        envoy::answer,
        aws_iot::answer,
    ];
    let answer = dialects.iter().find_map(|answer| answer(access, request));
    answer.unwrap_or_else(|| response::message(StatusCode::NOT_FOUND, "unknown path"))
}

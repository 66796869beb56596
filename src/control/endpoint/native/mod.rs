//! The endpoint's own dialect, below `/v1`.

mod changes;
#[cfg(feature = "fleet")]
mod fleet;
#[cfg(feature = "fleet")]
mod fleet_changes;
mod groups;
mod handlers;
mod if_match;
mod levels;
mod loggers;
mod status;
mod words;

use http::{HeaderValue, Method, StatusCode, header};
use serde::Serialize;

use crate::control::endpoint::access::Access;
use crate::control::endpoint::request::Request;
use crate::control::endpoint::response::{self, Response};
use crate::error::Error;

type ResponseResult = Result<Response, Error>;

/// Returns the response, or [`None`] if the path is none of this dialect.
pub(super) fn respond(access: &Access, request: &Request) -> Option<Response> {
    let segments = request.segments()?;
    let segments: Vec<_> = segments.iter().map(String::as_str).collect();
    let ["v1", path @ ..] = &*segments else {
        return None;
    };
    let method = &request.head.method;
    let response = match (path, method) {
        #[cfg(feature = "fleet")]
        (["fleet", path @ ..], _) => return fleet::respond(access, request, path),
        (["status"], &Method::GET) => status::get(access),
        (["options"], &Method::GET) => status::options(access),
        (["options"], &Method::PATCH) => status::set_options(access, request),
        (["console"], &Method::GET) => status::console(access),
        (["loggers"], &Method::GET) => loggers::list(access, request),
        (["levels"], &Method::GET) => levels::list(access, request),
        (["levels"], &Method::PATCH) => levels::change(access, request),
        (["levels"], &Method::DELETE) => levels::clear_all(access, request),
        (["levels", kind, name], &Method::DELETE) => levels::delete(access, request, kind, name),
        (["groups"], &Method::GET) => groups::list(access),
        (["groups", name], &Method::PUT) => groups::put(access, request, name),
        (["handlers"], &Method::GET) => handlers::list(access),
        (["audit"], &Method::GET) => changes::list(access, request),
        (["undo"], &Method::POST) => changes::undo(access, request),
        (["status" | "console" | "loggers" | "groups" | "handlers" | "audit"], _) => {
            return Some(response::not_allowed("GET"));
        }
        (["options"], _) => return Some(response::not_allowed("GET, PATCH")),
        (["levels"], _) => return Some(response::not_allowed("GET, PATCH, DELETE")),
        (["levels", _, _], _) => return Some(response::not_allowed("DELETE")),
        (["groups", _], _) => return Some(response::not_allowed("PUT")),
        (["undo"], _) => return Some(response::not_allowed("POST")),
        _ => return None,
    };
    Some(response.unwrap_or_else(|error| response::of_error(&error)))
}

/// Returns a response that depends on a revision.
fn at_revision(revision: u64, value: &impl Serialize) -> Response {
    let mut response = response::json(StatusCode::OK, value);
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{revision}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Returns the response to a change.
fn changed(revision: u64, warnings: Vec<String>) -> Response {
    #[derive(Serialize)]
    struct Changed {
        revision: u64,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        warnings: Vec<String>,
    }
    at_revision(revision, &Changed { revision, warnings })
}

//! The endpoint's own dialect, below `/v1`.

use http::{Method, StatusCode};
use serde::Serialize;

use crate::control::endpoint::access::Access;
use crate::control::endpoint::request::Request;
use crate::control::endpoint::response::{self, Response};
use crate::sys::host::process_id;

/// Returns the answer, or [`None`] if the path is none of this dialect.
pub(super) fn answer(access: &Access, request: &Request) -> Option<Response> {
    let segments = request.segments()?;
    let segments: Vec<_> = segments.iter().map(String::as_str).collect();
    let ["v1", path @ ..] = &*segments else {
        return None;
    };
    let method = &request.head.method;
    Some(match (path, method) {
        (["status"], &Method::GET) => status(access),
        (["status"], _) => response::not_allowed("GET"),
        _ => return None,
    })
}

fn status(access: &Access) -> Response {
    #[derive(Serialize)]
    struct Status<'s> {
        name: &'s str,
        pid: u32,
        version: &'static str,
        started: String,
        revision: u64,
        levels: Vec<NamedLevel>,
        features: Vec<&'static str>,
    }
    #[derive(Serialize)]
    struct NamedLevel {
        name: String,
        number: u16,
    }
    let shared = access.shared();
    let levels = access.registry().level_names();
    let levels = levels.into_iter().map(|(name, level)| NamedLevel {
        name,
        number: level.number(),
    });
    response::json(
        StatusCode::OK,
        &Status {
            name: &shared.name,
            pid: process_id(),
            version: env!("CARGO_PKG_VERSION"),
            started: shared.started.to_string(),
            revision: access.control().revision(),
            levels: levels.collect(),
            features: Vec::new(),
        },
    )
}

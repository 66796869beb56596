//! From a path to the dialect that answers: [`answer`].

use http::StatusCode;

use crate::control::endpoint::access::Access;
use crate::control::endpoint::request::Request;
use crate::control::endpoint::response::{self, Response};
use crate::control::endpoint::{aws_iot, envoy, native, spring, zap};

/// Returns the answer of the dialect that the path belongs to.
pub(super) fn answer(access: &Access, request: &Request) -> Response {
    let dialects = [
        native::answer,
        spring::answer,
        zap::answer,
        envoy::answer,
        aws_iot::answer,
    ];
    let answer = dialects.iter().find_map(|answer| answer(access, request));
    answer.unwrap_or_else(|| {
        let body = r#"{"message":"unknown path"}"#;
        response::whole(StatusCode::NOT_FOUND, "application/json", body)
    })
}

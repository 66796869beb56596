//! A dialect of the endpoint.

use crate::control::endpoint::access::Access;
use crate::control::endpoint::request::Request;
use crate::control::endpoint::response::Response;

/// Returns the answer, or [`None`] if the path is none of this dialect.
pub(super) fn answer(_access: &Access, _request: &Request) -> Option<Response> {
    None
}

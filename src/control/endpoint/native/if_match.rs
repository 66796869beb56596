//! The revision that a request depends on: [`expected`].

use http::header;

use crate::control::endpoint::request::Request;
use crate::control::error_codes::invalid;
use crate::error::Error;

/// Returns the revision of `If-Match`: `"17"`, or `17`; [`None`] without it, and for `*`.
pub(super) fn expected(request: &Request) -> Result<Option<u64>, Error> {
    let wrong = || invalid("invalid If-Match: expected one revision, such as \"17\", or *");
    let mut values = request.head.headers.get_all(header::IF_MATCH).iter();
    let (value, second) = (values.next(), values.next());
    let Some(value) = value else {
        return Ok(None);
    };
    let value = value.to_str().ok().filter(|_| second.is_none());
    let value = value.map(str::trim).ok_or_else(wrong)?;
    if value == "*" {
        return Ok(None);
    }
    let inner = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let digits = inner.unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    // A larger one is none that there ever is.
    Ok(Some(digits.parse().unwrap_or(u64::MAX)))
}

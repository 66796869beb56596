//! A request whose body has been read: [`Request`].

use std::str::FromStr;

use http::Method;
use http::request::Parts;
use hyper::body::Bytes;
use percent_encoding::percent_decode_str;

use crate::control::error_codes::invalid;
use crate::error::Error;

/// A request that passed the rules of the endpoint.
pub(super) struct Request {
    pub(super) head: Parts,
    pub(super) body: Bytes,
}

impl Request {
    /// Returns the decoded segments of the path, or [`None`] if one is not UTF-8.
    ///
    /// `/v1/levels/LOGGER/a%2Fb` has the segments `v1`, `levels`, `LOGGER`, `a/b`.
    pub(super) fn segments(&self) -> Option<Vec<String>> {
        let path = self.head.uri.path().strip_prefix('/')?;
        path.split('/')
            .map(|segment| Some(percent_decode_str(segment).decode_utf8().ok()?.into_owned()))
            .collect()
    }

    /// Returns the value of a parameter of the query, which may be there once.
    pub(super) fn parameter(&self, name: &str) -> Result<Option<String>, Error> {
        let pairs = self.query();
        let pairs = pairs.ok_or_else(|| invalid("invalid query: expected UTF-8"))?;
        let mut values = pairs.into_iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (value, None) => Ok(value.map(|(_, value)| value)),
            _ => Err(invalid(format!("expected {name} once"))),
        }
    }

    /// Reports whether a parameter of the query is `true`.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.parameter(name)?.as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(invalid(format!(
                "invalid {name} {other:?}: expected true or false"
            ))),
        }
    }

    /// Returns the number that a parameter of the query is, in digits alone.
    pub(super) fn number<N: FromStr>(&self, name: &str, what: &str) -> Result<Option<N>, Error> {
        let Some(text) = self.parameter(name)? else {
            return Ok(None);
        };
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse().ok().filter(|_| is_number) {
            Some(number) => Ok(Some(number)),
            None => Err(invalid(format!("invalid {name} {text:?}: expected {what}"))),
        }
    }

    /// Returns the decoded pairs of the query, where `+` is a space; [`None`] if one is not UTF-8.
    pub(super) fn query(&self) -> Option<Vec<(String, String)>> {
        pairs(self.head.uri.query().unwrap_or_default())
    }
}

/// Reports whether a request of this method changes nothing.
pub(super) fn is_read(method: &Method) -> bool {
    [Method::GET, Method::HEAD].contains(method)
}

/// Returns the decoded pairs of a query or form.
pub(super) fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let decoded = |part: &str| {
        let part = part.replace('+', " ");
        let part = percent_decode_str(&part).decode_utf8().ok()?;
        Some(part.into_owned())
    };
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decoded(key)?, decoded(value)?))
        })
        .collect()
}

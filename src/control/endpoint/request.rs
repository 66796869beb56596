//! A request whose body has been read: [`Request`].

use http::request::Parts;
use hyper::body::Bytes;
use percent_encoding::percent_decode_str;

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

    /// Returns the decoded pairs of the query, where `+` is a space; [`None`] if one is not UTF-8.
    pub(super) fn query(&self) -> Option<Vec<(String, String)>> {
        pairs(self.head.uri.query().unwrap_or_default())
    }
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

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
}

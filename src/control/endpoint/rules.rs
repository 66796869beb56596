//! What is refused before a request is looked at any further: [`refusal`].
//!
//! A page in a browser can send requests to any address, by a name that resolves to it. It cannot
//! choose `Host`, `Origin` and `Sec-Fetch-Site`.

use std::net::SocketAddr;

use http::header::{self, HeaderMap, HeaderName};
use http::request::Parts;
use http::{Method, StatusCode};

use crate::control::endpoint::response::{self, Response};

/// How long a body may be, in bytes.
pub(super) const MAX_BODY: u64 = 64 * 1024;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Where requests may be sent to.
pub(super) enum Place {
    /// A Unix socket, which no browser can connect to: any host, and no origin.
    #[cfg(unix)]
    Unix,
    Tcp(Hosts),
}

/// The values of `Host` that are accepted.
pub(super) struct Hosts {
    own: Vec<String>,
    /// Those of the configuration, which may stand for a proxy that encrypts.
    configured: Vec<String>,
}

impl Hosts {
    pub(super) fn new(local: SocketAddr, configured: &[String]) -> Self {
        let names = ["127.0.0.1", "localhost", "[::1]"];
        let port = local.port();
        let mut own: Vec<_> = names.map(|name| format!("{name}:{port}")).into();
        own.push(local.to_string());
        if port == 80 {
            own.extend(names.map(str::to_owned));
        }
        Self {
            own,
            configured: configured.to_vec(),
        }
    }

    fn contain(&self, host: &str) -> bool {
        let mut all = self.own.iter().chain(&self.configured);
        all.any(|known| known.eq_ignore_ascii_case(host))
    }

    /// Whether a page of `origin` was served under this host.
    fn is_own_origin(&self, host: &str, origin: &str) -> bool {
        let is_host = |rest: &str| rest.eq_ignore_ascii_case(host);
        if let Some(rest) = origin.strip_prefix("http://") {
            return is_host(rest);
        }
        let mut configured = self.configured.iter();
        origin.strip_prefix("https://").is_some_and(is_host)
            && configured.any(|known| known.eq_ignore_ascii_case(host))
    }
}

/// Returns why a request is refused, if it is.
pub(super) fn refusal(head: &Parts, place: &Place) -> Option<Response> {
    check(head, place).err().map(|(status, why)| match status {
        StatusCode::METHOD_NOT_ALLOWED => response::not_allowed("GET, POST, PUT, PATCH, DELETE"),
        _ => response::message(status, why),
    })
}

fn check(head: &Parts, place: &Place) -> Result<(), (StatusCode, &'static str)> {
    let bad = |why| Err((StatusCode::BAD_REQUEST, why));
    let headers = &head.headers;
    // With both, the length is ignored: not every proxy in front does that.
    if headers.contains_key(header::TRANSFER_ENCODING) {
        let why = "expected a Content-Length, found a Transfer-Encoding";
        return Err((StatusCode::LENGTH_REQUIRED, why));
    }
    match the_one(headers, &header::CONTENT_LENGTH) {
        Err(()) => return bad("expected one Content-Length"),
        Ok(Some(length)) => match length.parse::<u64>() {
            Ok(length) if length <= MAX_BODY => {}
            Ok(_) => {
                let why = "expected a body of at most 64 KiB";
                return Err((StatusCode::PAYLOAD_TOO_LARGE, why));
            }
            Err(_) => return bad("invalid Content-Length"),
        },
        Ok(None) => {}
    }
    let uri = &head.uri;
    if uri.scheme().is_some() || uri.authority().is_some() || !uri.path().starts_with('/') {
        return bad("expected a path as the target");
    }
    let Ok(Some(host)) = the_one(headers, &header::HOST) else {
        return bad("expected one Host");
    };
    let is_known = match place {
        #[cfg(unix)]
        Place::Unix => true,
        Place::Tcp(hosts) => hosts.contain(host),
    };
    if !is_known {
        return Err((StatusCode::MISDIRECTED_REQUEST, "unknown Host"));
    }
    let methods = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ];
    if !methods.contains(&head.method) {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "unknown method"));
    }
    let foreign = Err((StatusCode::FORBIDDEN, "refused: sent by a foreign page"));
    let is_own = match (the_one(headers, &header::ORIGIN), place) {
        (Ok(None), _) => true,
        (Ok(Some(origin)), Place::Tcp(hosts)) => hosts.is_own_origin(host, origin),
        _ => false,
    };
    if !is_own {
        return foreign;
    }
    match the_one(headers, &SEC_FETCH_SITE) {
        Ok(None | Some("none" | "same-origin")) => Ok(()),
        _ => foreign,
    }
}

/// Returns the value of a header that may be there once.
fn the_one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ()> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(());
    }
    first.map(|value| value.to_str().map_err(drop)).transpose()
}

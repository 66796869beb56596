//! Requests and responses of the `http` crate as dumps (feature `http`).

use std::fmt::Write;

use http::{HeaderMap, Request, Response, Version};

use crate::client::dump::Dump;

/// The first line and the headers as they are sent, without the body. Values of headers that are
/// marked as sensitive are `***`.
///
/// # Examples
/// ```
/// use logtree::client::{ClientLogger, Dump};
///
/// let request = http::Request::put("https://host/key?a=1").header("b", "c").body("text").unwrap();
/// assert_eq!(Dump::from(&request).head(), "PUT /key?a=1 HTTP/1.1\r\nHost: host\r\nb: c\r\n\r\n");
/// ClientLogger::for_service("S3").request(|with_body| {
///     let dump = Dump::from(&request);
///     if with_body { dump.with_body(*request.body()) } else { dump }
/// });
/// ```
impl<B> From<&Request<B>> for Dump {
    fn from(request: &Request<B>) -> Self {
        let uri = request.uri();
        let mut head = format!("{} {}", request.method(), uri.path());
        if let Some(query) = uri.query() {
            let _ = write!(head, "?{query}");
        }
        let _ = write!(head, " {}\r\n", version(request.version()));
        if let Some(authority) = uri
            .authority()
            .filter(|_| !request.headers().contains_key("host"))
        {
            // The host without user and password.
            let host = authority.as_str().rsplit('@').next().unwrap_or_default();
            let _ = write!(head, "Host: {host}\r\n");
        }
        push_headers(&mut head, request.headers());
        Self::new(head)
    }
}

/// The first line and the headers as they are sent, without the body.
impl<B> From<&Response<B>> for Dump {
    fn from(response: &Response<B>) -> Self {
        let status = response.status();
        let reason = status.canonical_reason().unwrap_or_default();
        let mut head = format!(
            "{} {} {reason}",
            version(response.version()),
            status.as_str()
        );
        head.truncate(head.trim_end().len());
        head.push_str("\r\n");
        push_headers(&mut head, response.headers());
        Self::new(head)
    }
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "HTTP/0.9",
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        Version::HTTP_3 => "HTTP/3.0",
        _ => "HTTP/1.1",
    }
}

fn push_headers(head: &mut String, headers: &HeaderMap) {
    for (name, value) in headers {
        let shown = if value.is_sensitive() {
            "***".into()
        } else {
            String::from_utf8_lossy(value.as_bytes())
        };
        let _ = write!(head, "{name}: {shown}\r\n");
    }
    head.push_str("\r\n");
}

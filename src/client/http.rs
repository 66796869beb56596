//! Requests and responses of the `http` crate as dumps (feature `http`).

use std::fmt::Write;

use http::{HeaderMap, Request, Response, Version};

use crate::client::events::Dump;
use crate::client::logger::ClientLogger;

impl Dump {
    /// The first line and the headers of a request, as they go over the wire; without a body. Values of headers that are marked as
    /// sensitive are `***`.
    ///
    /// # Examples
    /// ```
    /// use logtree::client::Dump;
    ///
    /// let request = http::Request::put("https://host/key?a=1").header("x-amz-date", "20261121T015853Z").body(()).unwrap();
    /// assert_eq!(Dump::of_request(&request).head, "PUT /key?a=1 HTTP/1.1\r\nHost: host\r\nx-amz-date: 20261121T015853Z\r\n\r\n");
    /// ```
    #[must_use]
    pub fn of_request<B>(request: &Request<B>) -> Self {
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
            // Who is asked, not by whose password.
            let host = authority.as_str().rsplit('@').next().unwrap_or_default();
            let _ = write!(head, "Host: {host}\r\n");
        }
        push_headers(&mut head, request.headers());
        Self { head, body: None }
    }

    /// The first line and the headers of a response; without a body.
    #[must_use]
    pub fn of_response<B>(response: &Response<B>) -> Self {
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
        Self { head, body: None }
    }

    /// The same with a body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
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

impl ClientLogger {
    /// [`request`](Self::request) for a request of the `http` crate; `body` makes its body, if it can be shown, and is called only where it is
    /// asked for.
    ///
    /// # Examples
    /// ```
    /// use logtree::client::ClientLogger;
    ///
    /// let client = ClientLogger::for_service("S3");
    /// let request = http::Request::get("/key").body("text").unwrap();
    /// client.http_request(&request, |body| Some(body.as_bytes().to_vec()));
    /// ```
    pub fn http_request<B>(&self, request: &Request<B>, body: impl FnOnce(&B) -> Option<Vec<u8>>) {
        self.request(|with_body| Dump {
            body: with_body.then(|| body(request.body())).flatten(),
            ..Dump::of_request(request)
        });
    }

    /// [`response`](Self::response) for a response of the `http` crate; see [`http_request`](Self::http_request).
    pub fn http_response<B>(
        &self,
        response: &Response<B>,
        body: impl FnOnce(&B) -> Option<Vec<u8>>,
    ) {
        self.response(|with_body| Dump {
            body: with_body.then(|| body(response.body())).flatten(),
            ..Dump::of_response(response)
        });
    }
}

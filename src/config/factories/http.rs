//! Web servers.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::arguments::Arguments;
use crate::config::factories::table::Table;
use crate::config::factories::{credentials, delivery, tls};
use crate::handler::{Handler, HttpBody, HttpHandler};
use crate::record::OwnedValue;

pub(super) fn add(table: &mut Table<Handler>) {
    table.add(&["logging.handlers.HTTPHandler", "http"], |arguments| {
        arguments.by_place(&["host", "url", "method", "secure", "credentials", "context"]);
        let url = url(arguments);
        let body = body(arguments);
        let credentials = credentials::read(arguments);
        if arguments.optional::<OwnedValue>("context").is_some() {
            let message = "expected no context: an SSLContext is an object of Python";
            arguments.problem("context", message);
        }
        let headers: Option<BTreeMap<String, String>> = arguments.optional("headers");
        let timeout: Option<Duration> = arguments.optional("timeout");
        let tls = tls::read(arguments);
        let delivery = delivery::read(arguments);
        move || {
            let mut builder = HttpHandler::builder(url).body(body).delivery(delivery()?);
            if let Some((user, password)) = credentials {
                builder = builder.credentials(user, password);
            }
            for (name, value) in headers.unwrap_or_default() {
                builder = builder.header(name, value);
            }
            if let Some(timeout) = timeout {
                builder = builder.timeout(timeout);
            }
            Ok(tls::with_tls!(builder, tls).start()?.into())
        }
    });
}

/// Python's host and path, or an address with both.
fn url(arguments: &mut Arguments<'_>) -> String {
    let host: Option<String> = arguments.optional("host");
    let url: String = arguments.required("url");
    let secure = arguments.optional("secure").unwrap_or(false);
    let is_whole = url.contains("://");
    match host {
        None if is_whole => url,
        None => {
            let message = "expected the key \"host\", or an address with http:// as \"url\"";
            arguments.problem("url", message);
            url
        }
        Some(_) if !url.starts_with('/') => {
            let message = "expected a path that begins with a slash, as there is a \"host\"";
            arguments.problem("url", message);
            url
        }
        Some(host) => format!("{}://{host}{url}", if secure { "https" } else { "http" }),
    }
}

/// What Python's method stands for, or another body.
fn body(arguments: &mut Arguments<'_>) -> HttpBody {
    let method: Option<String> = arguments.optional("method");
    let body: Option<HttpBody> = arguments.optional("body");
    if method.is_some() && body.is_some() {
        arguments.problem("body", "\"method\" and \"body\" exclude each other");
    }
    match method.unwrap_or_default().to_ascii_uppercase().as_str() {
        "" | "GET" => body.unwrap_or(HttpBody::Query),
        "POST" => HttpBody::Form,
        _ => {
            arguments.problem("method", "expected GET or POST");
            HttpBody::Query
        }
    }
}

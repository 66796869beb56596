//! The handler that sends records by HTTP: [`HttpHandler`].

use std::fmt;
use std::time::Duration;

use crate::error::Error;
use crate::formatter::JsonFormatter;
use crate::handler::delivery::DeliveryHandler;
use crate::handler::delivery::delivery_type::delivery_type;
use crate::handler::delivery::options::{DeliveryOptions, delivery_options};
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::http::body::HttpBody;
use crate::handler::http::client::Target;
use crate::handler::http::transport::HttpTransport;
#[cfg(feature = "tls")]
use crate::handler::network::tls::Tls;
use crate::handler::options::{HandlerOptions, handler_options};
use crate::sys::sync::Arc;

/// Sends records to a web server: one a request as JSON, as a form or in the query, or many in a
/// request as lines of JSON or as an array.
///
/// Without a formatter, JSON is that of [`JsonFormatter`]; another formatter should write a JSON
/// object too. Forms do not use the formatter.
///
/// The response decides. A status of 200 to 299 means that the server has the records; after 408,
/// 425, 429 and those from 500 it tries again, no earlier than `Retry-After` says, up to 5 minutes;
/// after 413 it sends halves, and cuts the longest string of a single record. What any other status
/// refuses, redirects included, is dropped, counted and reported, or goes to the
/// [dead letters](HttpHandlerBuilder::dead_letters). Each request has an `Idempotency-Key`, which
/// is the same when the same records are sent again: by it a server can drop duplicates, of which
/// there is at most one request's worth for each failure.
///
/// Name look-up, connecting and sending take 5 seconds at most, each; the response 10 seconds; of
/// its body, 64 KiB are read. Proxies are not used. `https` needs the feature `tls`.
///
/// An outage costs what memory and the [spool](HttpHandlerBuilder::spool) have no room for; see
/// [`DeliveryHandler`].
///
/// Neither errors nor descriptions show the path or the query of the address, headers or
/// credentials.
///
/// # Python
/// `logging.handlers.HTTPHandler`, whose requests [`HttpBody::Query`] (its default) and
/// [`HttpBody::Form`] send: the attributes of the record, then the key-values, those with the name
/// of an attribute as `kv_NAME`. The text is `msg`, since a Rust message has no arguments. Python
/// does not look at the response, and drops the record where it cannot connect.
///
/// # Examples
/// ```no_run
/// use logtree::handler::{HttpBody, HttpHandler};
///
/// let handler = HttpHandler::builder("http://localhost:8080/logs?source=app")
///     .credentials("ann", std::env::var("LOG_PASSWORD")?)
///     .body(HttpBody::NdJson)
///     .start()?;
/// logtree::get_logger("").add_handler(handler);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct HttpHandler {
    handler: Handler,
    delivery: DeliveryHandler,
}

impl HttpHandler {
    /// Returns a handler that sends each record to an address as JSON.
    ///
    /// # Errors
    /// For an invalid address, or where the system has no thread left.
    pub fn new(url: impl AsRef<str>) -> Result<Self, Error> {
        Self::builder(url).start()
    }

    /// Returns a builder for a handler with other options. A user and a password in the address
    /// count as [credentials](HttpHandlerBuilder::credentials).
    pub fn builder(url: impl AsRef<str>) -> HttpHandlerBuilder {
        HttpHandlerBuilder {
            url: url.as_ref().to_owned(),
            body: HttpBody::default(),
            headers: Vec::new(),
            credentials: None,
            timeout: Duration::from_secs(30),
            #[cfg(feature = "tls")]
            tls: None,
            delivery: DeliveryOptions::default(),
            handler: HandlerOptions::default(),
        }
    }
}

handler_type!(HttpHandler);
delivery_type!(HttpHandler);

/// Makes an [`HttpHandler`].
#[derive(Clone)]
#[must_use]
pub struct HttpHandlerBuilder {
    url: String,
    body: HttpBody,
    headers: Vec<(String, String)>,
    credentials: Option<(String, String)>,
    timeout: Duration,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    delivery: DeliveryOptions,
    handler: HandlerOptions,
}

handler_options!(HttpHandlerBuilder, handler);
delivery_options!(HttpHandlerBuilder, delivery);

impl HttpHandlerBuilder {
    /// Sets what is sent; one JSON object a request by default.
    pub fn body(mut self, body: HttpBody) -> Self {
        self.body = body;
        self
    }

    /// Adds a header to each request, such as `Authorization`; the last one of a name counts.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets a user and a password (HTTP's `Basic` scheme). Without TLS, anyone on the way can read
    /// them.
    ///
    /// # Python
    /// The parameter `credentials`.
    pub fn credentials(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.credentials = Some((user.into(), password.into()));
        self
    }

    /// Sets which certificates are trusted; those of the system by default.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Sets how long a request takes at most, with its response; 30 seconds by default. Half of
    /// it is the most for its body, and for the response, but at least 5 and 10 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Starts the handler's thread, and returns the handler. Nothing is connected yet.
    ///
    /// # Errors
    /// For an invalid address or header, where a certificate cannot be read or the spool cannot be
    /// used, or the system has no thread left.
    pub fn start(self) -> Result<HttpHandler, Error> {
        let mut target = Target::new(&self.url)?;
        target.set_timeout(self.timeout)?;
        if let Some((user, password)) = &self.credentials {
            target.set_credentials(user, password)?;
        }
        for (name, value) in &self.headers {
            target.set_header(name, value)?;
        }
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls {
            target.set_tls(tls)?;
        }
        let transport = HttpTransport {
            target: Arc::new(target),
            body: self.body,
            json: JsonFormatter::new(),
        };
        let delivery = DeliveryHandler::with(Box::new(transport), self.delivery, self.handler)?;
        Ok(HttpHandler::over(delivery))
    }
}

impl fmt::Debug for HttpHandlerBuilder {
    /// Without what may be secret: the address, headers and credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpHandlerBuilder")
            .field("body", &self.body)
            .field("delivery", &self.delivery)
            .field("handler", &self.handler)
            .finish_non_exhaustive()
    }
}

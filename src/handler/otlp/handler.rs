//! The handler that sends records by OTLP: [`OtlpHandler`].

use std::fmt;
use std::time::Duration;

use crate::error::Error;
use crate::handler::delivery::DeliveryHandler;
use crate::handler::delivery::delivery_type::delivery_type;
use crate::handler::delivery::options::{DeliveryOptions, delivery_options};
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::http::client::Target;
#[cfg(feature = "tls")]
use crate::handler::network::tls::Tls;
use crate::handler::options::{HandlerOptions, handler_options};
use crate::handler::otlp::environment::Environment;
use crate::handler::otlp::resource::ResourceOf;
use crate::handler::otlp::transport::OtlpTransport;
use crate::record::OwnedValue;
use crate::sys::sync::Arc;
use crate::sys::variable::variable;

/// Where a collector listens by default.
const ENDPOINT: &str = "http://localhost:4318/v1/logs";

/// Sends records to a collector of OpenTelemetry, or to any service that takes its protocol: OTLP
/// over HTTP with protobuf.
///
/// | field | what it holds |
/// |---|---|
/// | `body` | the formatted line; without a formatter, the message |
/// | `severity_number` | 5 for `DEBUG`, 9 for `INFO`, 13 for `WARNING`, 17 for `ERROR`, 21 for `CRITICAL`; up to 3 more for numbers above these; 1 to 4 below 10 |
/// | `severity_text` | the level's name |
/// | scope | the logger's name |
/// | `trace_id`, `span_id`, `event_name` | the key-values of these names; identifiers in hexadecimal digits |
/// | `code.file.path`, `code.line.number`, `code.function.name` | where it was logged, as far as is known |
/// | `thread.id`, `thread.name` | the thread, by std's number |
/// | `exception.message`, `exception.stacktrace` | the error with its causes, and the stack trace, of records that have them |
/// | `log.record.uid` | what identifies the record: a receiver that sees one twice can drop it |
/// | other attributes | the other key-values with their types; integers beyond 64 bits as strings |
///
/// A record has up to 128 attributes; further ones are counted. A key that is taken gets an
/// underscore.
///
/// The resource has `service.name`, `service.instance.id` (random for each process), `host.name`,
/// `process.pid` and `telemetry.sdk.*`, and what the [builder](OtlpHandlerBuilder::resource) and
/// the environment add.
///
/// # Environment
/// What the builder does not set is read from OpenTelemetry's variables when the handler is
/// started; where there are two names, the one with `LOGS` counts:
///
/// | variable | meaning |
/// |---|---|
/// | `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT` | the address as it is |
/// | `OTEL_EXPORTER_OTLP_ENDPOINT` | the address without `/v1/logs`; `http://localhost:4318` by default |
/// | `OTEL_EXPORTER_OTLP_[LOGS_]HEADERS` | `name=value,…`, percent-encoded |
/// | `OTEL_EXPORTER_OTLP_[LOGS_]TIMEOUT` | for a request with its response, in milliseconds; 10,000 by default |
/// | `OTEL_EXPORTER_OTLP_[LOGS_]COMPRESSION` | `gzip` (feature `gzip`) or `none` |
/// | `OTEL_EXPORTER_OTLP_[LOGS_]CERTIFICATE` | a file of certificates in PEM form (feature `tls`) |
/// | `OTEL_EXPORTER_OTLP_[LOGS_]PROTOCOL` | `http/protobuf`; others are refused |
/// | `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` | the resource |
/// | `OTEL_BLRP_SCHEDULE_DELAY` | how long a record waits for others, in milliseconds; 1,000 by default |
/// | `OTEL_BLRP_MAX_EXPORT_BATCH_SIZE` | how many records are sent at once; 512 by default |
/// | `OTEL_BLRP_MAX_QUEUE_SIZE` | how many records wait in memory; 10,000 by default |
///
/// # Delivery
/// A status of 200 to 299 means that the receiver has the records. After 429, 502, 503 and 504, and
/// where there is no response, they are sent again, no earlier than `Retry-After` says, up to 5
/// minutes: there may be duplicates of at most one request for each failure. After 413, or 400 for
/// more than one record, halves are sent; a single record that is too large is cut. Records that
/// the receiver rejects (a partial success, or any other status, redirects included) are dropped,
/// counted and reported; those of a partial success are not in [`drops`](Self::drops), as their
/// levels are not known. An outage costs what memory and the [spool](OtlpHandlerBuilder::spool)
/// have no room for; see [`DeliveryHandler`]. Proxies are not used.
///
/// Neither errors nor descriptions show the path or the query of the address, or headers.
///
/// # Python
/// `LoggingHandler` of OpenTelemetry's SDK, whose severities it has.
///
/// # Examples
/// ```no_run
/// use logtree::handler::OtlpHandler;
///
/// // From the environment alone:
/// logtree::get_logger("").add_handler(OtlpHandler::new()?);
///
/// let handler = OtlpHandler::builder()
///     .endpoint("http://collector:4318/v1/logs")
///     .header("api-key", std::env::var("API_KEY")?)
///     .resource("service.name", "shop")
///     .start()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct OtlpHandler {
    handler: Handler,
    delivery: DeliveryHandler,
}

impl OtlpHandler {
    /// Returns a handler that the environment sets up.
    ///
    /// # Errors
    /// For a variable that cannot be obeyed, or where the system has no thread left.
    pub fn new() -> Result<Self, Error> {
        Self::builder().start()
    }

    /// Returns a builder for a handler with other options than those of the environment.
    pub fn builder() -> OtlpHandlerBuilder {
        OtlpHandlerBuilder {
            endpoint: None,
            headers: Vec::new(),
            timeout: None,
            gzip: None,
            #[cfg(feature = "tls")]
            tls: None,
            resource: Vec::new(),
            reads_environment: true,
            delivery: DeliveryOptions::default(),
            handler: HandlerOptions::default(),
        }
    }
}

handler_type!(OtlpHandler);
delivery_type!(OtlpHandler);

/// Makes an [`OtlpHandler`].
#[derive(Clone)]
#[must_use]
pub struct OtlpHandlerBuilder {
    endpoint: Option<String>,
    headers: Vec<(String, String)>,
    timeout: Option<Duration>,
    gzip: Option<bool>,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    resource: Vec<(String, OwnedValue)>,
    reads_environment: bool,
    delivery: DeliveryOptions,
    handler: HandlerOptions,
}

handler_options!(OtlpHandlerBuilder, handler);
delivery_options!(OtlpHandlerBuilder, delivery);

impl OtlpHandlerBuilder {
    /// Sets the address that records are posted to, as it is; `http://localhost:4318/v1/logs` by
    /// default. `https` needs the feature `tls`. A user and a password in it are sent as HTTP's
    /// `Basic` credentials.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Adds a header to each request; the last one of a name counts, also before the environment's.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets how long a request takes at most, with its response; 10 seconds by default. Half of
    /// it is the most for its body, and for the response, but at least 5 and 10 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets whether requests are compressed; off by default.
    #[cfg(feature = "gzip")]
    #[cfg_attr(docsrs, doc(cfg(feature = "gzip")))]
    pub fn gzip(mut self, gzip: bool) -> Self {
        self.gzip = Some(gzip);
        self
    }

    /// Sets which certificates are trusted; those of the system by default.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Adds an attribute to the resource, such as `service.name`; the last one of a key counts,
    /// also before the environment's.
    pub fn resource(mut self, key: impl Into<String>, value: impl Into<OwnedValue>) -> Self {
        let key = key.into();
        self.resource.retain(|(known, _)| *known != key);
        self.resource.push((key, value.into()));
        self
    }

    /// Sets whether the environment is read; on by default.
    pub fn environment(mut self, is_read: bool) -> Self {
        self.reads_environment = is_read;
        self
    }

    /// Starts the handler's thread, and returns the handler. Nothing is connected yet.
    ///
    /// # Errors
    /// For a variable that cannot be obeyed, an invalid address or header, where a certificate
    /// cannot be read or the spool cannot be used, or the system has no thread left.
    pub fn start(mut self) -> Result<OtlpHandler, Error> {
        let environment = match self.reads_environment {
            true => Environment::read(|name| variable(name).ok())?,
            false => Environment::default(),
        };
        let endpoint = self.endpoint.as_deref().or(environment.endpoint.as_deref());
        let mut target = Target::new(endpoint.unwrap_or(ENDPOINT))?;
        for (name, value) in environment.headers.iter().chain(&self.headers) {
            target.set_header(name, value)?;
        }
        let timeout = self.timeout.or(environment.timeout);
        let timeout = timeout.unwrap_or(Duration::from_secs(10));
        target.set_timeout(timeout)?;
        #[cfg(feature = "tls")]
        {
            let trusted = environment.certificates.as_ref();
            let trusted =
                trusted.map(|path| Tls::new().with_ca_file(path).with_only_ca_files(true));
            if let Some(tls) = self.tls.or(trusted) {
                target.set_tls(tls)?;
            }
        }
        if let Some(records) = environment.max_records {
            self.delivery.set_default_max_records(records);
        }
        let transport = OtlpTransport {
            target: Arc::new(target),
            resource: ResourceOf::new(&environment, &self.resource),
            linger: environment.linger.unwrap_or(Duration::from_secs(1)),
            batch_records: environment.batch_records.unwrap_or(512),
            gzip: self.gzip.unwrap_or(environment.gzip),
        };
        let delivery = DeliveryHandler::with(Box::new(transport), self.delivery, self.handler)?;
        Ok(OtlpHandler::over(delivery))
    }
}

impl fmt::Debug for OtlpHandlerBuilder {
    /// Without what may be secret: the address and headers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtlpHandlerBuilder")
            .field("timeout", &self.timeout)
            .field("resource", &self.resource)
            .field("delivery", &self.delivery)
            .field("handler", &self.handler)
            .finish_non_exhaustive()
    }
}

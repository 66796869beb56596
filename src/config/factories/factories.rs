//! The objects that a document can name: [`Factories`].

use std::io::Write;

use crate::config::arguments::Arguments;
#[cfg(feature = "gelf")]
use crate::config::factories::gelf;
#[cfg(feature = "http-handler")]
use crate::config::factories::http;
#[cfg(feature = "journald")]
use crate::config::factories::journald;
#[cfg(feature = "otlp")]
use crate::config::factories::otlp;
#[cfg(feature = "pretty")]
use crate::config::factories::pretty;
#[cfg(feature = "smtp")]
use crate::config::factories::smtp;
#[cfg(feature = "socket")]
use crate::config::factories::socket;
#[cfg(feature = "syslog")]
use crate::config::factories::syslog;
use crate::config::factories::table::Table;
use crate::config::factories::{colored, file, filter, formatter, json, memory, queue, stream};
use crate::config::streams::Streams;
use crate::error::Error;
use crate::filter::{Filter, SharedFilter};
use crate::formatter::Format;
use crate::handler::{Handler, NullHandler};
use crate::sys::sync::Arc;

/// The factories of handlers, formatters and filters that a document can name, as `class` or as
/// `()`, and the streams.
///
/// [`new`](Self::new) has those of this crate, under Python's names and under short ones. A crate
/// with handlers of its own offers a function that adds their factories. A name only selects a
/// function that was registered here: nothing is looked up, loaded or evaluated.
///
/// A factory reads its [`Arguments`] and returns the object. It runs while the document is checked,
/// so it also runs for a mere [check](crate::config::DictConfig::check), and without arguments for
/// the [schema](Self::json_schema); the object is dropped then. An object that opens a file, starts
/// a thread or refers to another handler is built by a deferred factory, whose second stage runs
/// once the whole document is known to be valid.
///
/// # Examples
/// ```
/// use logtree::config::{DictConfig, Factories};
/// use logtree::{Handler, Record, Registry};
/// use logtree::handler::{RotatingFileHandler, StreamHandler};
///
/// let own = Factories::new()
///     .handler("app.Counted", |arguments| {
///         let limit: usize = arguments.optional("limit").unwrap_or(100);
///         Ok(StreamHandler::new(Vec::with_capacity(limit)))
///     })
///     .handler_deferred("app.Audit", |arguments| {
///         let path: String = arguments.required("path");
///         move || RotatingFileHandler::builder(path).max_bytes(1 << 20).open()
///     })
///     .filter("app.Without", |arguments| {
///         let word: String = arguments.required("word");
///         Ok(move |record: &mut Record<'_>| !record.message().contains(&word))
///     });
/// let text = r#"{
///     "version": 1,
///     "filters": {"quiet": {"()": "app.Without", "word": "heartbeat"}},
///     "handlers": {"counted": {"class": "app.Counted", "limit": 10, "filters": ["quiet"]}},
///     "root": {"handlers": ["counted"]}
/// }"#;
/// let registry = Registry::new();
/// DictConfig::from_json(text)?.factories(own).install_in(&registry)?;
/// assert_eq!(registry.root().handlers().len(), 1);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Factories {
    pub(in crate::config) handlers: Table<Handler>,
    pub(in crate::config) formatters: Table<Arc<dyn Format>>,
    pub(in crate::config) filters: Table<SharedFilter>,
    pub(in crate::config) streams: Streams,
}

impl Factories {
    /// Returns the factories of this crate.
    ///
    /// | handlers | short name | arguments |
    /// |---|---|---|
    /// | `logging.StreamHandler` | `stream` | `stream` (`ext://sys.stderr`, `ext://sys.stdout`, or `stderr`, `stdout`), `color` |
    /// | `logging.NullHandler` | `null` | |
    /// | `logging.FileHandler` | `file` | `filename`, `mode` (`a`, `w`, `x`), `encoding` (UTF-8), `delay`, `errors`; and `permissions`, `create_dirs`, `follow_symlinks`, `buffered`, `flush_level`, `flush_interval` |
    /// | `logging.handlers.WatchedFileHandler` | `watched_file` | the same |
    /// | `logging.handlers.RotatingFileHandler` | `rotating_file` | the same, and `maxBytes`, `backupCount`; `compress`, `multi_process` |
    /// | `logging.handlers.TimedRotatingFileHandler` | `timed_rotating_file` | the same, and `when`, `interval`, `utc`, `atTime`; `suffix`, also as an attribute |
    /// | `logging.handlers.MemoryHandler` | `memory` | `capacity`, `flushLevel`, `target`, `flushOnClose`; `respect_target_level` |
    /// | `logging.handlers.QueueHandler` | `queue` | `handlers`, `respect_handler_level`, `queue`, `listener`; `bytes_per_thread`, `max_bytes`, `max_records`, `overflow`, `block_at_most` |
    /// | | `fallback` | `handlers` |
    /// | `logtree.RoutingHandler` | `router` | `key`, `max_open` (64), `missing` (`none`), and those of `file`, with `{value}` in the `filename` and without `mode`; with `maxBytes`, those of `rotating_file`: [`RoutingHandler`](crate::handler::RoutingHandler) |
    /// | `logging.handlers.SysLogHandler` | `syslog` (feature `syslog`) | `address` (`local`, `unix:PATH`, `udp:HOST:PORT`, `tcp:…`, `tls:…`, or a list of host and port), `facility`, `socktype`, `ident`, `append_nul`; `form` (`rfc5424`, `rfc3164`, `python`), `framing` (`octet_counting`, `newline`, `nul`, `none`), `app_name`, `host`, `enterprise`, `bom`, `sequence_id`, `max_message_bytes`, `resend_bytes`, a section `tls`, and those of delivery |
    /// | `systemd.journal.JournalHandler` | `journald` (feature `journald`) | `identifier` (or `SYSLOG_IDENTIFIER`), `socket`, and those of delivery |
    /// | `logging.handlers.HTTPHandler` | `http` (feature `http-handler`) | `host`, `url`, `method` (`GET`, `POST`), `secure`, `credentials`; `body` (`query`, `form`, `json`, `ndjson`, `json_array`), `headers`, `timeout`, a section `tls`, and those of delivery |
    /// | `logging.handlers.SocketHandler` | `socket` (feature `socket`) | `host` (or a path, without a port), `port`; `wire` (`pickle`, `json`), `resend_bytes`, a section `tls`, and those of delivery |
    /// | `logging.handlers.DatagramHandler` | `datagram` (feature `socket`) | `host`, `port`; `wire`, and those of delivery |
    /// | `logging.handlers.SMTPHandler` | `smtp` (feature `smtp`) | `mailhost`, `fromaddr`, `toaddrs`, `subject`, `credentials`, `secure` (a boolean, or a list: empty, or of a key and a certificate), `timeout`; `subject_format`, `credentials_in_clear`, a section `digest` with `within` and `max_records` (1,000), a section `tls`, and those of delivery |
    /// | | `gelf` (feature `gelf`) | `address`, `host`, `compression` (`none`, `gzip`, `zlib`), `datagram_bytes`, `resend_bytes`, a section `tls`, and those of delivery |
    /// | `opentelemetry.sdk._logs.LoggingHandler` | `otlp` (feature `otlp`) | `endpoint`, `headers`, `timeout`, `gzip`, `resource`, `environment`, a section `tls`, and those of delivery |
    ///
    /// Handlers that send to a receiver also take the arguments of delivery: `max_records`,
    /// `max_bytes`, `overflow`, `block_at_most`, `close_within`, `linger`, `batch_records`,
    /// `dead_letters`, and a section `spool` with `directory`, `max_bytes` and `sync_each`; see
    /// `DeliveryHandler`. A section `tls` (feature `tls`) has `ca_files`, `only_ca_files`,
    /// `certificate` with `key`, and `server_name`, which there is not over HTTP.
    ///
    /// Under Python's name, the handler for syslog has Python's defaults: the address
    /// `udp:localhost:514`, and the form `python`. As `syslog` it writes to the local daemon.
    ///
    /// | formatters | short name | arguments |
    /// |---|---|---|
    /// | `logging.Formatter` | `text`, and without a `class` | `format` (or `fmt`), `datefmt`, `style`, `validate`, `defaults`; `time_zone`, `multiline`, `append_key_values`, `missing` (`mark`, `fail`), `colors`, `sd_daemon` |
    /// | | `json`, `ecs`, `gcp`, `pino`, `bunyan`, `logstash`, `datadog` | `time`, `source`, `thread`, `process`, `spans`, `members`, `names` and `constants` (sections), `service`, `service_version`, `sd_daemon`; for `ecs` also `custom_prefix`, for `gcp` `project`: [`JsonFormatterBuilder`](crate::formatter::JsonFormatterBuilder) |
    /// | `pythonjsonlogger.json.JsonFormatter`, `pythonjsonlogger.jsonlogger.JsonFormatter`, and those of `orjson` and `msgspec` | | `format` (or `fmt`), `datefmt`, `style`, `validate`, `rename_fields`, `static_fields`, `reserved_attrs`, `timestamp`, `prefix`; `json_indent` and `json_ensure_ascii`, without effect |
    /// | | `logfmt` | `time`, `source`, `sd_daemon` |
    /// | `colorlog.ColoredFormatter` | | `format` (or `fmt`), `datefmt`, `style`, `validate`, `defaults`, `log_colors`, `secondary_log_colors`, `reset`, `no_color`, `force_color`; `stream`, without effect, as colours are shown where the handler's stream shows them |
    /// | `uvicorn.logging.DefaultFormatter`, `uvicorn.logging.AccessFormatter` | | `format` (or `fmt`), `datefmt`, `style`, `validate`, `defaults`, `use_colors`; `levelprefix`, and of the key-values of an access `request_line` (or `method`, `full_path` and `http_version`), `status_code` |
    /// | | `iot_json` | `account` |
    /// | `logtree.PrettyFormatter` | `pretty` (feature `pretty`) | `preset` (`pretty`, `loguru`, `zerolog`, `charm`, `pino`), `time_zone`, `repeat_times`, `short_levels`, `name_width`, `align_names`, `source`, `width`, `wrap`, `ascii`, `humanize`, `fields_order` and `exclude` (lists of keys), `color_names`, `icons`, `highlight`, `links`, `tree`, `since_last`; `key_styles` and `level_styles`: `{"user": "bold magenta", "WARNING": "bright_red on_black"}` |
    /// | `logtree.AutoFormatter` | `auto` (feature `pretty`) | `elsewhere` (`text`, `plain`, `json`, `logfmt`, `ecs`, `gcp`, `pino`, `bunyan`, `logstash`, `datadog`, `python`), and those of `pretty` |
    ///
    /// | filters | short name | arguments |
    /// |---|---|---|
    /// | `logging.Filter` | `name`, and without a `class` | `name` |
    /// | | `level_range` | `min`, `max`, both inclusive |
    /// | | `redact` | `names`, `except`, `personal_data`, `vendor_tokens`: [`RedactingFilter`](crate::filter::RedactingFilter) |
    /// | `logtree.EditingFilter` | `edit` | `without_error`, `without_stack`, `remove` (a list of keys), `rename` (a section of keys and their new names): [`EditingFilter`](crate::filter::EditingFilter) |
    /// | `logtree.RateLimitFilter` | `rate_limit` | `rate`, `per` (a second), `burst`, `by` (`call_site`, `logger`, `message`) or `field`, `even_errors`, `summary_after`: [`RateLimitFilter`](crate::filter::RateLimitFilter) |
    /// | `logtree.SampleFilter` | `sample` | `first` with `then_every` (0) and `per` (a second), `every`, or `ratio`, which may have `ratio_by`; `by` or `field`, `even_errors`, `summary_after`: [`SampleFilter`](crate::filter::SampleFilter) |
    /// | `logtree.DedupFilter` | `dedup` | `window`, `fields`, `even_errors`: [`DedupFilter`](crate::filter::DedupFilter) |
    ///
    /// Every handler takes `level`, `formatter` and `filters`. Streams have the attribute
    /// `terminator`; text formatters have `default_time_format`, `default_msec_format` and
    /// `converter` (`ext://time.gmtime`).
    #[must_use]
    pub fn new() -> Self {
        let mut handlers = Table::new("handler");
        handlers.add(&["logging.NullHandler", "null"], |_| {
            || Ok(NullHandler::new().into())
        });
        stream::add(&mut handlers);
        file::add(&mut handlers);
        #[cfg(feature = "journald")]
        journald::add(&mut handlers);
        #[cfg(feature = "gelf")]
        gelf::add(&mut handlers);
        #[cfg(feature = "http-handler")]
        http::add(&mut handlers);
        memory::add(&mut handlers);
        #[cfg(feature = "otlp")]
        otlp::add(&mut handlers);
        queue::add(&mut handlers);
        #[cfg(feature = "smtp")]
        smtp::add(&mut handlers);
        #[cfg(feature = "socket")]
        socket::add(&mut handlers);
        #[cfg(feature = "syslog")]
        syslog::add(&mut handlers);
        let mut formatters = Table::new("formatter");
        formatter::add(&mut formatters);
        json::add(&mut formatters);
        colored::add(&mut formatters);
        #[cfg(feature = "pretty")]
        pretty::add(&mut formatters);
        let mut filters = Table::new("filter");
        filter::add(&mut filters);
        Self {
            handlers,
            formatters,
            filters,
            streams: Streams::default(),
        }
    }

    /// Adds a factory of handlers, replacing an earlier one of the name.
    #[must_use]
    pub fn handler<F, H>(self, name: &str, factory: F) -> Self
    where
        F: Fn(&mut Arguments<'_>) -> Result<H, Error> + Send + Sync + 'static,
        H: Into<Handler>,
    {
        self.handler_deferred(name, move |arguments| {
            let handler = arguments.build(|arguments| factory(arguments).map(Into::into));
            move || handler
        })
    }

    /// Adds a factory of handlers that has two stages: it reads the arguments and returns a
    /// closure, which builds the handler once the whole document is known to be valid.
    #[must_use]
    pub fn handler_deferred<F, B, H>(mut self, name: &str, factory: F) -> Self
    where
        F: Fn(&mut Arguments<'_>) -> B + Send + Sync + 'static,
        B: FnOnce() -> Result<H, Error> + 'static,
        H: Into<Handler>,
    {
        self.handlers.add(&[name], move |arguments| {
            let build = factory(arguments);
            move || build().map(Into::into)
        });
        self
    }

    /// Adds a factory of formatters, replacing an earlier one of the name.
    #[must_use]
    pub fn formatter<F, T>(mut self, name: &str, factory: F) -> Self
    where
        F: Fn(&mut Arguments<'_>) -> Result<T, Error> + Send + Sync + 'static,
        T: Format + 'static,
    {
        self.formatters.add(&[name], move |arguments| {
            let formatter = arguments.build(&factory);
            move || formatter.map(|format| Arc::new(format) as Arc<dyn Format>)
        });
        self
    }

    /// Adds a factory of filters, replacing an earlier one of the name.
    #[must_use]
    pub fn filter<F, T>(mut self, name: &str, factory: F) -> Self
    where
        F: Fn(&mut Arguments<'_>) -> Result<T, Error> + Send + Sync + 'static,
        T: Filter + 'static,
    {
        self.filters.add(&[name], move |arguments| {
            let filter = arguments.build(&factory);
            move || filter.map(SharedFilter::from)
        });
        self
    }

    /// Adds a stream that a document can name, as `ext://name`, replacing an earlier one of the
    /// name. It is opened once the whole document is known to be valid.
    ///
    /// # Examples
    /// ```
    /// use logtree::config::Factories;
    ///
    /// let own = Factories::new().stream("app.console", || Box::new(std::io::sink()));
    /// ```
    #[must_use]
    pub fn stream(
        mut self,
        name: &str,
        open: impl Fn() -> Box<dyn Write + Send> + Send + Sync + 'static,
    ) -> Self {
        self.streams.insert(name, Arc::new(open));
        self
    }
}

impl Default for Factories {
    fn default() -> Self {
        Self::new()
    }
}

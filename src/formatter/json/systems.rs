//! JSON as other systems read it.

#[cfg(feature = "config")]
use crate::error::Error;
use crate::formatter::json::builder::JsonFormatterBuilder;
use crate::formatter::json::formatter::JsonFormatter;
use crate::formatter::json::preset::Preset;
use crate::formatter::template::Field;
#[cfg(feature = "config")]
use crate::formatter::template::{self, Segment, TemplateStyle};
use crate::formatter::time::TimeFormat;
use crate::formatter::zone::TimeZone;

macro_rules! presets {
    ($($name:ident)+) => {
        impl JsonFormatter {
            $(
                #[doc = concat!("Returns a formatter with [`JsonFormatterBuilder::", stringify!($name), "`].")]
                #[must_use]
                pub fn $name() -> Self {
                    Self::builder().$name().build()
                }
            )+
        }
    };
}

presets! {
    ecs pino bunyan logstash datadog
}

impl JsonFormatter {
    /// Returns a formatter with [`JsonFormatterBuilder::gcp`].
    #[must_use]
    pub fn gcp(project: impl Into<String>) -> Self {
        Self::builder().gcp(project).build()
    }
}

impl JsonFormatterBuilder {
    /// Writes what Elastic's ECS loggers write: `@timestamp`, `log.level`, `message` and
    /// `ecs.version` first, all names with their dots, not nested; `log.logger`, `log.origin.…`,
    /// `process.…`, and the `service.…` that is [set](Self::service); `error.message` and
    /// `error.stack_trace`.
    ///
    /// The key-values `trace_id`, `transaction_id` and `span_id` become `trace.id`,
    /// `transaction.id` and `span.id`. Any other key with a dot is the name of a field; one without
    /// is a label, `labels.KEY`, whose value is text, or a field of your own with
    /// [`ecs_custom_prefix`](Self::ecs_custom_prefix).
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::{Format, JsonFormatter, Line};
    /// use logtree::time::Timestamp;
    /// use logtree::{Level, Record};
    ///
    /// let formatter = JsonFormatter::builder().ecs().service("shop");
    /// let formatter = formatter.source(false).thread(false).process(false).build();
    /// let record = Record::builder().name("app").level(Level::INFO).message("up");
    /// let record = record.time(Timestamp::from_nanos(0)).key_value("port", 80).build();
    /// let mut line = Line::new();
    /// formatter.format(&record, &mut line)?;
    /// assert_eq!(
    ///     line.as_str(),
    ///     concat!(
    ///         r#"{"@timestamp":"1970-01-01T00:00:00.000Z","log.level":"INFO","message":"up","#,
    ///         r#""ecs.version":"8.11.0","log.logger":"app","service.name":"shop","#,
    ///         r#""event.dataset":"shop.log","labels.port":"80"}"#
    ///     )
    /// );
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn ecs(self) -> Self {
        self.preset(Preset::Ecs { prefix: None })
    }

    /// Sets under which name key-values without a dot are fields of ECS, with their own types:
    /// `PREFIX.KEY` in place of `labels.KEY`. Without [`ecs`](Self::ecs) it has no effect.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::{Format, JsonFormatter, Line};
    ///
    /// let formatter = JsonFormatter::builder().ecs().ecs_custom_prefix("shop").build();
    /// let record = logtree::Record::builder().key_value("rows", 3).build();
    /// let mut line = Line::new();
    /// formatter.format(&record, &mut line)?;
    /// assert!(line.as_str().ends_with(r#","shop.rows":3}"#));
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn ecs_custom_prefix(mut self, prefix: impl Into<String>) -> Self {
        if let Preset::Ecs { prefix: known } = &mut self.preset {
            *known = Some(prefix.into());
        }
        self
    }

    /// Writes what the agents of Google Cloud Logging read: `severity`, `time` with nanoseconds,
    /// `message`, and `logging.googleapis.com/…`: `sourceLocation`, `labels` with the logger and
    /// the thread, an `insertId` by which a line that is read twice is stored once.
    ///
    /// The key-values `trace_id`, `span_id` and `trace_sampled` become the entry's trace, in the
    /// project, its span, and whether it is sampled; others are as they are, so a map `httpRequest`
    /// is the entry's request. Names that the agent takes for the time (`timestamp`) get an
    /// underscore.
    ///
    /// Records from `ERROR` on are reported as errors, for the [service](Self::service) if it is
    /// set; `exception` is an error's text, `stack_trace` that and the stack. The message of an
    /// object of more than 250,000 bytes is cut, which the label `message_bytes_cut` reports, since
    /// the service rejects entries of more than 256 KiB.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::{Format, JsonFormatter, Line};
    /// use logtree::{Level, Record};
    ///
    /// let record = Record::builder().level(Level::WARNING).message("slow");
    /// let record = record.key_value("trace_id", "4bf9").build();
    /// let mut line = Line::new();
    /// JsonFormatter::gcp("my-project").format(&record, &mut line)?;
    /// assert!(line.as_str().starts_with(r#"{"severity":"WARNING","time":""#));
    /// let trace = r#""logging.googleapis.com/trace":"projects/my-project/traces/4bf9""#;
    /// assert!(line.as_str().contains(trace));
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn gcp(self, project: impl Into<String>) -> Self {
        let project = project.into();
        self.preset(Preset::Gcp { project })
    }

    /// Writes what Node's pino writes: `level` as a number (10 for `TRACE`, 30 for `INFO`, 60 for
    /// `CRITICAL`), `time` in milliseconds since the epoch, `pid`, `hostname`, the logger as
    /// `name`, `msg`; an error as `err`, with `message` and `stack`.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::{Format, JsonFormatter, Line};
    /// use logtree::time::Timestamp;
    ///
    /// let record = logtree::Record::builder().level(logtree::Level::INFO).message("up");
    /// let record = record.time(Timestamp::from_nanos(1_000_000)).build();
    /// let mut line = Line::new();
    /// JsonFormatter::pino().format(&record, &mut line)?;
    /// assert!(line.as_str().starts_with(r#"{"level":30,"time":1,"pid":"#));
    /// assert!(line.as_str().ends_with(r#","msg":"up"}"#));
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn pino(self) -> Self {
        self.preset(Preset::Pino)
    }

    /// Writes what Node's bunyan writes: as [`pino`](Self::pino), with a `time` in RFC 3339 and
    /// `v`, the version of the format.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::{Format, JsonFormatter, Line};
    /// use logtree::time::Timestamp;
    ///
    /// let record = logtree::Record::builder().name("app").time(Timestamp::from_nanos(0));
    /// let record = record.message("up").build();
    /// let mut line = Line::new();
    /// JsonFormatter::bunyan().format(&record, &mut line)?;
    /// assert!(line.as_str().starts_with(r#"{"name":"app","hostname":""#));
    /// assert!(line.as_str().ends_with(r#""time":"1970-01-01T00:00:00.000Z","v":0}"#));
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn bunyan(self) -> Self {
        self.preset(Preset::Bunyan)
    }

    /// Writes what logstash's encoder for logback writes: `@timestamp`, `@version`, `message`,
    /// `logger_name`, `thread_name`, `level`, `level_value` (logback's numbers, 20,000 for `INFO`);
    /// error and stack as `stack_trace`; with [`source`](Self::source) `caller_…`.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::{Format, JsonFormatter, Line};
    ///
    /// let record = logtree::Record::builder().level(logtree::Level::INFO).message("up").build();
    /// let mut line = Line::new();
    /// JsonFormatter::logstash().format(&record, &mut line)?;
    /// assert!(line.as_str().contains(r#","@version":"1","message":"up","#));
    /// assert!(line.as_str().ends_with(r#","level":"INFO","level_value":20000}"#));
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn logstash(self) -> Self {
        self.preset(Preset::Logstash)
    }

    /// Writes the attributes that Datadog knows: `timestamp`, `status`, `message`, `logger.name`,
    /// `logger.thread_name`, `error.message` and `error.stack`, and the [service](Self::service) if
    /// it is set. The key-values `trace_id` and `span_id` become `dd.trace_id` and `dd.span_id`.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::{Format, JsonFormatter, Line};
    ///
    /// let record = logtree::Record::builder().level(logtree::Level::ERROR).message("down");
    /// let record = record.build();
    /// let mut line = Line::new();
    /// JsonFormatter::datadog().format(&record, &mut line)?;
    /// assert!(line.as_str().contains(r#","status":"error","message":"down","#));
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn datadog(self) -> Self {
        self.preset(Preset::Datadog)
    }

    /// Writes members with the names of Python's fields, as python-json-logger does: `asctime` (in
    /// Python's format and local time), `levelname`, `name`, `message`, and the others of a
    /// [`Formatter`](crate::Formatter). Any other name is that of a key-value, which is null in
    /// records that lack it. Further key-values follow, then `exc_info` and `stack_info`, if the
    /// record has them.
    ///
    /// # Python
    /// `pythonjsonlogger.json.JsonFormatter`. A Rust error has no traceback: `exc_info` is its text
    /// with its causes.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::{Format, JsonFormatter, Line};
    ///
    /// let fields = ["levelname", "name", "message", "user"];
    /// let formatter = JsonFormatter::builder().python(fields).build();
    /// let record = logtree::Record::builder().name("app").message("up").key_value("n", 1).build();
    /// let mut line = Line::new();
    /// formatter.format(&record, &mut line)?;
    /// let expected = r#"{"levelname":"NOTSET","name":"app","message":"up","user":null,"n":1}"#;
    /// assert_eq!(line.as_str(), expected);
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn python(self, fields: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let fields = fields.into_iter();
        self.preset(Preset::Python {
            fields: fields.map(|name| Field::of_name(name.as_ref())).collect(),
            time: TimeFormat::python(TimeZone::Local),
            timestamp: None,
            hidden: Vec::new(),
        })
    }

    /// [`python`](Self::python) with the fields of a template and further ones, and
    /// python-json-logger's other options: a pattern for `asctime`, the name of a further time, and
    /// keys that are not written.
    #[cfg(feature = "config")]
    pub(crate) fn python_json_logger(
        self,
        (template, style, is_checked): (&str, TemplateStyle, bool),
        further: &[&str],
        date_format: Option<&str>,
        timestamp: Option<String>,
        hidden: Vec<String>,
    ) -> Result<Self, Error> {
        let segments = match is_checked {
            true => template::parse(template, style)?,
            false => template::parse_unchecked(template, style)?,
        };
        let fields = segments.into_iter().filter_map(|segment| match segment {
            Segment::Field { field, .. } => Some(field),
            Segment::Literal(_) => None,
        });
        let further = further.iter().map(|name| Field::of_name(name));
        let time = match date_format.filter(|pattern| !pattern.is_empty()) {
            Some(pattern) => TimeFormat::strftime(pattern, TimeZone::Local)?,
            None => TimeFormat::python(TimeZone::Local),
        };
        Ok(self.preset(Preset::Python {
            fields: fields.chain(further).collect(),
            time,
            timestamp,
            hidden,
        }))
    }
}

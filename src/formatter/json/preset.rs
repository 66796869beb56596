//! The objects of other systems: [`Preset`].

use crate::formatter::json::content::{Content, LevelForm};
use crate::formatter::json::field_map::Member;
use crate::formatter::json::gcp::{self, Part};
use crate::formatter::json::time::{JsonTime, TimeWriter};
use crate::formatter::template::Field;
use crate::formatter::time::TimeFormat;
use crate::record::OwnedValue;
use crate::sys::host_name::host_name;

/// Which system's objects are written.
#[derive(Clone, Debug, Default)]
pub(super) enum Preset {
    #[default]
    Plain,
    Ecs {
        prefix: Option<String>,
    },
    Gcp {
        project: String,
    },
    Pino,
    Bunyan,
    Logstash,
    Datadog,
    /// Members with the names of Python's fields.
    Python {
        fields: Vec<Field>,
        /// How `asctime` is written.
        time: TimeFormat,
        /// The name of a further time.
        timestamp: Option<String>,
        /// Keys of key-values that are not written.
        hidden: Vec<String>,
    },
}

/// What the members depend on.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub(super) time: JsonTime,
    pub(super) source: bool,
    pub(super) thread: bool,
    pub(super) process: bool,
    pub(super) spans: bool,
    pub(super) service: Option<String>,
    pub(super) service_version: Option<String>,
    pub(super) constants: Vec<(String, OwnedValue)>,
}

const ECS_VERSION: &str = "8.11.0";

impl Preset {
    /// Returns all members, in order.
    pub(super) fn members(&self, options: &Options) -> Vec<Member> {
        let (early, late) = self.contents(options);
        let constants = self.constants(options);
        let is_other = |name: &str| constants.iter().all(|(constant, _)| constant != name);
        let mut members = Vec::new();
        let mut add = |named: Named<'_>, is_late| {
            for member in named.into_iter().filter(|(_, name, _)| is_other(name)) {
                let is_written = options.writes(member.0);
                members.push(Member::new(member, is_written, is_late));
            }
        };
        add(early, false);
        add(late, true);
        // They are after the others that precede the key-values.
        members.extend(
            constants.iter().map(|(name, value)| {
                Member::new((name, name, Content::constant(value)), true, false)
            }),
        );
        members
    }

    /// Returns the constants, with what follows from the service.
    pub(super) fn constants(&self, options: &Options) -> Vec<(String, OwnedValue)> {
        let names = match self {
            Self::Ecs { .. } => Some(("service.name", "service.version")),
            Self::Datadog => Some(("service", "version")),
            // It has them where errors are.
            Self::Gcp { .. } => None,
            _ => Some(("service", "service_version")),
        };
        let mut constants: Vec<(String, OwnedValue)> = Vec::new();
        if let Some((service, version)) = names {
            let given = [
                (service, &options.service),
                (version, &options.service_version),
            ];
            let given = given
                .into_iter()
                .filter_map(|(name, text)| Some((name, text.as_ref()?)));
            constants.extend(given.map(|(name, text)| (name.to_owned(), text.as_str().into())));
        }
        for (name, value) in &options.constants {
            match constants.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => *known = value.clone(),
                None => constants.push((name.clone(), value.clone())),
            }
        }
        let find = |name| constants.iter().find(|(known, _)| known == name);
        if let (Self::Ecs { .. }, None, Some((_, service))) =
            (self, find("event.dataset"), find("service.name"))
        {
            let dataset = format!("{service}.log");
            constants.push(("event.dataset".to_owned(), dataset.into()));
        }
        constants
    }

    fn contents<'p>(&'p self, options: &'p Options) -> (Named<'p>, Named<'p>) {
        use Content::{Error, ErrorAndStack, ErrorObject, FirstOf, Message, Stack};
        let time = || Content::Time(options.time.into());
        let constant = |value: &str| Content::constant(&value.into());
        let host = || Content::constant(&host_name().into());
        let (level, logger) = (Content::Level, || Content::Field(Field::Name));
        let field = Content::Field;
        let spans = [
            ("span", "span", Content::Spans { all: false }),
            ("spans", "spans", Content::Spans { all: true }),
        ];
        let (mut early, late) = match self {
            Self::Plain => (
                vec![
                    ("time", "time", time()),
                    ("level", "level", level(LevelForm::Name)),
                    ("logger", "logger", logger()),
                    ("message", "message", Message),
                    ("file", "file", field(Field::PathName)),
                    ("line", "line", field(Field::LineNumber)),
                    ("function", "function", field(Field::Function)),
                    ("module_path", "module_path", field(Field::ModulePath)),
                    ("thread", "thread", field(Field::Thread)),
                    ("thread_name", "thread_name", Content::OptionalThreadName),
                    ("process", "process", field(Field::Process)),
                ],
                vec![("error", "error", Error), ("stack", "stack", Stack)],
            ),
            Self::Ecs { .. } => (
                vec![
                    ("time", "@timestamp", time()),
                    ("level", "log.level", level(LevelForm::Name)),
                    ("message", "message", Message),
                    ("ecs.version", "ecs.version", constant(ECS_VERSION)),
                    ("logger", "log.logger", logger()),
                    ("file", "log.origin.file.name", field(Field::PathName)),
                    ("line", "log.origin.file.line", field(Field::LineNumber)),
                    ("function", "log.origin.function", field(Field::Function)),
                    ("process", "process.pid", field(Field::Process)),
                    ("thread", "process.thread.id", field(Field::Thread)),
                    (
                        "thread_name",
                        "process.thread.name",
                        field(Field::ThreadName),
                    ),
                    ("trace.id", "trace.id", FirstOf(&["trace_id", "trace.id"])),
                    (
                        "transaction.id",
                        "transaction.id",
                        FirstOf(&["transaction_id", "transaction.id"]),
                    ),
                    ("span.id", "span.id", FirstOf(&["span_id", "span.id"])),
                ],
                vec![
                    ("error", "error.message", Error),
                    ("stack", "error.stack_trace", Stack),
                ],
            ),
            Self::Gcp { project } => gcp_contents(project, options, time()),
            Self::Pino => (
                vec![
                    ("level", "level", level(LevelForm::Bunyan)),
                    ("time", "time", time()),
                    ("process", "pid", field(Field::Process)),
                    ("hostname", "hostname", host()),
                    ("logger", "name", logger()),
                    ("message", "msg", Message),
                ],
                vec![("error", "err", ErrorObject)],
            ),
            Self::Bunyan => (
                vec![
                    ("logger", "name", logger()),
                    ("hostname", "hostname", host()),
                    ("process", "pid", field(Field::Process)),
                    ("level", "level", level(LevelForm::Bunyan)),
                    ("message", "msg", Message),
                    ("time", "time", time()),
                ],
                vec![
                    ("error", "err", ErrorObject),
                    ("v", "v", Content::constant(&0.into())),
                ],
            ),
            Self::Logstash => (
                vec![
                    ("time", "@timestamp", time()),
                    ("@version", "@version", constant("1")),
                    ("message", "message", Message),
                    ("logger", "logger_name", logger()),
                    ("thread_name", "thread_name", field(Field::ThreadName)),
                    ("level", "level", level(LevelForm::Name)),
                    ("level_value", "level_value", level(LevelForm::Logback)),
                    ("file", "caller_file_name", field(Field::PathName)),
                    ("line", "caller_line_number", field(Field::LineNumber)),
                    ("function", "caller_method_name", field(Field::Function)),
                ],
                vec![("error", "stack_trace", ErrorAndStack)],
            ),
            Self::Datadog => (
                vec![
                    ("time", "timestamp", time()),
                    ("level", "status", level(LevelForm::LowerCase)),
                    ("message", "message", Message),
                    ("logger", "logger.name", logger()),
                    (
                        "thread_name",
                        "logger.thread_name",
                        field(Field::ThreadName),
                    ),
                    ("function", "logger.method_name", field(Field::Function)),
                    (
                        "dd.trace_id",
                        "dd.trace_id",
                        FirstOf(&["trace_id", "dd.trace_id"]),
                    ),
                    (
                        "dd.span_id",
                        "dd.span_id",
                        FirstOf(&["span_id", "dd.span_id"]),
                    ),
                ],
                vec![
                    ("error", "error.message", Error),
                    ("stack", "error.stack", ErrorAndStack),
                ],
            ),
            Self::Python {
                fields, timestamp, ..
            } => return python_contents(fields, timestamp.as_deref()),
        };
        early.extend(spans);
        (early, late)
    }
}

/// Members: the names that they are chosen by, the names that they have.
type Named<'p> = Vec<(&'p str, &'p str, Content)>;

fn gcp_contents<'p>(
    project: &'p str,
    options: &'p Options,
    time: Content,
) -> (Named<'p>, Named<'p>) {
    let trace = match project {
        "" => String::new(),
        project => format!("projects/{project}/traces/"),
    };
    let parts = |parts: Vec<(&'static str, Part)>| {
        let named = parts.into_iter();
        named.map(|(name, part)| (name, name, Content::Gcp(part)))
    };
    let mut early = vec![
        ("level", "severity", Content::Level(LevelForm::Severity)),
        ("time", "time", time),
        ("message", "message", Content::Message),
    ];
    early.extend(parts(vec![
        (gcp::SOURCE_LOCATION, Part::SourceLocation),
        ("logging.googleapis.com/trace", Part::Trace(trace)),
        ("logging.googleapis.com/spanId", Part::SpanId),
        ("logging.googleapis.com/trace_sampled", Part::TraceSampled),
        ("logging.googleapis.com/labels", Part::Labels),
        ("logging.googleapis.com/insertId", Part::InsertId),
        ("@type", Part::Type),
    ]));
    if let Some(service) = &options.service {
        let version = options.service_version.as_deref().map(OwnedValue::from);
        let version = version.map(|version| ("version".to_owned(), version));
        let service = ("service".to_owned(), service.as_str().into());
        let context = OwnedValue::Map([service].into_iter().chain(version).collect());
        early.extend(parts(vec![(
            "serviceContext",
            Part::ServiceContext(context),
        )]));
    }
    let late = parts(vec![
        ("exception", Part::Exception),
        ("stack_trace", Part::StackTrace),
    ]);
    (early, late.collect())
}

fn python_contents<'p>(fields: &'p [Field], timestamp: Option<&'p str>) -> (Named<'p>, Named<'p>) {
    let (error, stack) = ("exc_info", "stack_info");
    let mut early: Named<'p> = Vec::new();
    for field in fields {
        let content = match field {
            Field::Message | Field::Msg => Content::Message,
            Field::ErrorInfo | Field::StackInfo => continue,
            Field::ErrorText => Content::Error,
            Field::KeyValue(_) | Field::TaskName => Content::key_value(field.name(), true),
            field => Content::Field(field.clone()),
        };
        if early.iter().all(|(id, ..)| *id != field.name()) {
            early.push((field.name(), field.name(), content));
        }
    }
    if let Some(name) = timestamp {
        early.push((name, name, Content::Time(TimeWriter::python_iso())));
    }
    let late = vec![
        (error, error, Content::Error),
        (stack, stack, Content::Stack),
    ];
    (early, late)
}

impl Options {
    /// Reports whether a member is written.
    fn writes(&self, id: &str) -> bool {
        match id {
            "file" | "line" | "function" | "module_path" | gcp::SOURCE_LOCATION => self.source,
            "thread" | "thread_name" => self.thread,
            "process" => self.process,
            "span" | "spans" => self.spans,
            _ => true,
        }
    }
}

//! A record as JSON: [`Event`].

use logtree::record::{OwnedValue, RecordBuilder, Source};
use logtree::time::Timestamp;
use logtree::{Level, Logger, Registry};
use serde_json::Value;

use crate::members::Members;
use crate::{names, number, value};

/// A record that was written as JSON, by this crate's formatters or another library.
///
/// Understood are the lines of [`JsonFormatter`](logtree::formatter::JsonFormatter) and of a live
/// tail, Python's attributes (`levelno`, `exc_text` …), pino, bunyan, zerolog, zap, slog,
/// `tracing-subscriber`, and the Elastic Common Schema. What has no place in a record becomes a
/// key-value, and that of a nested object one with a path as its key: `err.type`.
///
/// # Examples
/// ```
/// use logtree::Level;
/// use logtree_replay::Event;
///
/// let event = Event::read(r#"{"level":30,"time":1700000000000,"msg":"up","port":80}"#);
/// let event = event.expect("a line of pino");
/// assert_eq!((event.level, &*event.message), (Level::INFO, "up"));
/// assert_eq!(Event::read("no JSON").is_none(), true);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The time, if the line has one.
    pub time: Option<Timestamp>,
    /// The name of the logger; empty if the line has none.
    pub logger: String,
    /// The level.
    pub level: Level,
    /// The level's name in the line, if it is none of this crate's.
    pub level_name: Option<String>,
    /// The message.
    pub message: String,
    /// The path or name of the file; empty if unknown.
    pub file: String,
    /// The line in the file; 0 if unknown.
    pub line: u32,
    /// The function; empty if unknown.
    pub function: String,
    /// The module path; empty if unknown.
    pub module_path: String,
    /// The number of the thread; 0 if unknown.
    pub thread_id: u64,
    /// The name of the thread.
    pub thread: Option<String>,
    /// The id of the process.
    pub process: Option<u32>,
    /// The text of the error.
    pub error: Option<String>,
    /// The stack trace.
    pub stack: Option<String>,
    /// Everything else, in order.
    pub key_values: Vec<(String, OwnedValue)>,
}

impl Event {
    /// Reads a line. Returns [`None`] if it is not an object with a level, and a message or a time.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        Self::read_in(Registry::global(), line)
    }

    /// Reads a line with the level names of a registry; see [`read`](Self::read).
    #[must_use]
    pub fn read_in(registry: &Registry, line: &str) -> Option<Self> {
        let mut members = Members::read(line)?;
        let level = read_level(registry, &mut members)?;
        let time = members.take(names::TIME, number::time);
        let message = members.take(names::MESSAGE, value::text);
        if message.is_none() && time.is_none() {
            return None;
        }
        let mut logger = members.take(names::LOGGER, string);
        if logger.is_none() && level.is_number {
            logger = members.take(names::LOGGER_BESIDE_NUMBERS, string);
        }
        let process = members.take(names::PROCESS, |value| u32::try_from(value.as_u64()?).ok());
        let mut event = Self {
            time,
            logger: logger.unwrap_or_default(),
            level: level.level,
            level_name: level.name,
            message: message.unwrap_or_default(),
            file: members.take(names::FILE, string).unwrap_or_default(),
            line: members.take(names::LINE, line_number).unwrap_or_default(),
            function: members.take(names::FUNCTION, string).unwrap_or_default(),
            module_path: members.take(names::MODULE_PATH, string).unwrap_or_default(),
            thread_id: members
                .take(names::THREAD_ID, Value::as_u64)
                .unwrap_or_default(),
            thread: members.take(names::THREAD, string),
            process,
            error: members.take(names::ERROR, value::text),
            stack: members.take(names::STACK, value::text),
            key_values: Vec::new(),
        };
        if event.file.is_empty() {
            let caller = members.take(names::CALLER, caller);
            (event.file, event.line) = caller.unwrap_or_default();
        }
        for (name, member) in members.rest() {
            // A tail sends it with every record.
            let is_outside_spans = name == "span" && member.is_null();
            if !is_outside_spans && !names::REDUNDANT.contains(&&*name) {
                value::flatten(name, member, &mut event.key_values);
            }
        }
        Some(event)
    }

    /// Returns a builder of the record, for a logger of the event's name.
    pub fn record_builder<'e>(&'e self, logger: &'e Logger) -> RecordBuilder<'e> {
        self.fill(logger.record_builder(self.level))
    }

    /// Passes `read` the record, as one of a registry.
    pub fn with_record<R>(
        &self,
        registry: &Registry,
        read: impl FnOnce(&logtree::Record<'_>) -> R,
    ) -> R {
        let record = registry.record_builder().name(&self.logger);
        read(&self.fill(record.level(self.level)).build())
    }

    fn fill<'e>(&'e self, mut record: RecordBuilder<'e>) -> RecordBuilder<'e> {
        let source = Source::default()
            .with_file(&self.file)
            .with_line(self.line)
            .with_module_path(&self.module_path)
            .with_function(&self.function);
        record = record.message(&*self.message).source(source);
        record = record.thread(self.thread_id, self.thread.as_deref());
        if let Some(time) = self.time {
            record = record.time(time);
        }
        if let Some(process) = self.process {
            record = record.process(process, "");
        }
        if let Some(name) = &self.level_name {
            record = record.level_name(&**name);
        }
        if let Some(error) = &self.error {
            record = record.error_text(&**error);
        }
        if let Some(stack) = &self.stack {
            record = record.stack(&**stack);
        }
        for (key, value) in &self.key_values {
            record = record.key_value(&**key, value.clone());
        }
        record
    }
}

/// A level as a line has it.
struct ReadLevel {
    level: Level,
    /// Its name, if the registry knows another one or none.
    name: Option<String>,
    is_number: bool,
}

fn read_level(registry: &Registry, members: &mut Members) -> Option<ReadLevel> {
    let by_number = |level| ReadLevel {
        level,
        name: None,
        is_number: true,
    };
    if let Some(level) = members.take(names::LEVEL_NUMBER, number::level) {
        let name = members.take(names::LEVEL, string);
        let is_known = |name: &String| registry.level_by_name(name).is_some();
        return Some(ReadLevel {
            name: name.filter(|name| !is_known(name)),
            ..by_number(level)
        });
    }
    if let Some(level) = members.take(names::LEVEL, number::bunyan_level) {
        return Some(by_number(level));
    }
    let name = members.take(names::LEVEL, string)?;
    Some(match registry.parse_level(&name) {
        Ok(level) => ReadLevel {
            level,
            name: None,
            is_number: false,
        },
        // The words of syslog and of zap: `notice`, `dpanic`.
        Err(_) => ReadLevel {
            level: match &*name.to_ascii_lowercase() {
                "emerg" | "alert" | "crit" | "panic" | "dpanic" => Level::CRITICAL,
                "err" => Level::ERROR,
                _ => Level::INFO,
            },
            name: Some(name.to_uppercase()),
            is_number: false,
        },
    })
}

fn string(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn line_number(value: &Value) -> Option<u32> {
    u32::try_from(value.as_u64()?).ok()
}

fn caller(value: &Value) -> Option<(String, u32)> {
    let text = value.as_str()?;
    match text.rsplit_once(':') {
        Some((file, line)) => Some((file.to_owned(), line.parse().ok()?)),
        None => Some((text.to_owned(), 0)),
    }
}

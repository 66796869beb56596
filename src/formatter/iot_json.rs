//! The log entries of AWS IoT: [`IotJsonFormatter`].

use std::fmt::Write;
use std::hash::{BuildHasher, Hasher, RandomState};

use crate::error::Error;
use crate::formatter::format::Format;
use crate::formatter::json::{Object, OwnNames, push_escaped};
use crate::formatter::line::Line;
use crate::formatter::time::TimeFormat;
use crate::formatter::zone::TimeZone;
use crate::level::Level;
use crate::record::{Record, Scalar};
use crate::sys::sync::{AtomicU64, Lazy, Ordering};
use crate::text::line_buf::LineBuf;

/// Writes each record as AWS IoT writes its log entries, for tools that read those: one JSON object
/// on one line.
///
/// The members, in this order: `timestamp` (`YYYY-MM-DD HH:MM:SS.mmm`, UTC, milliseconds
/// truncated), `logLevel` (`DEBUG`, `INFO`, `WARN`, `ERROR`), `traceId`, `accountId`, `status`
/// (`Failure` from `ERROR` on, else `Success`), `eventType`; the key-values of the record under
/// their own names, with their own types; `message`, if it is not empty; `error` and `stack`.
///
/// `traceId`, `accountId`, `status` and `eventType` come from key-values of these names, or of
/// `trace_id`, `account_id` and `event_type`. By default the trace is a new one for each record,
/// the account [the formatter's](Self::with_account), and the event type the last part of the name
/// of the logger. A key-value whose name is taken gets underscores until it is free.
///
/// # AWS IoT
/// The entries of the log group `AWSIotLogsV2`.
///
/// # Examples
/// ```
/// use logtree::{Level, Record};
/// use logtree::formatter::{Format, IotJsonFormatter, Line};
/// use logtree::time::Timestamp;
///
/// let record = Record::builder().name("mqtt.Connect").level(Level::WARNING);
/// let record = record.time(Timestamp::from_nanos(1_511_294_177_799_999_999));
/// let record = record.key_value("traceId", "af5d").key_value("clientId", "c1").build();
/// let mut line = Line::new();
/// IotJsonFormatter::new().with_account("123456789012").format(&record, &mut line)?;
/// assert_eq!(
///     line.as_str(),
///     concat!(
///         r#"{"timestamp":"2017-11-21 19:56:17.799","logLevel":"WARN","traceId":"af5d","#,
///         r#""accountId":"123456789012","#,
///         r#""status":"Success","eventType":"Connect","clientId":"c1"}"#
///     )
/// );
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct IotJsonFormatter {
    time: TimeFormat,
    account: String,
}

impl IotJsonFormatter {
    /// Returns a formatter without an account.
    #[must_use]
    pub fn new() -> Self {
        static TIME: Lazy<TimeFormat> = Lazy::new(|| {
            let format = TimeFormat::with_millis("%Y-%m-%d %H:%M:%S", "%s.%03d", TimeZone::Utc);
            // A test proves the pattern valid.
            format
                .unwrap_or_else(|_| TimeFormat::python(TimeZone::Utc))
                .exact()
        });
        Self {
            time: TIME.clone(),
            account: String::new(),
        }
    }

    /// Sets the account, for records that name none.
    #[must_use]
    pub fn with_account(mut self, account: impl Into<String>) -> Self {
        self.account = account.into();
        self
    }
}

impl Default for IotJsonFormatter {
    fn default() -> Self {
        Self::new()
    }
}

/// The names of the members. The first two are the formatter's; a key-value can give each of the
/// next four.
const NAMES: [&str; 9] = [
    "timestamp",
    "logLevel",
    "traceId",
    "accountId",
    "status",
    "eventType",
    "message",
    "error",
    "stack",
];
const TRACE: usize = 2;
const ACCOUNT: usize = 3;
const STATUS: usize = 4;
const EVENT: usize = 5;
const MESSAGE: usize = 6;
const ERROR: usize = 7;
const STACK: usize = 8;

/// The keys that give a member.
const GIVEN: [(&str, usize); 7] = [
    ("traceId", TRACE),
    ("trace_id", TRACE),
    ("accountId", ACCOUNT),
    ("account_id", ACCOUNT),
    ("status", STATUS),
    ("eventType", EVENT),
    ("event_type", EVENT),
];

fn is_given(key: &str) -> bool {
    GIVEN.iter().any(|(given, _)| *given == key)
}

impl Format for IotJsonFormatter {
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        static OWN: Lazy<OwnNames> = Lazy::new(|| OwnNames::new(&NAMES));
        let out = line.text_mut();
        out.push_str("{\"timestamp\":\"");
        self.time.push(record.time(), out);
        out.push_str("\",\"logLevel\":\"");
        out.push_str(level_name(record.level()));
        out.push('"');
        let mut object = Object { out, own: &OWN };
        push_given(&mut object, record, TRACE, push_new_trace);
        push_given(&mut object, record, ACCOUNT, |out| {
            push_escaped(out, &self.account);
        });
        let status = if record.level() >= Level::ERROR {
            "Failure"
        } else {
            "Success"
        };
        push_given(&mut object, record, STATUS, |out| out.push_str(status));
        let name = record.name();
        let event = name.rsplit('.').next().unwrap_or(name);
        push_given(&mut object, record, EVENT, |out| {
            push_escaped(out, event);
        });
        object.key_values(record.key_values(), |key| !is_given(key));
        if !record.message().is_empty() {
            object.text(MESSAGE, record.message());
        }
        if record.has_failure() {
            object.failure(record, ERROR, STACK);
        }
        object.out.push('}');
        Ok(())
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        _ if level >= Level::ERROR => "ERROR",
        _ if level >= Level::WARNING => "WARN",
        _ if level >= Level::INFO => "INFO",
        _ => "DEBUG",
    }
}

/// Writes a member from a key-value of the record; if it has none, as a string by `otherwise`.
fn push_given(
    object: &mut Object<'_>,
    record: &Record<'_>,
    member: usize,
    otherwise: impl FnOnce(&mut LineBuf),
) {
    let key_values = record.key_values();
    let mut keys = GIVEN.iter().filter(|(_, given)| *given == member);
    match keys.find_map(|(key, _)| key_values.get(key)) {
        Some(value) => Scalar::visit(&value, |scalar| object.value(member, scalar)),
        None => {
            object.key(member);
            object.out.push('"');
            otherwise(object.out);
            object.out.push('"');
        }
    }
}

/// Writes a new trace id, in the form of a UUID of version 4. It is unique, but no secret and not
/// hard to guess.
fn push_new_trace(out: &mut LineBuf) {
    static SEED: Lazy<(RandomState, RandomState)> =
        Lazy::new(|| (RandomState::new(), RandomState::new()));
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let half = |state: &RandomState| {
        let mut hasher = state.build_hasher();
        hasher.write_u64(number);
        hasher.finish()
    };
    let (high, low) = (half(&SEED.0), half(&SEED.1));
    let _ = write!(
        out,
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff
    );
}

//! The formatter of AWS IoT's log entries: [`IotJsonFormatter`].

use std::fmt::Write;
use std::hash::{BuildHasher, Hasher, RandomState};

use crate::error::Error;
use crate::formatter::Format;
use crate::formatter::json::{push_escaped, push_scalar};
use crate::formatter::line::Line;
use crate::formatter::time::TimeFormat;
use crate::formatter::zone::TimeZone;
use crate::level::Level;
use crate::record::{Record, Scalar};
use crate::sys::sync::{AtomicU64, Lazy, Ordering};
use crate::text::Text;

/// Writes each record as AWS IoT writes its log entries: one JSON object on one line, for who has tools for those.
///
/// The members, in this order: `timestamp` (`YYYY-MM-DD HH:MM:SS.mmm`, UTC, milliseconds cut), `logLevel` (`DEBUG`, `INFO`, `WARN`, `ERROR`), `traceId`,
/// `accountId`, `status` (`Failure` from `ERROR` on, else `Success`), `eventType`; then the record's key-values under their own names and with
/// their own types, then `message` where it is not empty, then `error` and `stack`.
///
/// `traceId`, `accountId`, `status` and `eventType` are taken from key-values of these names (or `trace_id`, `account_id`, `event_type`). Without,
/// the trace is a new one for each record, the account [the formatter's](Self::with_account), and the event type the last part of the logger's name.
/// A key-value whose name is taken gets underscores behind its name until it is free.
///
/// # AWS IoT
/// Row I17, and the entries of the log group `AWSIotLogsV2`.
///
/// # Examples
/// ```
/// use logtree::{Level, Record};
/// use logtree::formatter::{Format, IotJsonFormatter, Line};
/// use logtree::time::Timestamp;
///
/// let record = Record::builder().name("mqtt.Connect").level(Level::WARNING).time(Timestamp::from_nanos(1_511_294_177_799_999_999));
/// let record = record.key_value("traceId", "af5d").key_value("clientId", "c1").build();
/// let mut line = Line::new();
/// IotJsonFormatter::new().with_account("123456789012").format(&record, &mut line)?;
/// assert_eq!(
///     line.as_str(),
///     r#"{"timestamp":"2017-11-21 19:56:17.799","logLevel":"WARN","traceId":"af5d","accountId":"123456789012","status":"Success","eventType":"Connect","clientId":"c1"}"#
/// );
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct IotJsonFormatter {
    time: TimeFormat,
    account: String,
}

impl IotJsonFormatter {
    /// Without an account.
    #[must_use]
    pub fn new() -> Self {
        static TIME: Lazy<TimeFormat> = Lazy::new(|| {
            let format = TimeFormat::with_millis("%Y-%m-%d %H:%M:%S", "%s.%03d", TimeZone::Utc);
            // The pattern is right; a test sees to it.
            format
                .unwrap_or_else(|_| TimeFormat::python(TimeZone::Utc))
                .exact()
        });
        Self {
            time: TIME.clone(),
            account: String::new(),
        }
    }

    /// The same with the number of an account, for records that name none.
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

/// The members that a key-value can give, under either name.
const GIVEN: [(&str, &str); 4] = [
    ("traceId", "trace_id"),
    ("accountId", "account_id"),
    ("status", "status"),
    ("eventType", "event_type"),
];

/// Those that none can.
const OWN: [&str; 5] = ["timestamp", "logLevel", "message", "error", "stack"];

fn is_given(key: &str) -> bool {
    GIVEN
        .iter()
        .any(|(name, other)| key == *name || key == *other)
}

impl Format for IotJsonFormatter {
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        let out = line.text_mut();
        out.push_str("{\"timestamp\":\"");
        self.time.push(record.time(), out);
        out.push_str("\",\"logLevel\":\"");
        out.push_str(level_name(record.level()));
        out.push('"');
        push_given(out, record, GIVEN[0], push_new_trace);
        push_given(out, record, GIVEN[1], |out| {
            push_escaped(out, &self.account)
        });
        let status = if record.level() >= Level::ERROR {
            "Failure"
        } else {
            "Success"
        };
        push_given(out, record, GIVEN[2], |out| out.push_str(status));
        let name = record.name();
        let event = name.rsplit('.').next().unwrap_or(name);
        push_given(out, record, GIVEN[3], |out| push_escaped(out, event));
        push_rest(out, record);
        if !record.message().is_empty() {
            push_text(out, "message", record.message());
        }
        if record.has_failure() {
            if let Some(error) = record.error_text() {
                push_text(out, "error", &error);
            }
            if let Some(stack) = record.stack() {
                push_text(out, "stack", &stack);
            }
        }
        out.push('}');
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

fn push_text(out: &mut Text, key: &str, text: &str) {
    let _ = write!(out, ",\"{key}\":\"");
    push_escaped(out, text);
    out.push('"');
}

/// Writes a member from the record's key-value, or else from what the formatter knows.
fn push_given(
    out: &mut Text,
    record: &Record<'_>,
    (name, other): (&str, &str),
    otherwise: impl FnOnce(&mut Text),
) {
    let _ = write!(out, ",\"{name}\":");
    let key_values = record.key_values();
    match key_values.get(name).or_else(|| key_values.get(other)) {
        Some(value) => Scalar::visit(&value, |scalar| push_scalar(out, scalar)),
        None => {
            out.push('"');
            otherwise(out);
            out.push('"');
        }
    }
}

/// The key-values that are no member of every entry.
fn push_rest(out: &mut Text, record: &Record<'_>) {
    let mut taken: Vec<String> = Vec::new();
    record.key_values().for_each(|key, value| {
        if is_given(key) {
            return;
        }
        let mut name = key.to_owned();
        while OWN.contains(&&*name) || taken.contains(&name) {
            name.push('_');
        }
        out.push_str(",\"");
        push_escaped(out, &name);
        out.push_str("\":");
        Scalar::visit(value, |scalar| push_scalar(out, scalar));
        taken.push(name);
    });
}

/// A trace that nobody else has, in the form of a UUID of version 4. It is no secret and need not be hard to guess.
fn push_new_trace(out: &mut Text) {
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

//! How a record is written as a message: [`SysLogForm`], and its parts that stay the same.

use std::io::Write;

use chrono::{Datelike, Timelike};

use crate::error::Error;
use crate::formatter::{Format, Formatter, TimeZone};
use crate::handler::config::is_default_format;
use crate::handler::sink::formatted;
use crate::handler::syslog::facility::SysLogFacility;
use crate::handler::syslog::structured_data::StructuredData;
use crate::level::severity::severity;
use crate::record::Record;
use crate::sys::user_code;

/// How a [`SysLogHandler`](crate::handler::SysLogHandler) writes a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SysLogForm {
    /// `<14>1 2026-11-26T12:00:00.123456Z HOST APP PID MSGID [logtree@32473 logger="a.b"] MESSAGE`,
    /// the present standard: with the key-values as structured data. The default for receivers on
    /// a network.
    Rfc5424,
    /// `<14>Nov 26 12:00:00 APP[PID]: MESSAGE`, as the C library writes it to the local daemon;
    /// with `HOST` after the time for receivers on a network. In local time. The default for the
    /// local daemon and other Unix sockets.
    Rfc3164,
    /// `<14>MESSAGE`, with the [ident](crate::handler::builder::SysLogHandlerBuilder::ident) before
    /// the message and a NUL after it, as Python's handler writes it, and with its severities.
    Python,
}

/// What messages are made of, the record aside.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) form: SysLogForm,
    pub(super) facility: SysLogFacility,
    /// Empty where it is not to be written.
    pub(super) host: String,
    pub(super) app: String,
    pub(super) ident: String,
    pub(super) enterprise: String,
    pub(super) bom: bool,
    /// How much structured data there may be.
    pub(super) max_data: usize,
    /// What stands in for the default formatter.
    pub(super) plain: Option<Formatter>,
}

impl SysLogForm {
    /// Returns what stands in for the default formatter: key-values are structured data already,
    /// and Python's default is another one.
    pub(super) fn plain(self) -> Result<Option<Formatter>, Error> {
        let builder = Formatter::builder();
        let builder = match self {
            Self::Rfc5424 => builder.append_key_values(false),
            Self::Rfc3164 => return Ok(None),
            Self::Python => builder.python_exact(),
        };
        builder.build().map(Some)
    }
}

impl Parts {
    /// Writes a message, up to what is known only when it is sent.
    pub(super) fn write(
        &self,
        record: &Record<'_>,
        format: &dyn Format,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        match self.form {
            SysLogForm::Rfc5424 => self.write_5424(record, out),
            SysLogForm::Rfc3164 => self.write_3164(record, out),
            SysLogForm::Python => {
                write_priority(out, self.facility, python_severity(record));
                out.extend_from_slice(self.ident.as_bytes());
            }
        }
        let format = match &self.plain {
            Some(plain) if is_default_format(format) => plain,
            _ => format,
        };
        formatted(format, record, |line| {
            if self.form == SysLogForm::Rfc5424 {
                if !line.is_empty() {
                    out.push(b' ');
                }
                if self.bom && !line.is_empty() {
                    out.extend_from_slice("\u{feff}".as_bytes());
                }
            }
            out.extend_from_slice(line.as_bytes());
            Ok(())
        })
    }

    fn write_5424(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        write_priority(out, self.facility, severity(record.level()));
        out.extend_from_slice(b"1 ");
        write_rfc3339(out, record);
        for part in [&self.host, &self.app] {
            out.push(b' ');
            out.extend_from_slice(part.as_bytes());
        }
        out.push(b' ');
        out.extend_from_slice(itoa::Buffer::new().format(record.process_id()).as_bytes());
        out.push(b' ');
        let event = record.key_values().get("event_type");
        let id = match event.map(|event| user_code::display(&event)) {
            Some(event) if !event.is_empty() => header_field(&event, 32),
            _ => {
                let name = record.name();
                header_field(name.rsplit('.').next().unwrap_or(name), 32)
            }
        };
        out.extend_from_slice(id.as_bytes());
        out.push(b' ');
        let mut data = StructuredData::begin(out, &self.enterprise, self.max_data);
        data.own("logger", record.name());
        if let Some(thread) = record.thread_name() {
            data.own("thread", &thread);
        }
        record.key_values().for_each(|key, value| {
            data.key_value(key, &user_code::display(value));
        });
        data.end();
    }

    fn write_3164(&self, record: &Record<'_>, out: &mut Vec<u8>) {
        write_priority(out, self.facility, severity(record.level()));
        write_local(out, record);
        if !self.host.is_empty() {
            out.extend_from_slice(self.host.as_bytes());
            out.push(b' ');
        }
        out.extend_from_slice(self.app.as_bytes());
        out.push(b'[');
        out.extend_from_slice(itoa::Buffer::new().format(record.process_id()).as_bytes());
        out.extend_from_slice(b"]: ");
    }
}

/// Python's severity, by the name of the level: a warning for each that it does not know.
fn python_severity(record: &Record<'_>) -> u8 {
    match &*record.level_name() {
        "DEBUG" => 7,
        "INFO" => 6,
        "ERROR" => 3,
        "CRITICAL" => 2,
        _ => 4,
    }
}

fn write_priority(out: &mut Vec<u8>, facility: SysLogFacility, severity: u8) {
    let priority = facility.number() * 8 + severity;
    out.push(b'<');
    out.extend_from_slice(itoa::Buffer::new().format(priority).as_bytes());
    out.push(b'>');
}

/// Writes the time with microseconds, the most that the standard allows.
fn write_rfc3339(out: &mut Vec<u8>, record: &Record<'_>) {
    let time = record.time();
    match TimeZone::Utc.at(time.seconds()) {
        Some(at) => {
            let (date, clock) = (at.date_naive(), at.time());
            let _ = write!(
                out,
                "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
                date.year(),
                date.month(),
                date.day(),
                clock.hour(),
                clock.minute(),
                clock.second(),
                time.subsec_nanos() / 1_000
            );
        }
        None => out.push(b'-'),
    }
}

/// Writes the time as `Nov  6 12:00:00 `.
fn write_local(out: &mut Vec<u8>, record: &Record<'_>) {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    if let Some(at) = TimeZone::Local.at(record.time().seconds()) {
        let month = MONTHS.get(at.month0() as usize).unwrap_or(&"Jan");
        let _ = write!(
            out,
            "{month} {:2} {:02}:{:02}:{:02} ",
            at.day(),
            at.hour(),
            at.minute(),
            at.second()
        );
    }
}

/// Returns a field of a header: printable ASCII, cut to its length; `-` for an empty one.
pub(super) fn header_field(text: &str, longest: usize) -> String {
    if text.is_empty() {
        return "-".to_owned();
    }
    let printable = text.chars().map(|character| match character {
        '!'..='~' => character,
        _ => '_',
    });
    printable.take(longest).collect()
}

/// Returns the tag of the older form: letters, digits and what names of programs have besides. A
/// colon or a bracket would end it.
pub(super) fn tag(text: &str) -> String {
    let valid = text.chars().map(|character| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' => character,
        _ => '_',
    });
    let tag: String = valid.take(32).collect();
    if tag.is_empty() { "-".to_owned() } else { tag }
}

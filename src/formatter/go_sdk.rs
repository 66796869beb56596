//! The lines of the AWS SDK for Go: [`GoSdkFormatter`].

use crate::error::Error;
use crate::formatter::format::Format;
use crate::formatter::line::Line;
use crate::formatter::time::TimeFormat;
use crate::formatter::zone::TimeZone;
use crate::level::Level;
use crate::record::Record;
use crate::sys::user_code;

/// Writes records as the AWS SDK for Go writes its lines: `SDK 2026/11/21 01:58:11 DEBUG message`,
/// in local time, with the message as it is, however many lines it has.
///
/// The classification is the key-value `classification`; by default, `WARN` from `WARNING` on and
/// `DEBUG` below. An empty one is omitted.
///
/// # Go
/// `logging.StandardLogger`. As there, a message can forge a line; a
/// [`Formatter`](crate::Formatter) prevents that.
#[derive(Clone, Debug)]
pub struct GoSdkFormatter {
    time: TimeFormat,
}

impl GoSdkFormatter {
    /// Returns a formatter in local time, as in Go.
    #[must_use]
    pub fn new() -> Self {
        Self::in_zone(TimeZone::Local)
    }

    /// Returns a formatter in another time zone.
    #[must_use]
    pub fn in_zone(zone: TimeZone) -> Self {
        let time = TimeFormat::strftime("%Y/%m/%d %H:%M:%S", zone);
        Self {
            // A test proves the pattern valid.
            time: time.unwrap_or_else(|_| TimeFormat::python(zone)),
        }
    }
}

impl Default for GoSdkFormatter {
    fn default() -> Self {
        Self::new()
    }
}

impl Format for GoSdkFormatter {
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        line.push_str("SDK ");
        self.time.push(record.time(), line.text_mut());
        line.push_str(" ");
        let given = record.key_values().get("classification");
        let given = given.as_ref().map(user_code::display);
        let by_level = if record.level() >= Level::WARNING {
            "WARN"
        } else {
            "DEBUG"
        };
        let class = given.as_deref().unwrap_or(by_level);
        if !class.is_empty() {
            line.push_str(class);
            line.push_str(" ");
        }
        // The sink ends the line; a message with a newline at its end gets no second one.
        let message = record.message();
        line.push_str(message.strip_suffix('\n').unwrap_or(message));
        Ok(())
    }
}

//! The line that the AWS SDK for Go writes: [`GoSdkFormatter`].

use crate::error::Error;
use crate::formatter::Format;
use crate::formatter::line::Line;
use crate::formatter::time::TimeFormat;
use crate::formatter::zone::TimeZone;
use crate::level::Level;
use crate::record::Record;
use crate::sys::user_code;

/// Writes records as the AWS SDK for Go writes its lines: `SDK 2026/11/21 01:58:11 DEBUG message`, in local time, with the message as it is,
/// however many lines it has.
///
/// The classification is the key-value `classification`, or else `WARN` from `WARNING` on and `DEBUG` below; an empty one is left out.
///
/// # Go
/// `logging.StandardLogger` (rows G4, G5). As there, a message can forge a line: for others, use a [`Formatter`](crate::Formatter).
#[derive(Clone, Debug)]
pub struct GoSdkFormatter {
    time: TimeFormat,
}

impl GoSdkFormatter {
    /// In local time, as in Go.
    #[must_use]
    pub fn new() -> Self {
        Self::in_zone(TimeZone::Local)
    }

    /// In another zone.
    #[must_use]
    pub fn in_zone(zone: TimeZone) -> Self {
        let time = TimeFormat::strftime("%Y/%m/%d %H:%M:%S", zone);
        Self {
            // The pattern is right; a test sees to it.
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
        // The handler ends the line; a message that does so itself gets no second end.
        let message = record.message();
        line.push_str(message.strip_suffix('\n').unwrap_or(message));
        Ok(())
    }
}

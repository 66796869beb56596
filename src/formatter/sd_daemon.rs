//! Lines with the priorities that the journal reads: [`SdDaemonFormatter`].

use crate::error::Error;
use crate::formatter::format::{Format, with_line};
use crate::formatter::line::Line;
use crate::level::severity::severity;
use crate::record::Record;

/// Writes what another formatter writes, each line with the record's priority in front: `<3>` for
/// `ERROR`. In a service whose standard error is the journal, systemd stores it as `PRIORITY` and
/// removes it (`SyslogLevelPrefix`, on by default), so that `journalctl -p err` finds the record.
///
/// `<2>` is `CRITICAL`, `<3>` `ERROR`, `<4>` `WARNING`, `<5>` from 25, `<6>` `INFO`, `<7>` below;
/// a level in between counts as the next lower one. Each line of a record that has several has the
/// prefix, as the journal stores each as an entry of its own.
///
/// `JournaldHandler` (feature `journald`) sends records natively, with fields and with newlines;
/// its `is_our_stderr` reports whether standard error is the journal.
///
/// # Python
/// `systemd.daemon`'s `SD_ERR` and the like, which programs write themselves.
///
/// # Examples
/// ```
/// use logtree::formatter::{Format, Line, SdDaemonFormatter};
/// use logtree::{Formatter, Level, Record};
///
/// let formatter = SdDaemonFormatter::new(Formatter::new("%(name)s: %(message)s")?);
/// let record = Record::builder().name("app").level(Level::ERROR).message("a\nb").build();
/// let mut line = Line::new();
/// formatter.format(&record, &mut line)?;
/// assert_eq!(line.as_str(), "<3>app: a\n<3>    b");
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SdDaemonFormatter<F> {
    formatter: F,
}

impl<F: Format> SdDaemonFormatter<F> {
    /// Returns a formatter whose lines are those of another one.
    #[must_use]
    pub fn new(formatter: F) -> Self {
        Self { formatter }
    }
}

impl<F: Format> Format for SdDaemonFormatter<F> {
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        let color = line.color();
        with_line(&self.formatter, record, color, |text| {
            // The sink ends the line.
            let text = text.as_str();
            let text = text.strip_suffix('\n').unwrap_or(text);
            let prefix = ["<0>", "<1>", "<2>", "<3>", "<4>", "<5>", "<6>", "<7>"];
            let prefix = prefix[usize::from(severity(record.level()))];
            for (at, part) in text.split('\n').enumerate() {
                if at > 0 {
                    line.push('\n');
                }
                line.push_str(prefix);
                line.push_str(part);
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formatter::format_fn::format_fn;
    use crate::level::Level;

    fn line(level: Level, message: &str) -> String {
        let formatter = format_fn(|record, line| {
            line.push_str(record.message());
            Ok(())
        });
        let formatter = SdDaemonFormatter::new(formatter);
        let mut line = Line::new();
        let record = Record::builder().level(level).message(message).build();
        formatter.format(&record, &mut line).unwrap();
        line.as_str().to_owned()
    }

    #[test]
    fn each_line_has_the_priority_of_the_level() {
        for (level, expected) in [
            (0, "<7>"),
            (10, "<7>"),
            (20, "<6>"),
            (25, "<5>"),
            (30, "<4>"),
            (40, "<3>"),
            (49, "<3>"),
            (50, "<2>"),
            (u16::MAX, "<2>"),
        ] {
            for (message, lines) in [
                ("", [""].as_slice()),
                ("a", &["a"]),
                ("a\n", &["a"]),
                ("a\nb", &["a", "b"]),
                ("\n\na\n\n", &["", "", "a", ""]),
                ("a\r\nb", &["a\r", "b"]),
                ("<1>forged\n<0>too", &["<1>forged", "<0>too"]),
            ] {
                let lines: Vec<_> = lines
                    .iter()
                    .map(|line| format!("{expected}{line}"))
                    .collect();
                assert_eq!(line(Level::new(level), message), lines.join("\n"));
            }
        }
    }

    #[test]
    fn what_stands_in_the_line_already_stays() {
        let formatter = SdDaemonFormatter::new(format_fn(|_, line| {
            line.push_str("x");
            Ok(())
        }));
        let mut line = Line::new();
        line.push_str("before ");
        formatter
            .format(&Record::builder().build(), &mut line)
            .unwrap();
        assert_eq!(line.as_str(), "before <7>x");
    }
}

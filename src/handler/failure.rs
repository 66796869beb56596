//! Failures of handlers, and the report of them on standard error.

use std::fmt::{self, Write};
use std::time::Duration;

use crate::context::Diagnostics;
use crate::error::{Chain, Error, ErrorKind};
use crate::record::Record;
use crate::sys::host::Instant;
use crate::sys::sync::Mutex;
use crate::sys::user_code;

/// Why records were lost.
#[derive(Debug)]
pub(super) struct Failure<'f> {
    pub(super) error: &'f Error,
    /// The record; where buffered records are lost, one that stands for them.
    pub(super) record: &'f Record<'f>,
    pub(super) loss: Loss,
}

/// How many records a failure has cost.
#[derive(Clone, Copy, Debug)]
pub(super) enum Loss {
    /// The one at hand.
    Record,
    /// So many that were taken before; 0 where the sink keeps them.
    Buffered(u64),
}

impl Loss {
    pub(super) fn records(self) -> u64 {
        match self {
            Self::Record => 1,
            Self::Buffered(records) => records,
        }
    }
}

/// A device that is full fails for every record, and a report for each would only fill the next
/// device: other crates write 15 to 93 MB of them.
const INTERVAL: Duration = Duration::from_secs(30);

/// The default for failures: one line for each kind of error, then none for a while.
///
/// Like Python's, it shows neither message nor values: they may hold secrets, and standard error
/// may have other readers than the log.
#[derive(Debug, Default)]
pub(super) struct Reports(Mutex<Vec<Seen>>);

#[derive(Debug)]
struct Seen {
    kind: ErrorKind,
    reported: Instant,
    since: u64,
}

impl Reports {
    pub(super) fn report(
        &self,
        handler: &dyn fmt::Debug,
        failure: &Failure<'_>,
        diagnostics: &Diagnostics,
    ) {
        if !diagnostics.is_enabled() {
            return;
        }
        let Some(suppressed) = self.due(failure.error.kind(), Instant::now()) else {
            return;
        };
        let record = failure.record;
        let what = match failure.loss {
            Loss::Record => {
                let (name, level) = (record.name(), record.level_name().to_string());
                let article = if level.starts_with(['A', 'E', 'I', 'O', 'U']) {
                    "an"
                } else {
                    "a"
                };
                format!(
                    "dropped {article} {} record of \"{}\"",
                    Shown(&level),
                    Shown(name)
                )
            }
            Loss::Buffered(0) => "failed, and keeps its records".to_owned(),
            Loss::Buffered(1) => "dropped 1 buffered record".to_owned(),
            Loss::Buffered(lost) => format!("dropped {lost} buffered records"),
        };
        let again = if suppressed == 0 {
            String::new()
        } else {
            format!(" ({suppressed} more since the last report)")
        };
        // The cause of an error may be the user's type.
        let error = user_code::display(&Chain::one_line(failure.error));
        diagnostics.line(format_args!(
            "logtree: {handler:?} {what}: {}{again}",
            Shown(&error)
        ));
    }

    /// Returns how many reports were suppressed since the last one; `None` if none is due.
    #[expect(
        clippy::significant_drop_tightening,
        reason = "all of it is looked at under the lock"
    )]
    fn due(&self, kind: ErrorKind, now: Instant) -> Option<u64> {
        let mut seen = self.0.lock();
        match seen.iter_mut().find(|seen| seen.kind == kind) {
            None => {
                seen.push(Seen {
                    kind,
                    reported: now,
                    since: 0,
                });
                Some(0)
            }
            Some(last) if now.duration_since(last.reported) >= INTERVAL => {
                last.reported = now;
                Some(std::mem::take(&mut last.since))
            }
            Some(last) => {
                last.since += 1;
                None
            }
        }
    }
}

/// Shows a string with its control characters escaped, and its quotes as they are.
struct Shown<'t>(&'t str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '"' | '\'' | '\\' => f.write_char(character)?,
                _ => write!(f, "{}", character.escape_debug())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_report_per_kind_and_interval() {
        let reports = Reports::default();
        let start = Instant::now();
        assert_eq!(reports.due(ErrorKind::Io, start), Some(0));
        assert_eq!(reports.due(ErrorKind::Panicked, start), Some(0));
        assert_eq!(reports.due(ErrorKind::Io, start + INTERVAL / 2), None);
        assert_eq!(reports.due(ErrorKind::Io, start + INTERVAL), Some(1));
    }
}

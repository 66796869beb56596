//! What is done when a record cannot be written.

use std::fmt::{self, Write};
use std::time::Duration;

use crate::context::Diagnostics;
use crate::error::{Chain, Error, ErrorKind};
use crate::handler::Handler;
use crate::record::Record;
use crate::sys::host::Instant;
use crate::sys::sync::Mutex;
use crate::sys::user_code;

/// A record that a handler could not write; what an error hook is told.
#[derive(Debug)]
#[non_exhaustive]
pub struct HandlerError<'e> {
    /// The handler.
    pub handler: &'e Handler,
    /// What went wrong.
    pub error: &'e Error,
    /// The record; where records are lost after they were taken, one in place of them, which says how many.
    pub record: &'e Record<'e>,
    /// How many records are lost by it: 1 for a record that could not be written, any number for a buffer, 0 where a buffer
    /// keeps what it could not write.
    pub lost: u64,
    /// Whether the record stands for others.
    pub(super) in_place: bool,
}

pub(super) type Hook = dyn Fn(&HandlerError<'_>) + Send + Sync;

/// A device that is full fails for every record, and a report for each would only fill the next device: peers write
/// 15 to 93 MB of them (fault 5).
const INTERVAL: Duration = Duration::from_secs(30);

/// The default hook: one line for each kind of failure, and then none for a while.
///
/// Neither message nor values are shown, as Python does it: they may hold secrets, and standard error may be read by others
/// than the log.
#[derive(Debug, Default)]
pub(super) struct Reports(Mutex<Vec<Seen>>);

#[derive(Debug)]
struct Seen {
    kind: ErrorKind,
    reported: Instant,
    since: u64,
}

impl Reports {
    pub(super) fn report(&self, failure: &HandlerError<'_>, diagnostics: &Diagnostics) {
        if !diagnostics.is_enabled() {
            return;
        }
        let Some(suppressed) = self.due(failure.error.kind(), Instant::now()) else {
            return;
        };
        let HandlerError {
            handler,
            error,
            record,
            lost,
            in_place,
        } = *failure;
        let what = match (in_place, lost) {
            (false, _) => {
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
            (true, 0) => "failed, and keeps its records".to_owned(),
            (true, 1) => "dropped 1 buffered record".to_owned(),
            (true, _) => format!("dropped {lost} buffered records"),
        };
        let again = if suppressed == 0 {
            String::new()
        } else {
            format!(" ({suppressed} more since the last report)")
        };
        // An error may have a user's for its cause.
        let error = user_code::display(&Chain::one_line(error));
        diagnostics.line(format_args!(
            "logtree: {handler:?} {what}: {}{again}",
            Shown(&error)
        ));
    }

    /// Whether a report is due, and how many were left out before it.
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

/// Shows a text with its control characters escaped, and its quotes as they are.
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

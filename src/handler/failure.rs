//! What is done when a record cannot be written.

use std::time::Duration;

use super::Handler;
use crate::environment::Diagnostics;
use crate::host::Instant;
use crate::sync::Mutex;
use crate::{Error, ErrorKind, Record};

/// A record that a handler could not write; what an error hook is told.
#[derive(Debug)]
#[non_exhaustive]
pub struct HandlerError<'e> {
    /// The handler.
    pub handler: &'e Handler,
    /// What went wrong.
    pub error: &'e Error,
    /// The record.
    pub record: &'e Record<'e>,
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
        } = failure;
        let (level, name) = (record.level_name(), record.name().escape_debug());
        let again = if suppressed == 0 {
            String::new()
        } else {
            format!(" ({suppressed} more since the last report)")
        };
        diagnostics.line(format_args!(
            "logtree: {handler:?} dropped a {} record of {name:?}: {}{again}",
            level.escape_debug(),
            error.to_string().escape_debug(),
            name = name.to_string(),
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

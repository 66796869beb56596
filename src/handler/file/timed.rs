//! The handler of a file that is rotated from time to time.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::formatter::TimeZone;
use crate::handler::file::compression::Rotated;
use crate::handler::file::log_file::LogFile;
use crate::handler::file::options::{FileOptions, file_options};
use crate::handler::file::rotating::{RotationOptions, rotating};
use crate::handler::file::schedule::Schedule;
use crate::handler::file::sink;
use crate::handler::file::state::Upkeep;
use crate::handler::file::when::When;
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::record::Record;
use crate::sys::sync::Arc;
use crate::time::{Clock, Timestamp};

/// Writes lines to a file, and begins a new one from time to time: `app.log` becomes
/// `app.log.2026-11-21`, named for the start of its interval.
///
/// It is rotated before the first record at or after the time that is due. With
/// [`max_bytes`](TimedRotatingFileHandlerBuilder::max_bytes) it is rotated by length as well; where
/// there is a file of the interval already, a number follows the name: `app.log.2026-11-21.1`.
/// Nothing is ever written over, and no number is given twice.
///
/// A new interval begins where the clock is set back. Files with names of times that are still to
/// come were made before that, so they count as the oldest; of what a handler has made itself it
/// knows the order.
///
/// Times of day are those of the zone, with its real offsets: through a change to summer time a
/// midnight is 23 hours after the last one. `TZ` must be a zone's name or hold the rule
/// (`CET-1CEST,M3.5.0,M10.5.0/3`); `CET-1CEST` alone counts as UTC.
///
/// An interval counts from when the file was made, as far as the system knows, so it goes on when
/// the program is started again.
///
/// For what all handlers of files have in common see [`FileHandler`](super::FileHandler).
///
/// # Python
/// `logging.handlers.TimedRotatingFileHandler`. It removes files in the order of their names, and
/// counts from the last change of the file, so a program that is started often never rotates; and
/// it does not rotate while a file of the name is there.
///
/// # Examples
/// ```
/// use logtree::Record;
/// use logtree::formatter::TimeZone;
/// use logtree::handler::{TimedRotatingFileHandler, When};
/// use logtree::time::{ManualClock, Timestamp};
/// use std::sync::Arc;
///
/// let directory = std::env::temp_dir().join("logtree-doc-timed");
/// let path = directory.join("app.log");
/// let clock = Arc::new(ManualClock::new(Timestamp::from_nanos(0)));
/// let file = TimedRotatingFileHandler::builder(&path)
///     .when(When::Midnight)
///     .time_zone(TimeZone::Utc)
///     .backup_count(7)
///     .clock(clock.clone())
///     .create_dirs(true)
///     .open()?;
/// file.handle(&Record::builder().message("one").build());
/// clock.advance(std::time::Duration::from_secs(24 * 60 * 60));
/// file.handle(&Record::builder().message("two").build());
/// assert_eq!(std::fs::read_to_string(directory.join("app.log.1970-01-01"))?, "one\n");
/// # std::fs::remove_dir_all(directory)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct TimedRotatingFileHandler {
    handler: Handler,
    file: Arc<LogFile>,
}

impl TimedRotatingFileHandler {
    /// Starts a handler; each hour by default.
    pub fn builder(path: impl AsRef<Path>) -> TimedRotatingFileHandlerBuilder {
        TimedRotatingFileHandlerBuilder {
            options: FileOptions::new(path.as_ref()),
            rotation: RotationOptions::default(),
            when: When::Hour,
            interval: 1,
            at_time: None,
            zone: TimeZone::Local,
            suffix: None,
        }
    }

    /// When it rotates next; `None` when asked by its own namer or rotator. Python's `rolloverAt`.
    #[must_use]
    pub fn rollover_at(&self) -> Option<Timestamp> {
        let at = self.file.with_rotation(|rotation, _| rotation.rollover_at);
        Some(seconds(at.ok()???))
    }

    /// When it would rotate after a time. Python's `computeRollover`.
    #[must_use]
    pub fn rollover_after(&self, time: Timestamp) -> Option<Timestamp> {
        let at = self
            .file
            .with_rotation(|rotation, _| rotation.rollover_after(time));
        Some(seconds(at.ok()???))
    }

    /// The rotated files beyond those that are kept, the oldest first. Python's `getFilesToDelete`.
    #[must_use]
    pub fn files_to_delete(&self) -> Vec<PathBuf> {
        let files = self.file.with_rotation(|rotation, _| rotation.too_many());
        files.ok().flatten().unwrap_or_default()
    }
}

fn seconds(seconds: i64) -> Timestamp {
    Timestamp::from_nanos(seconds.saturating_mul(1_000_000_000))
}

handler_type!(TimedRotatingFileHandler);
rotating!(TimedRotatingFileHandler, TimedRotatingFileHandlerBuilder);

/// Makes a [`TimedRotatingFileHandler`].
///
/// The defaults: each hour, local time, all files are kept, no limit of length, one process; and
/// those of [`FileHandlerBuilder`](super::FileHandlerBuilder).
#[derive(Clone, Debug)]
#[must_use]
pub struct TimedRotatingFileHandlerBuilder {
    options: FileOptions,
    rotation: RotationOptions,
    when: When,
    interval: u32,
    at_time: Option<(u8, u8, u8)>,
    zone: TimeZone,
    suffix: Option<String>,
}

file_options!(TimedRotatingFileHandlerBuilder);

impl TimedRotatingFileHandlerBuilder {
    /// How often.
    pub fn when(mut self, when: When) -> Self {
        self.when = when;
        self
    }

    /// Every so many of them: 3 with [`When::Hour`] is every three hours.
    pub fn interval(mut self, interval: u32) -> Self {
        self.interval = interval;
        self
    }

    /// The time of day for [`When::Midnight`] and [`When::Weekday`]. Python's `atTime`.
    pub fn at_time(mut self, hour: u8, minute: u8, second: u8) -> Self {
        self.at_time = Some((hour, minute, second));
        self
    }

    /// The zone of midnights, times of day and names. Python's `utc` is [`TimeZone::Utc`].
    pub fn time_zone(mut self, zone: TimeZone) -> Self {
        self.zone = zone;
        self
    }

    /// Sets the format of the time in the names of rotated files, for `strftime`, in place of
    /// `%Y-%m-%d` and, for shorter intervals, `_%H-%M-%S` as far as they need it. It has the fields
    /// `%Y`, `%m`, `%d`, `%H`, `%M` and `%S` in this order, those after the interval's perhaps not,
    /// with letters, `-`, `_` and `.` between them. So names sort by time, and are recognized when
    /// files are removed; files with names of another format stay.
    ///
    /// # Python
    /// The attribute `suffix`, to which `extMatch` must fit.
    ///
    /// # Examples
    /// ```
    /// use logtree::ErrorKind;
    /// use logtree::handler::{TimedRotatingFileHandler, When};
    ///
    /// let path = std::env::temp_dir().join("logtree-doc-suffix.log");
    /// let daily = || TimedRotatingFileHandler::builder(&path).when(When::Midnight).delay(true);
    /// daily().suffix("%Y%m%d").open()?; // logtree-doc-suffix.log.20261127
    /// let error = daily().suffix("%d.%m.%Y").open().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::InvalidRollover);
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn suffix(mut self, format: impl Into<String>) -> Self {
        self.suffix = Some(format.into());
        self
    }

    /// How many rotated files are kept, the newest ones; 0, the default, keeps all. Only files with
    /// names that this handler writes are removed, and none where the directory cannot be
    /// listed. A lower count than before counts at the next rotation.
    pub fn backup_count(mut self, count: usize) -> Self {
        self.rotation.backup_count = count;
        self
    }

    /// Opens the file.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRollover`](crate::ErrorKind::InvalidRollover) when the day, the interval
    /// or the time of day does not exist, or the suffix lacks a field;
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), with the path, when the file cannot be opened.
    pub fn open(self) -> Result<TimedRotatingFileHandler, Error> {
        let mut schedule = Schedule::new(self.when, self.interval, self.at_time, self.zone)?;
        if let Some(format) = &self.suffix {
            schedule = schedule.with_suffix(format)?;
        }
        let rotation = self.rotation.build(&self.options, Some(schedule))?;
        let upkeep = Upkeep::Rotate(Box::new(rotation));
        let (handler, file) = sink::open("TimedRotatingFileHandler", self.options, upkeep)?;
        Ok(TimedRotatingFileHandler { handler, file })
    }
}

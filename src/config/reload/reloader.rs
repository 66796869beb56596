//! A configuration file that is followed: [`Reloader`].

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fmt, io};

use crate::config::reload::follower::{Counts, Follower};
use crate::error::{Error, ErrorKind};
use crate::sys::sync::{Arc, Mutex, Ordering};
use crate::sys::timer::{Alarm, Timed};
use crate::sys::turn::Turn;

/// Applies a configuration file, and applies it again whenever it changes.
///
/// A thread checks the file every [second](crate::config::ReloaderBuilder::interval). The file is
/// polled rather than watched, so no kind of change is missed: writing in place, renaming as
/// editors do, swapping a symbolic link as Kubernetes does for `ConfigMap`s, network file systems.
/// On Unix only the file's metadata is read; elsewhere the file itself. A changed file is applied
/// once it stayed the same between two checks, so that a file in the middle of being written is
/// not; slower writers should write to a temporary file and rename it.
///
/// The file is applied as by [`DictConfig::install`](crate::config::DictConfig::install), whole or
/// not at all. An invalid or missing file changes nothing: the previous configuration stays. This
/// is reported once, on standard error and, if the root has handlers, as a `WARNING` of the logger
/// `logging.config`, unless there is a [hook](crate::config::ReloaderBuilder::on_reload). No record
/// is lost or duplicated by a change. Handlers whose arguments did not change stay, with their
/// files, queues and counters; loggers that are no longer named are reset.
///
/// It ends when dropped; see [`detach`](Self::detach). A child process made by `fork` follows the
/// file too, from its first record on, unless the file was being applied during the fork.
///
/// # Python
/// No equivalent. Programs call `fileConfig` again from a thread, or use `logging.config.listen`.
///
/// # Examples
/// ```
/// use logtree::Registry;
/// use logtree::config::Reloader;
///
/// let path = std::env::temp_dir().join("logtree-doc-reload.json");
/// std::fs::write(&path, r#"{"version": 1, "loggers": {"boto3": {"level": "DEBUG"}}}"#)?;
/// let registry = Registry::new();
/// let reloader = Reloader::builder(&path).registry(&registry).start()?;
///
/// std::fs::write(&path, r#"{"version": 1, "loggers": {"boto3": {"level": "ERROR"}}}"#)?;
/// assert!(reloader.reload()?); // or wait a second
/// assert_eq!(registry.get_logger("boto3").level(), logtree::Level::ERROR);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "the file is no longer followed once this is dropped"]
pub struct Reloader {
    core: Arc<ReloaderCore>,
}

/// What the timer and the handle share.
pub(super) struct ReloaderCore {
    path: PathBuf,
    interval: Duration,
    counts: Counts,
    /// Held by the thread that uses the follower.
    turn: Turn,
    /// Taken out during a turn, as no lock is held while user code runs. In a child process it is
    /// missing for good if a thread of the parent was using it.
    follower: Mutex<Option<Box<Follower>>>,
    alarm: Alarm,
}

impl Reloader {
    pub(super) fn new(core: Arc<ReloaderCore>) -> Self {
        Self { core }
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.core.path
    }

    /// Applies the file now, without waiting for it to stay the same. Returns whether it had
    /// changed.
    ///
    /// # Errors
    /// Those of [`DictConfig::from_file`](crate::config::DictConfig::from_file) and
    /// [`DictConfig::install`](crate::config::DictConfig::install); the previous configuration
    /// stays. [`ErrorKind::Reentrant`] when called while the file is being applied, by a factory
    /// for example.
    pub fn reload(&self) -> Result<bool, Error> {
        self.core.with_follower(Follower::take_now)?
    }

    /// Returns how often the file was applied, including the first time.
    #[must_use]
    pub fn reload_count(&self) -> u64 {
        self.core.counts.reloads.load(Ordering::Relaxed)
    }

    /// Returns how often a changed file could not be applied.
    #[must_use]
    pub fn failure_count(&self) -> u64 {
        self.core.counts.failures.load(Ordering::Relaxed)
    }

    /// Follows the file until the end of the process.
    pub fn detach(self) {
        // The timer looks as long as the core is alive.
        std::mem::forget(self);
    }
}

impl ReloaderCore {
    pub(super) fn new(follower: Follower, counts: Counts, interval: Duration) -> Arc<Self> {
        Arc::new(Self {
            path: follower.path().to_owned(),
            interval,
            counts,
            turn: Turn::default(),
            follower: Mutex::new(Some(Box::new(follower))),
            alarm: Alarm,
        })
    }

    /// Passes the follower to `work`, once no other thread uses it.
    ///
    /// # Errors
    /// [`ErrorKind::Reentrant`] on the thread that uses it; [`ErrorKind::Closed`] in a child
    /// process that did not inherit it.
    fn with_follower<R>(&self, work: impl FnOnce(&mut Follower, &Counts) -> R) -> Result<R, Error> {
        let _turn = self.turn.take(|| true).map_err(|_| {
            let message = "cannot reload the configuration while it is being reloaded";
            Error::new(ErrorKind::Reentrant, message)
        })?;
        let taken = self.follower.lock().take();
        let mut follower = taken.ok_or_else(|| {
            let message = "cannot reload the configuration: \
                           it was being reloaded when this process was forked";
            Error::new(ErrorKind::Closed, message)
        })?;
        let result = work(&mut follower, &self.counts);
        *self.follower.lock() = Some(follower);
        Ok(result)
    }

    /// Has the timer follow the file, until the last handle ends.
    pub(super) fn start(self: &Arc<Self>) -> io::Result<()> {
        self.alarm.set(self, self.interval)
    }
}

impl Timed for ReloaderCore {
    fn on_time(&self) {
        // In a child process that did not inherit the follower, only its end is left.
        let _ = self.with_follower(Follower::look);
    }

    fn next(&self) -> Option<Duration> {
        Some(self.interval)
    }
}

impl fmt::Debug for Reloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reloader")
            .field("path", &self.path())
            .field("reload_count", &self.reload_count())
            .field("failure_count", &self.failure_count())
            .finish_non_exhaustive()
    }
}

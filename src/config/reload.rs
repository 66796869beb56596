//! Following a configuration's file: [`Reloader`].

use std::path::{Path, PathBuf};
use std::thread::{self, Thread};
use std::time::Duration;
use std::{fmt, fs, io};

use crate::config::apply::InPlace;
use crate::config::check::Settings;
use crate::config::dict_config::DictConfig;
use crate::config::file;
use crate::config::kinds::Kinds;
use crate::config::read::Syntax;
use crate::error::{Error, ErrorKind};
use crate::registry::Registry;
use crate::sys::process::{self, InChild};
use crate::sys::sync::{Arc, AtomicU64, Mutex, Ordering, Weak};
use crate::sys::turn::Turn;
use crate::sys::user_code;

/// Applies a configuration's file, and applies it again whenever it changes.
///
/// A thread looks at the file every [second](ReloaderBuilder::interval). The file is polled rather than watched, so that no kind of change is
/// missed: written in place, renamed over as editors do, a symbolic link that is swapped as for Kubernetes' `ConfigMap`s, a network
/// file system. On Unix a look asks for the file's state alone; elsewhere it reads the file. A changed file is taken once it has stayed the same from one look to the next, so that one that is just being written is
/// not; who writes for longer than that had better write elsewhere and rename.
///
/// It is applied as [`DictConfig::apply`] does, whole or not at all. A file that is wrong, or gone, changes nothing: the last good
/// configuration stays, and that is reported once, on standard error and, where the root has handlers, as a `WARNING` of the logger `logging.config`, unless there is a
/// [hook](ReloaderBuilder::on_reload). No record is
/// lost or doubled by a change. Handlers that are to be what they were stay as they are, with their files, queues and counters; loggers that are
/// no longer named go back to what new ones are.
///
/// It ends when it is dropped; see [`detach`](Self::detach). A child process made by `fork` follows the file as well, from its first record on;
/// where the file was just being applied at the fork, it does not.
///
/// # Python
/// There is nothing like it. People run `fileConfig` again from a thread of their own, or `logging.config.listen`.
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
/// assert!(reloader.reload()?); // or wait for a second
/// assert_eq!(registry.get_logger("boto3").level(), logtree::Level::ERROR);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "it ends when it is dropped"]
pub struct Reloader {
    shared: Arc<Shared>,
}

/// What the thread and its handle share.
struct Shared {
    path: PathBuf,
    interval: Duration,
    counts: Counts,
    /// Of the thread that has the follower.
    turn: Turn,
    /// Taken out during a turn, as no lock is held while the user's code runs. In a child process it is missing for ever if a thread of the
    /// parent had it.
    follower: Mutex<Option<Box<Follower>>>,
    thread: Mutex<Option<Thread>>,
}

#[derive(Default)]
struct Counts {
    applied: AtomicU64,
    failed: AtomicU64,
}

type Hook = dyn Fn(&Result<(), Error>) + Send;

impl Reloader {
    /// Applies a file to the global registry, makes that the backend of the `log` facade where there is no other, and follows the file.
    ///
    /// # Errors
    /// Those of [`DictConfig::from_file`] and [`DictConfig::apply`], for the first time; later ones are reported.
    /// [`ErrorKind::Io`] when the system gives no thread.
    pub fn start(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder(path).start()
    }

    /// Starts one with more to say than the path.
    pub fn builder(path: impl AsRef<Path>) -> ReloaderBuilder {
        ReloaderBuilder {
            path: path.as_ref().to_owned(),
            syntax: None,
            kinds: Kinds::new(),
            settings: Settings::default(),
            registry: None,
            interval: Duration::from_secs(1),
            hook: None,
        }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Takes the file now, without waiting for it to stay the same; answers whether it had changed.
    ///
    /// # Errors
    /// Those of [`DictConfig::from_file`] and [`DictConfig::apply`]: the last good configuration stays. [`ErrorKind::Reentrant`] when called by
    /// what a configuration makes.
    pub fn reload(&self) -> Result<bool, Error> {
        self.shared.with_follower(Follower::take_now)?
    }

    /// How many times the file was applied, the first time included.
    #[must_use]
    pub fn applied(&self) -> u64 {
        self.shared.counts.applied.load(Ordering::Relaxed)
    }

    /// How many times a changed file was not applied, as something was wrong with it.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.shared.counts.failed.load(Ordering::Relaxed)
    }

    /// Follows the file until the end of the process.
    pub fn detach(self) {
        // The thread goes on as long as this is there.
        std::mem::forget(self);
    }
}

impl Drop for Reloader {
    fn drop(&mut self) {
        if let Some(thread) = &*self.shared.thread.lock() {
            thread.unpark();
        }
    }
}

impl Shared {
    /// Lends the follower out, once no other thread has it.
    ///
    /// # Errors
    /// [`ErrorKind::Reentrant`] for the thread that has it; [`ErrorKind::Closed`] in a child process that did not get it.
    fn with_follower<R>(&self, work: impl FnOnce(&mut Follower, &Counts) -> R) -> Result<R, Error> {
        let _turn = self.turn.take(|| true).map_err(|_| {
            let message = "cannot reload the configuration: it is just being reloaded";
            Error::new(ErrorKind::Reentrant, message)
        })?;
        let taken = self.follower.lock().take();
        let mut follower = taken.ok_or_else(|| {
            let message = "cannot reload the configuration: it was just being reloaded when this process was forked";
            Error::new(ErrorKind::Closed, message)
        })?;
        let result = work(&mut follower, &self.counts);
        *self.follower.lock() = Some(follower);
        Ok(result)
    }

    /// Starts the thread. It ends with the last handle.
    fn start(self: &Arc<Self>) -> io::Result<()> {
        let (shared, interval) = (Arc::downgrade(self), self.interval);
        let thread = thread::Builder::new().name("logtree-reload".to_owned());
        let started = thread.spawn(move || run(&shared, interval))?;
        *self.thread.lock() = Some(started.thread().clone());
        Ok(())
    }
}

fn run(shared: &Weak<Shared>, interval: Duration) {
    loop {
        thread::park_timeout(interval);
        let Some(shared) = shared.upgrade() else {
            return;
        };
        if shared.with_follower(Follower::look).is_err() {
            return;
        }
    }
}

impl InChild for Shared {
    fn in_child(self: Arc<Self>) {
        // Where there is none, the file is followed by `reload` alone.
        let _ = self.start();
    }
}

impl fmt::Debug for Reloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reloader")
            .field("path", &self.path())
            .field("applied", &self.applied())
            .field("failed", &self.failed())
            .finish_non_exhaustive()
    }
}

/// Makes a [`Reloader`].
///
/// The defaults: the notation by the end of the file's name, this crate's kinds, the global registry, a look every second.
#[must_use]
pub struct ReloaderBuilder {
    path: PathBuf,
    syntax: Option<Syntax>,
    kinds: Kinds,
    settings: Settings,
    registry: Option<Registry>,
    interval: Duration,
    hook: Option<Box<Hook>>,
}

impl ReloaderBuilder {
    /// The notation, whatever the file's name.
    pub fn syntax(mut self, syntax: Syntax) -> Self {
        self.syntax = Some(syntax);
        self
    }

    /// See [`DictConfig::kinds`].
    pub fn kinds(mut self, kinds: Kinds) -> Self {
        self.kinds = kinds;
        self
    }

    /// See [`DictConfig::directory`].
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.settings.directory = Some(directory.into());
        self
    }

    /// See [`DictConfig::allow_parent_paths`].
    pub fn allow_parent_paths(mut self, allow: bool) -> Self {
        self.settings.allow_parent = allow;
        self
    }

    /// See [`DictConfig::disable_existing_loggers`].
    pub fn disable_existing_loggers(mut self, disable: bool) -> Self {
        self.settings.disable_existing = Some(disable);
        self
    }

    /// Another registry than the global one.
    pub fn registry(mut self, registry: &Registry) -> Self {
        self.registry = Some(registry.clone());
        self
    }

    /// How often the file is looked at: a second unless set, a millisecond at least. A change is applied two looks after it at the latest.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval.max(Duration::from_millis(1));
        self
    }

    /// Called on the reloader's thread after each time that a changed file was applied, or was not; in place of the report on standard
    /// error. What it panics with is dropped.
    pub fn on_reload(mut self, hook: impl Fn(&Result<(), Error>) + Send + 'static) -> Self {
        self.hook = Some(Box::new(hook));
        self
    }

    /// Applies the file, and follows it.
    ///
    /// # Errors
    /// Those of [`Reloader::start`].
    pub fn start(self) -> Result<Reloader, Error> {
        let is_global = self.registry.is_none();
        let registry = self.registry.unwrap_or_else(|| Registry::global().clone());
        let counts = Counts::default();
        let mut follower = Follower {
            path: self.path,
            syntax: self.syntax,
            kinds: self.kinds,
            settings: self.settings,
            registry,
            hook: self.hook,
            in_place: InPlace::default(),
            taken: Stamp::Unseen,
            seen: Stamp::Unseen,
            applied: None,
            refused: None,
        };
        // Before the first look, so that what changes meanwhile is a change.
        follower.taken = Stamp::of(&follower.path);
        follower.seen = follower.taken;
        follower.take(&counts)?;
        if is_global {
            // Another backend stays: this crate's own macros work without the facade.
            let _ = crate::facade::install();
        }
        let shared = Arc::new(Shared {
            path: follower.path.clone(),
            interval: self.interval,
            counts,
            turn: Turn::default(),
            follower: Mutex::new(Some(Box::new(follower))),
            thread: Mutex::new(None),
        });
        process::in_child_of(&shared);
        shared.start().map_err(|error| {
            let message = "cannot start the thread that follows the configuration";
            Error::io(message, error)
        })?;
        Ok(Reloader { shared })
    }
}

impl fmt::Debug for ReloaderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReloaderBuilder")
            .field("path", &self.path)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

/// What tells whether a file has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stamp {
    Unseen,
    Missing(io::ErrorKind),
    File {
        length: u64,
        modified: Option<std::time::SystemTime>,
        identity: Identity,
    },
}

impl Stamp {
    /// Links are followed.
    fn of(path: &Path) -> Self {
        match fs::metadata(path) {
            Err(error) => Self::Missing(error.kind()),
            Ok(metadata) => Self::File {
                length: metadata.len(),
                modified: metadata.modified().ok(),
                identity: Identity::of(path, &metadata),
            },
        }
    }
}

/// Which file it is, and when anything of it changed: a file put in its place, and one that keeps the length and the time of the one
/// before, show here.
#[cfg(unix)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    place: (u64, u64),
    changed: (i64, i64),
}

#[cfg(unix)]
impl Identity {
    fn of(_: &Path, metadata: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;

        Self {
            place: (metadata.dev(), metadata.ino()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// The text itself, which is short: elsewhere a file has no number that std knows, and one that replaces another can keep the
/// times of both its making and its last change.
#[cfg(not(unix))]
type Identity = Print;

/// A hash of a file's text.
#[cfg(any(not(unix), test))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Print(u64);

#[cfg(any(not(unix), test))]
impl Print {
    fn of(path: &Path, _: &fs::Metadata) -> Self {
        let mut print = super::fingerprint::Fingerprint::default();
        print.add(file::read(path).ok());
        Self(print.value())
    }
}

/// What the thread has to itself.
struct Follower {
    path: PathBuf,
    syntax: Option<Syntax>,
    kinds: Kinds,
    settings: Settings,
    registry: Registry,
    hook: Option<Box<Hook>>,
    in_place: InPlace,
    /// The file as it was when it was last taken, and at the last look.
    taken: Stamp,
    seen: Stamp,
    /// The text that is in place, and the last one that was wrong.
    applied: Option<String>,
    refused: Option<String>,
}

impl Follower {
    /// Takes the file without waiting for it to stay the same.
    fn take_now(&mut self, counts: &Counts) -> Result<bool, Error> {
        self.taken = Stamp::of(&self.path);
        self.seen = self.taken;
        self.take_guarded(counts)
    }

    /// Takes the file if it has changed, and has stayed the same since the last look.
    fn look(&mut self, counts: &Counts) {
        let now = Stamp::of(&self.path);
        let is_steady = now == self.seen;
        self.seen = now;
        if now == self.taken || !is_steady {
            return;
        }
        self.taken = now;
        let refused = self.refused.clone();
        match self.take_guarded(counts) {
            Ok(false) => {}
            Ok(true) => self.tell(&Ok(())),
            // The same text, or the same failure to read it, was told before.
            Err(_) if refused.is_some() && self.refused == refused => {}
            Err(error) => self.tell(&Err(error)),
        }
    }

    /// What the user's kinds panic with is an error like any other.
    fn take_guarded(&mut self, counts: &Counts) -> Result<bool, Error> {
        let taken = user_code::call(|| self.take(counts));
        taken.unwrap_or_else(|panic| {
            let message = format!("applying the configuration panicked: {panic}");
            counts.failed.fetch_add(1, Ordering::Relaxed);
            Err(Error::new(ErrorKind::Panicked, message))
        })
    }

    /// Reads the file and applies it; answers whether there was anything new in it.
    fn take(&mut self, counts: &Counts) -> Result<bool, Error> {
        let text = file::read(&self.path);
        let key = text.as_ref().map_or_else(ToString::to_string, Clone::clone);
        if text.is_ok() && self.applied.as_ref() == Some(&key) {
            self.refused = None;
            return Ok(false);
        }
        match text.and_then(|text| self.apply(&text)) {
            Ok(()) => {
                self.applied = Some(key);
                self.refused = None;
                counts.applied.fetch_add(1, Ordering::Relaxed);
                Ok(true)
            }
            Err(error) => {
                self.refused = Some(key);
                counts.failed.fetch_add(1, Ordering::Relaxed);
                Err(error)
            }
        }
    }

    fn apply(&mut self, text: &str) -> Result<(), Error> {
        let syntax = match self.syntax {
            Some(syntax) => syntax,
            None => Syntax::by_name(&self.path)?,
        };
        let config = DictConfig::read_file(&self.path, text, syntax)?;
        let config = config.with(self.kinds.clone(), self.settings.clone());
        if let Some(in_place) = config.apply_after(&self.registry, &self.in_place)? {
            self.in_place = in_place;
        }
        Ok(())
    }

    fn tell(&self, result: &Result<(), Error>) {
        match (&self.hook, result) {
            (Some(hook), _) => {
                user_code::call_ignoring_panic(|| hook(result));
            }
            (None, Err(error)) => {
                let problem = format!("the last good configuration stays: {error}");
                self.registry.report_problem(&problem);
            }
            (None, Ok(())) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a file's length and times say nothing, its text does.
    #[test]
    fn a_text_of_the_same_length_is_another_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.json");
        let print = |text: &str| {
            fs::write(&path, text).unwrap();
            Print::of(&path, &fs::metadata(&path).unwrap())
        };
        let first = print("one");
        assert_ne!(print("two"), first);
        assert_eq!(print("one"), first);
    }
}

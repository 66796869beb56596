//! Following a configuration's file: [`Reloader`].

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, ThreadId};
use std::time::Duration;
use std::{fmt, io};

use super::apply::InPlace;
use super::check::Settings;
use super::dict_config::DictConfig;
use super::file;
use super::kinds::Kinds;
use super::read::Syntax;
use crate::sync::{Arc, AtomicU64, Ordering};
use crate::user_code;
use crate::{Error, ErrorKind, Registry};

/// Applies a configuration's file, and applies it again whenever it changes.
///
/// A thread looks at the file every [second](ReloaderBuilder::interval). By looking and not by being told, nothing is missed, whatever the
/// way of the change: written in place, renamed over as editors do, a symbolic link that is swapped as for Kubernetes' `ConfigMap`s, a network
/// file system. A changed file is taken once it has stayed the same from one look to the next, so that one that is just being written is
/// not; who writes for longer than that had better write elsewhere and rename.
///
/// It is applied as [`DictConfig::apply`] does, whole or not at all. A file that is wrong, or gone, changes nothing: the last good
/// configuration stays, and that is reported once, on standard error unless there is a [hook](ReloaderBuilder::on_reload). No record is
/// lost or doubled by a change. Handlers that are to be what they were stay as they are, with their files, queues and counters; loggers that are
/// no longer named go back to what new ones are.
///
/// It ends when it is dropped; see [`detach`](Self::detach). In a child process made by `fork` nothing is followed.
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
    path: PathBuf,
    requests: Sender<Request>,
    thread: ThreadId,
    counts: Arc<Counts>,
}

/// What is asked of the thread: to take the file now, and to answer. The thread ends when nobody can ask any more.
type Request = Sender<Result<bool, Error>>;

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
        &self.path
    }

    /// Takes the file now, without waiting for it to stay the same; answers whether it had changed.
    ///
    /// # Errors
    /// Those of [`DictConfig::from_file`] and [`DictConfig::apply`]: the last good configuration stays. [`ErrorKind::Reentrant`] when called by
    /// what a configuration makes.
    pub fn reload(&self) -> Result<bool, Error> {
        if thread::current().id() == self.thread {
            let message = "cannot reload the configuration: it is just being reloaded";
            return Err(Error::new(ErrorKind::Reentrant, message));
        }
        let (answer, answered) = mpsc::channel();
        let sent = self.requests.send(answer).map_err(|_| gone());
        sent.and_then(|()| answered.recv().map_err(|_| gone()))?
    }

    /// How many times the file was applied, the first time included.
    #[must_use]
    pub fn applied(&self) -> u64 {
        self.counts.applied.load(Ordering::Relaxed)
    }

    /// How many times a changed file was not applied, as something was wrong with it.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.counts.failed.load(Ordering::Relaxed)
    }

    /// Follows the file until the end of the process.
    pub fn detach(self) {
        // Whoever can ask keeps it going.
        std::mem::forget(self.requests);
    }
}

fn gone() -> Error {
    Error::new(
        ErrorKind::Closed,
        "the thread that follows the configuration has ended",
    )
}

impl fmt::Debug for Reloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reloader")
            .field("path", &self.path)
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
        let counts = Arc::new(Counts::default());
        let mut follower = Follower {
            path: self.path,
            syntax: self.syntax,
            kinds: self.kinds,
            settings: self.settings,
            registry,
            hook: self.hook,
            counts: Arc::clone(&counts),
            in_place: InPlace::default(),
            taken: Stamp::Unseen,
            seen: Stamp::Unseen,
            applied: None,
            refused: None,
        };
        // Before the first look, so that what changes meanwhile is a change.
        follower.taken = Stamp::of(&follower.path);
        follower.seen = follower.taken;
        follower.take()?;
        if is_global {
            // Another backend stays: this crate's own macros work without the facade.
            let _ = crate::install();
        }
        let path = follower.path.clone();
        let (requests, requested) = mpsc::channel();
        let (interval, name) = (self.interval, "logtree-reload".to_owned());
        // What it is made of does not cross threads before it is started.
        let thread = thread::Builder::new()
            .name(name)
            .spawn(move || follower.run(&requested, interval));
        let thread = thread.map_err(|error| {
            Error::io(
                "cannot start the thread that follows the configuration",
                error,
            )
        })?;
        Ok(Reloader {
            path,
            requests,
            thread: thread.thread().id(),
            counts,
        })
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

/// What is to be seen of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stamp {
    Unseen,
    Missing(io::ErrorKind),
    File {
        length: u64,
        changed: (i64, i64),
        modified: Option<std::time::SystemTime>,
        place: (u64, u64),
    },
}

impl Stamp {
    /// Links are followed.
    fn of(path: &Path) -> Self {
        match fs::metadata(path) {
            Err(error) => Self::Missing(error.kind()),
            Ok(metadata) => Self::File {
                length: metadata.len(),
                changed: changed(&metadata),
                modified: metadata.modified().ok(),
                place: place(&metadata),
            },
        }
    }
}

#[cfg(unix)]
fn place(metadata: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;

    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn place(_: &fs::Metadata) -> (u64, u64) {
    (0, 0)
}

/// When anything of it changed: a copy that keeps the time of its original shows here.
#[cfg(unix)]
fn changed(metadata: &fs::Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt;

    (metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn changed(_: &fs::Metadata) -> (i64, i64) {
    (0, 0)
}

/// What the thread has to itself.
struct Follower {
    path: PathBuf,
    syntax: Option<Syntax>,
    kinds: Kinds,
    settings: Settings,
    registry: Registry,
    hook: Option<Box<Hook>>,
    counts: Arc<Counts>,
    in_place: InPlace,
    /// The file as it was when it was last taken, and at the last look.
    taken: Stamp,
    seen: Stamp,
    /// The text that is in place, and the last one that was wrong.
    applied: Option<String>,
    refused: Option<String>,
}

impl Follower {
    fn run(mut self, requests: &Receiver<Request>, interval: Duration) {
        loop {
            match requests.recv_timeout(interval) {
                Ok(answer) => {
                    self.taken = Stamp::of(&self.path);
                    self.seen = self.taken;
                    // Whoever asked and left did not want to know.
                    let _ = answer.send(self.take_guarded());
                }
                Err(RecvTimeoutError::Timeout) => self.look(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Takes the file if it has changed, and has stayed the same since the last look.
    fn look(&mut self) {
        let now = Stamp::of(&self.path);
        let is_steady = now == self.seen;
        self.seen = now;
        if now == self.taken || !is_steady {
            return;
        }
        self.taken = now;
        let refused = self.refused.clone();
        match self.take_guarded() {
            Ok(false) => {}
            Ok(true) => self.tell(&Ok(())),
            // The same text, or the same failure to read it, was told before.
            Err(_) if refused.is_some() && self.refused == refused => {}
            Err(error) => self.tell(&Err(error)),
        }
    }

    /// What the user's kinds panic with is an error like any other.
    fn take_guarded(&mut self) -> Result<bool, Error> {
        let taken = user_code::call(|| self.take());
        taken.unwrap_or_else(|panic| {
            let message = format!("applying the configuration panicked: {panic}");
            self.counts.failed.fetch_add(1, Ordering::Relaxed);
            Err(Error::new(ErrorKind::Panicked, message))
        })
    }

    /// Reads the file and applies it; answers whether there was anything new in it.
    fn take(&mut self) -> Result<bool, Error> {
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
                self.counts.applied.fetch_add(1, Ordering::Relaxed);
                Ok(true)
            }
            Err(error) => {
                self.refused = Some(key);
                self.counts.failed.fetch_add(1, Ordering::Relaxed);
                Err(error)
            }
        }
    }

    fn apply(&mut self, text: &str) -> Result<(), Error> {
        let syntax = match self.syntax {
            Some(syntax) => syntax,
            None => Syntax::by_name(&self.path)?,
        };
        let config = DictConfig::read(text, syntax, &self.path.display().to_string())?;
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
                let diagnostics = &self.registry.inner().environment.diagnostics;
                diagnostics.line(format_args!(
                    "logtree: the last good configuration stays: {error}"
                ));
            }
            (None, Ok(())) => {}
        }
    }
}

//! What a reloader does with its file: [`Follower`].

use std::path::{Path, PathBuf};

use crate::config::apply::InPlace;
use crate::config::dict_config::DictConfig;
use crate::config::factories::Factories;
use crate::config::file;
use crate::config::reload::stamp::Stamp;
use crate::config::settings::Settings;
use crate::config::syntax::Syntax;
use crate::error::{Chain, Error, ErrorKind};
use crate::registry::Registry;
use crate::sys::sync::{AtomicU64, Ordering};
use crate::sys::user_code;

/// Called with the result of each reload.
pub(super) type Hook = dyn Fn(&Result<(), Error>) + Send + Sync;

/// How often the file was applied, and refused.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) reloads: AtomicU64,
    pub(super) failures: AtomicU64,
}

/// Follows a file; used by one thread at a time.
pub(super) struct Follower {
    path: PathBuf,
    syntax: Option<Syntax>,
    factories: Factories,
    settings: Settings,
    registry: Registry,
    pub(super) hook: Option<Box<Hook>>,
    in_place: InPlace,
    /// The file when it was last read, and at the last check.
    taken: Stamp,
    seen: Stamp,
    /// The text that is in place, and the last one that was refused.
    applied: Option<String>,
    refused: Option<String>,
}

impl Follower {
    pub(super) fn new(
        path: PathBuf,
        syntax: Option<Syntax>,
        factories: Factories,
        settings: Settings,
        registry: Registry,
    ) -> Self {
        // Before the file is read, so that a change meanwhile is noticed.
        let stamp = Stamp::of(&path);
        Self {
            path,
            syntax,
            factories,
            settings,
            registry,
            hook: None,
            in_place: InPlace::default(),
            taken: stamp,
            seen: stamp,
            applied: None,
            refused: None,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Applies the file without waiting for it to stay the same.
    pub(super) fn take_now(&mut self, counts: &Counts) -> Result<bool, Error> {
        self.taken = Stamp::of(&self.path);
        self.seen = self.taken;
        self.take_guarded(counts)
    }

    /// Applies the file if it has changed, and has stayed the same since the last check.
    pub(super) fn look(&mut self, counts: &Counts) {
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
            Ok(true) => self.notify(&Ok(())),
            // The same text, or the same failure to read it, was reported before.
            Err(_) if refused.is_some() && self.refused == refused => {}
            Err(error) => self.notify(&Err(error)),
        }
    }

    /// Applies the file; a panic of user code becomes an error.
    fn take_guarded(&mut self, counts: &Counts) -> Result<bool, Error> {
        let taken = user_code::call(|| self.take(counts));
        taken.unwrap_or_else(|panic| {
            let message = format!("applying the configuration panicked: {panic}");
            counts.failures.fetch_add(1, Ordering::Relaxed);
            Err(Error::new(ErrorKind::Panicked, message))
        })
    }

    /// Reads and applies the file. Returns whether it had changed.
    pub(super) fn take(&mut self, counts: &Counts) -> Result<bool, Error> {
        let text = file::read(&self.path);
        let key = text
            .as_ref()
            .map_or_else(|error| Chain::one_line(error).to_string(), Clone::clone);
        if text.is_ok() && self.applied.as_ref() == Some(&key) {
            self.refused = None;
            return Ok(false);
        }
        match text.and_then(|text| self.apply(&text)) {
            Ok(()) => {
                self.applied = Some(key);
                self.refused = None;
                counts.reloads.fetch_add(1, Ordering::Relaxed);
                Ok(true)
            }
            Err(error) => {
                self.refused = Some(key);
                counts.failures.fetch_add(1, Ordering::Relaxed);
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
        let config = config.with(self.factories.clone(), self.settings.clone());
        if let Some(in_place) = config.install_after(&self.registry, &self.in_place)? {
            self.in_place = in_place;
        }
        Ok(())
    }

    fn notify(&self, result: &Result<(), Error>) {
        match (&self.hook, result) {
            (Some(hook), _) => {
                user_code::call_ignoring_panic(|| hook(result));
            }
            (None, Err(error)) => {
                let error = Chain::one_line(error);
                let problem = format!("keeping the previous configuration: {error}");
                self.registry.report_problem(&problem);
            }
            (None, Ok(())) => {}
        }
    }
}

//! Options of a followed configuration file: [`ReloaderBuilder`].

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::factories::Factories;
use crate::config::reload::follower::{Counts, Follower, Hook};
use crate::config::reload::reloader::{Reloader, ReloaderCore};
use crate::config::settings::Settings;
use crate::config::syntax::Syntax;
use crate::error::Error;
use crate::registry::Registry;

/// Builder for a [`Reloader`]; see [`Reloader::builder`].
///
/// Defaults: the syntax of the file's extension, the factories of this crate, the global registry,
/// a check every second.
#[must_use]
pub struct ReloaderBuilder {
    path: PathBuf,
    syntax: Option<Syntax>,
    factories: Factories,
    settings: Settings,
    registry: Option<Registry>,
    interval: Duration,
    hook: Option<Box<Hook>>,
}

impl Reloader {
    /// Applies a file to the global registry, installs that as the `log` backend unless another one
    /// is installed, and follows the file.
    ///
    /// # Errors
    /// Those of [`DictConfig::from_file`](crate::config::DictConfig::from_file) and
    /// [`DictConfig::install`](crate::config::DictConfig::install) for the first time; later ones
    /// are reported. [`ErrorKind::Io`](crate::ErrorKind::Io) if the thread cannot be started.
    pub fn start(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder(path).start()
    }

    /// Returns a builder with further options.
    pub fn builder(path: impl AsRef<Path>) -> ReloaderBuilder {
        ReloaderBuilder {
            path: path.as_ref().to_owned(),
            syntax: None,
            factories: Factories::new(),
            settings: Settings::default(),
            registry: None,
            interval: Duration::from_secs(1),
            hook: None,
        }
    }
}

impl ReloaderBuilder {
    /// Sets the syntax, whatever the file's extension.
    pub fn syntax(mut self, syntax: Syntax) -> Self {
        self.syntax = Some(syntax);
        self
    }

    /// Sets the objects that the file can name; see
    /// [`DictConfig::factories`](crate::config::DictConfig::factories).
    pub fn factories(mut self, factories: Factories) -> Self {
        self.factories = factories;
        self
    }

    /// Sets the directory of relative paths; see
    /// [`DictConfig::directory`](crate::config::DictConfig::directory).
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.settings.directory = Some(directory.into());
        self
    }

    /// Sets whether paths may contain `..`; see
    /// [`DictConfig::allow_parent_paths`](crate::config::DictConfig::allow_parent_paths).
    pub fn allow_parent_paths(mut self, allow: bool) -> Self {
        self.settings.allow_parent = allow;
        self
    }

    /// Sets whether loggers that are not named are disabled, as
    /// [`disable_existing_loggers`](crate::config::DictConfig::disable_existing_loggers) does.
    pub fn disable_existing_loggers(mut self, disable: bool) -> Self {
        self.settings.disable_existing = Some(disable);
        self
    }

    /// Sets the registry; the global one by default.
    pub fn registry(mut self, registry: &Registry) -> Self {
        self.registry = Some(registry.clone());
        self
    }

    /// Sets how often the file is checked: every second by default, at least a millisecond. A
    /// change is applied at the second check after it at the latest.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval.max(Duration::from_millis(1));
        self
    }

    /// Sets a hook that the reloader's thread calls whenever a changed file was applied or refused;
    /// it replaces the report on standard error. Its panics are ignored.
    pub fn on_reload(mut self, hook: impl Fn(&Result<(), Error>) + Send + Sync + 'static) -> Self {
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
        let mut follower = Follower::new(
            self.path,
            self.syntax,
            self.factories,
            self.settings,
            registry,
        );
        follower.hook = self.hook;
        follower.take(&counts)?;
        if is_global {
            // Another backend stays installed: this crate's own macros work without the facade.
            let _ = crate::facade::install();
        }
        let core = ReloaderCore::new(follower, counts, self.interval);
        core.start().map_err(|error| {
            let message = "cannot start the thread that follows the configuration";
            Error::io(message, error)
        })?;
        Ok(Reloader::new(core))
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

//! Options of a control: [`ControlBuilder`].

use std::path::PathBuf;
#[cfg(feature = "fleet")]
use std::time::Duration;

use crate::control::change_log::ChangeLog;
use crate::control::control::Control;
use crate::control::core::ControlCore;
#[cfg(feature = "fleet")]
use crate::control::fleet::{Identity, Joining, Store};
use crate::control::limits::Limits;
use crate::control::local_file::{Content, LocalFile};
use crate::error::Error;
use crate::level::Level;
use crate::registry::Registry;
#[cfg(feature = "fleet")]
use crate::sys::sync::Arc;

/// Builder for a [`Control`]; see [`Control::builder`].
///
/// Defaults: no file, up to 10,000 targets.
#[derive(Clone, Debug)]
#[must_use]
pub struct ControlBuilder {
    registry: Registry,
    path: Option<PathBuf>,
    limits: Limits,
    #[cfg(feature = "fleet")]
    joining: Joining,
}

impl Control {
    /// Returns a builder with further options, such as a file.
    pub fn builder(registry: &Registry) -> ControlBuilder {
        ControlBuilder {
            registry: registry.clone(),
            path: None,
            limits: Limits::default(),
            #[cfg(feature = "fleet")]
            joining: Joining::default(),
        }
    }
}

impl ControlBuilder {
    /// Sets a file that stores options, levels and groups, and from which [`open`](Self::open)
    /// restores them. Each change writes a new file, which then replaces the old one; only the user
    /// can read it. The limit is 64 MiB. An existing file must be a regular one that only its owner
    /// and group can write.
    pub fn persist_to(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Sets how many targets can have levels; 10,000 by default.
    pub fn max_targets(mut self, max: usize) -> Self {
        self.limits.max_targets = max;
        self
    }

    /// Sets whether AWS's rules apply: until options are set, all other requests are refused, and
    /// names have up to 128 letters, digits, `.`, `:`, `_`, `-` and spaces. Off by default.
    pub fn strict_aws(mut self, strict: bool) -> Self {
        self.limits.strict_aws = strict;
        self
    }

    /// Returns the control, after restoring what its file holds.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file exists and cannot be read;
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is not a regular file,
    /// is writable by everyone, is too long, or has invalid content, with the line;
    /// [`ErrorKind::LimitExceeded`](crate::ErrorKind::LimitExceeded). Nothing is changed then.
    pub fn open(self) -> Result<Control, Error> {
        #[cfg(feature = "fleet")]
        let joining = self.joining.clone();
        let control = self.open_file()?;
        #[cfg(feature = "fleet")]
        joining.join(&control.core)?;
        Ok(control)
    }

    fn open_file(self) -> Result<Control, Error> {
        let Self {
            registry,
            path,
            limits,
            ..
        } = self;
        let Some(path) = path else {
            return Ok(Control::of(&registry, limits, None));
        };
        let (file, content) = LocalFile::open(&path)?;
        let core = ControlCore::of(&registry);
        let mut state = core.state.lock();
        let restore = |mut content: Content| {
            let mut transaction = core.transaction(&mut state, &registry, &limits, "file");
            for (line, kept) in std::mem::take(&mut content.changes) {
                transaction.origin.guards_secrets = kept.guarded;
                transaction
                    .apply(kept.change)
                    .map_err(|why| content.refused(line, &why))?;
            }
            transaction.commit()
        };
        let restored = content.map(restore).transpose();
        let file = restored.map(|_| state.add_file(file));
        drop(state);
        // What is restored is no change that is logged.
        core.notify(&ChangeLog::new(&registry, Level::INFO), &[]);
        Ok(Control::of(&registry, limits, Some(file?)))
    }
}

#[cfg(feature = "fleet")]
impl ControlBuilder {
    /// Has the registry follow a fleet, as an instance of it: what is set for all instances, or for
    /// some, applies here as well. It belongs to the registry, whichever controls are left, and
    /// ends with it, or with another fleet of the registry.
    ///
    /// Of what is set for one target, the first that is there applies:
    ///
    /// | | set by | [layer](super::Layer) |
    /// |---|---|---|
    /// | 1 | the fleet, [forced](super::fleet::Terms::with_force) | `fleet …, forced` |
    /// | 2 | a control of this process, for a while first | `local` |
    /// | 3 | the fleet, the most specific [selector](super::fleet::Selector) | `fleet zone=eu-1a, 17` |
    /// | 4 | the program | `file` |
    ///
    /// [`open`](Self::open) does not fail, and does not wait, while the store cannot be reached.
    ///
    /// # Examples
    /// ```
    /// use logtree::control::fleet::{Identity, MemoryStore};
    /// use logtree::control::{Control, LevelTarget};
    /// use logtree::{Level, Registry};
    /// use std::time::Duration;
    ///
    /// let store = MemoryStore::new();
    /// store.put("set/level/all/LOGGER/botocore", r#"{"level":"DEBUG","number":10}"#);
    /// let identity = Identity::new("payments").zone("eu-1a");
    /// let control = Control::builder(&Registry::new())
    ///     .fleet(store, identity)
    ///     .fleet_wait(Duration::from_secs(60))
    ///     .open()?;
    /// let target = LevelTarget::logger("botocore");
    /// assert_eq!(control.level(&target), Some(Level::DEBUG));
    /// control.set_level(target.clone(), Level::INFO)?;
    /// assert_eq!(control.level(&target), Some(Level::INFO));
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn fleet(mut self, store: impl Store + 'static, identity: Identity) -> Self {
        self.joining.fleet = Some((Arc::new(store), identity));
        self
    }

    /// Sets how long [`open`](Self::open) waits until the levels of the fleet are in place.
    /// Default: not at all.
    pub fn fleet_wait(mut self, time: Duration) -> Self {
        self.joining.wait = time;
        self
    }

    /// Sets a file that keeps what the store has passed, for its user alone, so that the levels of
    /// the fleet apply at once when the program starts again, until the store passes others. Levels
    /// for a while apply until their end. From a file that is older than a day, only levels from
    /// `INFO` apply. Default: none.
    ///
    /// # Examples
    /// ```
    /// use logtree::control::fleet::{Identity, MemoryStore};
    /// use logtree::control::{Control, LevelTarget};
    /// use logtree::{Level, Registry};
    /// use std::time::Duration;
    ///
    /// let directory = tempfile::tempdir()?;
    /// let file = directory.path().join("fleet.json");
    /// let start = |store| {
    ///     let builder = Control::builder(&Registry::new());
    ///     builder.fleet(store, Identity::new("payments")).fleet_cache(&file)
    /// };
    /// let store = MemoryStore::new();
    /// store.put("set/level/all/LOGGER/botocore", r#"{"level":"ERROR","number":40}"#);
    /// let first = start(store.clone()).fleet_wait(Duration::from_secs(60)).open()?;
    /// while !file.exists() {
    ///     std::thread::sleep(Duration::from_millis(1));
    /// }
    /// store.set_reachable(false);
    /// let second = start(store).open()?;
    /// assert_eq!(second.level(&LevelTarget::logger("botocore")), Some(Level::ERROR));
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn fleet_cache(mut self, path: impl Into<PathBuf>) -> Self {
        self.joining.cache = Some(path.into());
        self
    }
}

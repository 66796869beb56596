//! The control of a registry's levels: [`Control`].

use std::fmt;
use std::time::Duration;

use crate::control::change::Change;
use crate::control::change_log::ChangeLog;
use crate::control::changed::Changed;
use crate::control::core::ControlCore;
use crate::control::group::Group;
use crate::control::limits::Limits;
use crate::control::listing::{Listing, Override};
use crate::control::local_file::LocalFile;
use crate::control::logger_state::LoggerState;
use crate::control::options::LoggingOptions;
use crate::control::page::Page;
use crate::control::state::{State, is_logger};
use crate::control::subscription::Subscription;
use crate::control::target::LevelTarget;
use crate::control::target_type::TargetType;
use crate::error::Error;
use crate::level::Level;
use crate::registry::{Registry, Tree};
use crate::sys::sync::Arc;

/// Changes a registry's levels while the program runs: in one place, with an origin for each
/// change, expiry and rollback.
///
/// It is a handle: clones, and further controls of the same registry, see and change the same
/// state, with one revision. What is set belongs to the registry: it applies, and temporary levels
/// end in time, whichever controls are left. Only a [file](super::ControlBuilder::persist_to) and
/// [limits](super::ControlBuilder) belong to a control; a file is written for every change, through
/// whatever control, as long as a control with that file lives. All methods can be called from any
/// thread; when a call returns, no thread decides by the previous state any more.
///
/// # Precedence
/// Whether a record is logged, the strongest rule first:
///
/// | | rule | effect |
/// |---|---|---|
/// | 1 | [`disable_all`](Self::disable_all), [`Registry::disable`], [`Logger::set_disabled`](crate::Logger::set_disabled) | silences; the levels stay |
/// | 2 | the level of the thread's [`Scope`](crate::Scope)s, the most verbose of them | passes, never silences |
/// | 3 | a level for the record's `clientId` (or `client_id`), then `principalId`, then `sourceIp`, whatever the logger | the first that exists passes or silences |
/// | 4 | the level of the nearest logger that has one, except the root: `a.b` for `a.b.c` | passes or silences |
/// | 5 | a level for the record's `eventType` (or `event_type`) | passes or silences |
/// | 6 | the default level, which is the root's | passes or silences |
///
/// If a record has a key twice, the more verbose level applies. `OFF` (AWS's `DISABLED`) silences a
/// logger and its descendants, except those with a level of their own.
/// [`Capture`](crate::test::Capture) and [`Backlog`](crate::backlog::Backlog) see what 2 to 6 hide.
/// Filters and the levels of handlers apply after all that.
///
/// As long as a value has a level, [`Logger::is_enabled_for`](crate::Logger::is_enabled_for)
/// reports whether *some* record of that level may be logged.
///
/// # AWS IoT
/// `SetV2LoggingOptions`, `GetV2LoggingOptions`, `SetV2LoggingLevel`, `ListV2LoggingLevels`,
/// `DeleteV2LoggingLevel`. A thing group is a logger, and the hierarchy is that of the names. AWS
/// does not define which of several levels applies; the order above does.
///
/// # Examples
/// ```
/// use logtree::control::{Control, LevelTarget};
/// use logtree::{Level, Registry};
/// use std::time::Duration;
///
/// let registry = Registry::new();
/// let control = Control::new(&registry).with_origin("admin");
/// control.set_level(LevelTarget::logger("boto3"), Level::DEBUG)?;
/// let ten_minutes = Duration::from_secs(600);
/// control.set_level_for(LevelTarget::logger("botocore"), Level::DEBUG, ten_minutes)?;
/// control.set_level(LevelTarget::client_id("sensor-7"), Level::DEBUG)?;
/// control.set_group("aws", ["boto3", "botocore", "s3transfer", "urllib3"])?;
/// control.set_group_level("aws", Level::WARNING)?;
/// assert_eq!(registry.get_logger("boto3").level(), Level::WARNING);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct Control {
    pub(super) registry: Registry,
    pub(super) core: Arc<ControlCore>,
    pub(super) limits: Limits,
    /// Kept alive, as the file is written as long as a control with it lives.
    _file: Option<Arc<LocalFile>>,
    pub(super) origin: Arc<str>,
}

impl Control {
    /// Returns a control of a registry.
    #[must_use]
    pub fn new(registry: &Registry) -> Self {
        Self::of(registry, Limits::default(), None)
    }

    pub(super) fn of(registry: &Registry, limits: Limits, file: Option<Arc<LocalFile>>) -> Self {
        Self {
            registry: registry.clone(),
            core: ControlCore::of(registry),
            limits,
            _file: file,
            origin: "api".into(),
        }
    }

    #[cfg(feature = "control")]
    pub(super) fn is_disabled_all(&self) -> bool {
        self.registry.inner().read(Tree::is_disabled_all)
    }

    /// Returns all targets that have levels, sorted by type and name.
    #[cfg(feature = "control")]
    pub(super) fn overrides(&self) -> Vec<Override> {
        let state = self.core.state.lock();
        let all = state.all(&self.registry).into_iter();
        let overrides = all.map(|(target, level)| {
            let entry = state.entry(&target, Some(level));
            Override::of(target.clone(), level, entry)
        });
        let overrides = overrides.collect();
        drop(state);
        overrides
    }

    #[cfg(feature = "control")]
    pub(super) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Sets the origin that changes through this control are logged and listed with: `console`,
    /// `cli`, a user. `api` by default.
    #[must_use]
    pub fn with_origin(self, origin: &str) -> Self {
        Self {
            origin: origin.into(),
            ..self
        }
    }

    /// Returns the state of a logger; [`None`] if there is none of the name.
    #[cfg(feature = "control")]
    pub(super) fn logger(&self, name: &str) -> Option<LoggerState> {
        let target = LevelTarget::logger(name);
        let node = self.registry.inner().nearest(target.name());
        let is_root = target == LevelTarget::default_level();
        let is_known = is_root || node.name() == target.name() && node.is_logger();
        is_known.then(|| {
            let temporary = self.core.state.lock().temporary();
            let temporary = temporary.get(&target).copied();
            LoggerState::of(&self.registry.get_logger(target.name()), temporary)
        })
    }

    /// Returns the default level, and whether all logging is disabled.
    ///
    /// # Errors
    /// [`ErrorKind::NotConfigured`](crate::ErrorKind::NotConfigured) under [AWS's
    /// rules](super::ControlBuilder::strict_aws), before options were set.
    pub fn options(&self) -> Result<LoggingOptions, Error> {
        let state = self.core.state.lock();
        self.limits.require_options(&state)?;
        Ok(LoggingOptions {
            default_level: Some(self.registry.root().level()),
            disable_all: Some(self.registry.inner().read(Tree::is_disabled_all)),
            role: state.role.clone(),
        })
    }

    /// Sets the default level, and whether all logging is disabled; `None` leaves a setting
    /// unchanged. Returns the revision.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be written;
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for an invalid level or
    /// role. Nothing is changed then.
    pub fn set_options(&self, options: LoggingOptions) -> Result<u64, Error> {
        self.apply([Change::Options(options)])
    }

    /// Disables all logging, or enables it again; the levels stay. Returns the revision.
    ///
    /// # Errors
    /// Those of [`set_options`](Self::set_options).
    pub fn disable_all(&self, disable: bool) -> Result<u64, Error> {
        self.set_options(LoggingOptions::default().with_disable_all(disable))
    }

    /// Returns the level of a target; `None` if it is inherited.
    #[must_use]
    pub fn level(&self, target: &LevelTarget) -> Option<Level> {
        self.core.state.lock().level(&self.registry, target)
    }

    /// Sets the level of a target, and returns the previous one. A logger that does not exist yet
    /// is created, and its level applies to its descendants.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for an invalid name or the
    /// level `NOTSET`; [`ErrorKind::LimitExceeded`](crate::ErrorKind::LimitExceeded);
    /// [`ErrorKind::NotConfigured`](crate::ErrorKind::NotConfigured) under [AWS's
    /// rules](super::ControlBuilder::strict_aws), before options were set;
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be written. Nothing is changed
    /// then.
    pub fn set_level(
        &self,
        target: LevelTarget,
        level: impl Into<Level>,
    ) -> Result<Option<Level>, Error> {
        let level = level.into();
        self.one(target.clone(), Change::Level(target, level))
    }

    /// Clears the level of a target, so that it is inherited. Returns the previous level.
    ///
    /// # Errors
    /// Those of [`set_level`](Self::set_level). A target without a level is not an error.
    pub fn clear_level(&self, target: &LevelTarget) -> Result<Option<Level>, Error> {
        self.one(target.clone(), Change::Clear(target.clone()))
    }

    /// Sets the level of a target for a limited time, and returns the previous one. Temporary
    /// levels of a target stack: when the newest expires, the one before it applies again unless it
    /// has expired too. A permanent level replaces them.
    ///
    /// The level expires even if no control is left; the registry runs a thread while there are
    /// temporary levels. They are not stored in the file.
    ///
    /// # Errors
    /// Those of [`set_level`](Self::set_level);
    /// [`ErrorKind::LimitExceeded`](crate::ErrorKind::LimitExceeded) also for more than 64 stacked
    /// temporary levels of a target. One that ends no later than a newer one does not count.
    pub fn set_level_for(
        &self,
        target: LevelTarget,
        level: impl Into<Level>,
        time: Duration,
    ) -> Result<Option<Level>, Error> {
        let level = level.into();
        self.one(target.clone(), Change::LevelFor(target, level, time))
    }

    /// Ends the temporary level of a target before its time, and returns it: the level before it
    /// applies again, as if it had expired. A target without a temporary level keeps its level.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for an invalid name.
    pub fn end_temporary(&self, target: &LevelTarget) -> Result<Option<Level>, Error> {
        self.one(target.clone(), Change::EndTemporary(target.clone()))
    }

    /// Applies a change of one target. Returns its previous level.
    fn one(&self, target: LevelTarget, change: Change) -> Result<Option<Level>, Error> {
        self.change(None, vec![change], |state| {
            state.level(&self.registry, &target)
        })
    }

    /// Returns the targets that have levels, sorted by type and name, one page at a time. Changes
    /// between two pages never make another target be skipped or listed twice.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a page of 0 or of more
    /// than [`Page::MAX`] entries; [`ErrorKind::NotConfigured`](crate::ErrorKind::NotConfigured) as
    /// for [`options`](Self::options).
    ///
    /// # Examples
    /// ```
    /// use logtree::control::{Control, Page, LevelTarget, TargetType};
    /// use logtree::{Level, Registry};
    ///
    /// let control = Control::new(&Registry::new());
    /// for name in ["a", "b", "c"] {
    ///     control.set_level(LevelTarget::logger(name), Level::DEBUG)?;
    /// }
    /// let first = control.list(Some(TargetType::Logger), Page::new(2))?;
    /// let rest = control.list(Some(TargetType::Logger), Page::new(2).after(first.next))?;
    /// assert_eq!((first.overrides.len(), rest.overrides.len(), rest.next), (2, 1, None));
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn list(&self, only: Option<TargetType>, page: Page) -> Result<Listing, Error> {
        let state = self.core.state.lock();
        self.limits.require_options(&state)?;
        let all = state.all(&self.registry).into_iter();
        let all = all.filter(|(target, _)| only.is_none_or(|only| target.target_type() == only));
        let listing = page.list(all, |target, level| {
            let entry = state.entry(&target, Some(level));
            Override::of(target.clone(), level, entry)
        });
        drop(state);
        listing
    }

    /// Returns the state of all loggers, the root first, then sorted by name.
    #[must_use]
    pub fn loggers(&self) -> Vec<LoggerState> {
        let registry = &self.registry;
        let temporary = self.core.state.lock().temporary();
        let names = std::iter::once(String::new()).chain(registry.logger_names());
        names
            .map(|name| {
                let temporary = temporary.get(&LevelTarget::logger(&*name)).copied();
                LoggerState::of(&registry.get_logger(name), temporary)
            })
            .collect()
    }

    /// Returns why records that a logger's level lets through are not written: the levels of all
    /// handlers on their way are higher, there is none, or logging is disabled. `None` if that is
    /// not so, and for targets other than loggers. Such a set-up is also logged when a level is
    /// set, as a `WARNING` of the logger `logging.control`.
    ///
    /// # Examples
    /// ```
    /// use logtree::control::{Control, LevelTarget};
    /// use logtree::handler::StreamHandler;
    /// use logtree::{Level, Registry};
    ///
    /// let registry = Registry::new();
    /// let target = LevelTarget::logger("boto3");
    /// let handler = StreamHandler::stderr().with_level(Level::INFO);
    /// registry.root().add_handler(handler);
    /// let control = Control::new(&registry);
    /// control.set_level(target.clone(), Level::DEBUG)?;
    /// assert_eq!(
    ///     control.warning(&target).as_deref(),
    ///     Some("boto3: effective DEBUG, but every handler on its way starts at INFO"),
    /// );
    /// # Ok::<(), logtree::Error>(())
    /// ```
    #[must_use]
    pub fn warning(&self, target: &LevelTarget) -> Option<String> {
        let node = is_logger(target).then(|| self.registry.inner().nearest(target.name()));
        let name = node.filter(|node| node.name() == target.name())?;
        let logger = self.registry.get_logger(name.name());
        LoggerState::of(&logger, None).warning(&self.registry)
    }

    /// Defines a group of loggers, replacing an earlier one of the name. The loggers need not
    /// exist. Returns the revision.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for an invalid name;
    /// [`ErrorKind::LimitExceeded`](crate::ErrorKind::LimitExceeded) for more groups and members
    /// than [`max_targets`](super::ControlBuilder::max_targets);
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be written.
    pub fn set_group<'n>(
        &self,
        name: &str,
        members: impl IntoIterator<Item = &'n str>,
    ) -> Result<u64, Error> {
        let members = members.into_iter().map(str::to_owned).collect();
        self.apply([Change::Group(name.to_owned(), members)])
    }

    /// Returns a group; `None` if there is no group of the name.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<Group> {
        self.core.state.lock().groups.get(name).cloned()
    }

    /// Returns all groups, sorted by name.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        self.core.state.lock().groups.values().cloned().collect()
    }

    /// Sets the level of every logger of a group. Returns the revision.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if there is no such group,
    /// and those of [`set_level`](Self::set_level).
    pub fn set_group_level(&self, name: &str, level: impl Into<Level>) -> Result<u64, Error> {
        self.apply([Change::GroupLevel(name.to_owned(), Some(level.into()))])
    }

    /// Clears the level of every logger of a group. Returns the revision.
    ///
    /// # Errors
    /// Those of [`set_group_level`](Self::set_group_level).
    pub fn clear_group_level(&self, name: &str) -> Result<u64, Error> {
        self.apply([Change::GroupLevel(name.to_owned(), None)])
    }

    /// Applies several changes as one: all of them, or none if one is refused. Returns the
    /// revision.
    ///
    /// # Errors
    /// Those of the changes.
    ///
    /// # Examples
    /// ```
    /// use logtree::control::{Change, Control, LevelTarget};
    /// use logtree::{Level, Registry};
    ///
    /// let control = Control::new(&Registry::new());
    /// control.apply([
    ///     Change::Level(LevelTarget::logger("a"), Level::DEBUG),
    ///     Change::Clear(LevelTarget::logger("b")),
    /// ])?;
    /// let second_is_refused = control.apply([
    ///     Change::Level(LevelTarget::logger("c"), Level::DEBUG),
    ///     Change::Level(LevelTarget::logger("d"), Level::NOTSET),
    /// ]);
    /// assert!(second_is_refused.is_err());
    /// assert_eq!(control.level(&LevelTarget::logger("c")), None);
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn apply(&self, changes: impl IntoIterator<Item = Change>) -> Result<u64, Error> {
        self.change(None, changes.into_iter().collect(), |state| {
            state.revision + 1
        })
    }

    /// [`apply`](Self::apply), if the revision is the expected one: of two clients that read and
    /// then change, the second is refused instead of overwriting the first one's change.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if the revision is another one, and
    /// those of [`apply`](Self::apply).
    pub fn apply_if(
        &self,
        revision: u64,
        changes: impl IntoIterator<Item = Change>,
    ) -> Result<u64, Error> {
        self.change(Some(revision), changes.into_iter().collect(), |state| {
            state.revision + 1
        })
    }

    /// Returns the revision, a number that increases with every change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.core.state.lock().revision
    }

    /// Calls `hook` after each change, on the thread that made it, with no lock held; the hook may
    /// make changes itself. Its panics are ignored. The hook is removed when the subscription is
    /// dropped, unless it is [detached](Subscription::detach).
    ///
    /// # Examples
    /// ```
    /// use logtree::Registry;
    /// use logtree::control::Control;
    ///
    /// let control = Control::new(&Registry::new());
    /// control.on_change(|change| println!("{change:?}")).detach();
    /// ```
    pub fn on_change(&self, hook: impl Fn(&Changed) + Send + Sync + 'static) -> Subscription {
        self.core.subscribers.add(hook)
    }

    /// Applies changes, if the revision is the expected one. Returns what `read` finds in the state
    /// before them.
    fn change<R>(
        &self,
        revision: Option<u64>,
        changes: Vec<Change>,
        read: impl FnOnce(&State) -> R,
    ) -> Result<R, Error> {
        let log = ChangeLog::new(&self.registry, self.limits.log_level);
        let mut state = self.core.state.lock();
        let mut changed = self.core.expire_levels(&mut state, &self.registry);
        let result = self.change_state(&mut state, revision, changes, read, &mut changed);
        drop(state);
        self.core.expire_in_time();
        self.core.notify(&log, &changed);
        result
    }

    fn change_state<R>(
        &self,
        state: &mut State,
        revision: Option<u64>,
        changes: Vec<Change>,
        read: impl FnOnce(&State) -> R,
        all: &mut Vec<Changed>,
    ) -> Result<R, Error> {
        state.require_revision(revision)?;
        let before = read(state);
        let (registry, limits) = (&self.registry, &self.limits);
        let transaction = self.core.transaction(state, registry, limits, &self.origin);
        let (changed, past) = ControlCore::change(transaction, changes)?;
        state.pasts.add(state.revision, past);
        all.extend(changed);
        Ok(before)
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("origin", &self.origin)
            .field("revision", &self.revision())
            .finish_non_exhaustive()
    }
}

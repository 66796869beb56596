//! The handle: [`Control`].

use std::fmt;
use std::time::Duration;

use crate::control::builder::ControlBuilder;
use crate::control::change::{Change, Changed};
use crate::control::error::{ControlError, ControlErrorKind};
use crate::control::logger_state::LoggerState;
use crate::control::options::LoggingOptions;
use crate::control::page::{Listing, Page};
use crate::control::shared::{Limits, Shared, Subscriber};
use crate::control::state::State;
use crate::control::store::Store;
use crate::control::target::{Target, TargetType};
use crate::level::Level;
use crate::registry::{Registry, Tree};
use crate::sys::sync::{Arc, Ordering};

/// Changes a registry's levels while the program runs, from one place, with a name for each change and a way back.
///
/// It is a handle: clones, and further controls of the same registry, see and change the same things, with one revision. What is set belongs to
/// the registry: it holds, and what was set for a while ends at its time, whichever controls are left. Only a
/// [file](ControlBuilder::persist_to) and [limits](ControlBuilder) are a control's own; a file is written for every change, through whatever control, as long as a
/// control with that file lives. Everything can be called from any thread; after a call returned, no thread decides by what was before.
///
/// # What decides
/// Whether a record is logged, the strongest first:
///
/// | | what | how |
/// |---|---|---|
/// | 1 | [`disable_all`](Self::disable_all), [`Registry::disable`], [`Logger::set_disabled`](crate::Logger::set_disabled) | nothing is logged; the levels stay |
/// | 2 | the level of the thread's [`Scope`](crate::Scope)s, the most verbose of them | passes, and never silences |
/// | 3 | a level for the record's `clientId` (or `client_id`), then `principalId`, then `sourceIp`, whatever its logger | the first that there is passes or silences |
/// | 4 | the level of the nearest logger that has one: `a.b` for `a.b.c`, the root apart | passes or silences |
/// | 5 | a level for the record's `eventType` (or `event_type`) | passes or silences |
/// | 6 | the default level, which is the root's | passes or silences |
///
/// Where a record has a key twice, the more verbose level counts. `OFF` (AWS's `DISABLED`) silences a logger and all below it, but for
/// what has a level of its own. [`Capture`](crate::test::Capture) and [`Backlog`](crate::backlog::Backlog) see what 2 to 6 hide. Filters and the levels of handlers come after all that.
///
/// As long as there is a level for a value, [`Logger::is_enabled_for`](crate::Logger::is_enabled_for) reports whether *some* record of that level may be
/// logged.
///
/// # AWS IoT
/// `SetV2LoggingOptions`, `GetV2LoggingOptions`, `SetV2LoggingLevel`, `ListV2LoggingLevels`, `DeleteV2LoggingLevel`. A thing group is a logger, the
/// hierarchy is that of the names. AWS does not say which of several levels wins; the order above does.
///
/// # Examples
/// ```
/// use logtree::control::{Control, Target};
/// use logtree::{Level, Registry};
/// use std::time::Duration;
///
/// let registry = Registry::new();
/// let control = Control::new(&registry);
/// control.set_level(Target::logger("boto3"), Level::DEBUG)?;
/// control.set_level_for(Target::logger("botocore"), Level::DEBUG, Duration::from_secs(600))?; // and back
/// control.set_level(Target::client_id("sensor-7"), Level::DEBUG)?;
/// control.set_group("aws", ["boto3", "botocore", "s3transfer", "urllib3"])?;
/// control.set_group_level("aws", Level::WARNING)?;
/// assert_eq!(registry.get_logger("boto3").level(), Level::WARNING);
/// # Ok::<(), logtree::control::ControlError>(())
/// ```
#[derive(Clone)]
pub struct Control {
    registry: Registry,
    shared: Arc<Shared>,
    limits: Limits,
    /// The file is written as long as a control with it lives.
    _store: Option<Arc<Store>>,
    origin: Arc<str>,
}

impl Control {
    /// A control over a registry.
    #[must_use]
    pub fn new(registry: &Registry) -> Self {
        Self::of(registry, Limits::default(), None)
    }

    /// Starts a control with a file for its overrides, and more.
    pub fn builder(registry: &Registry) -> ControlBuilder {
        ControlBuilder::new(registry)
    }

    pub(super) fn of(registry: &Registry, limits: Limits, store: Option<Arc<Store>>) -> Self {
        Self {
            registry: registry.clone(),
            shared: Shared::of(registry),
            limits,
            _store: store,
            origin: "api".into(),
        }
    }

    /// The same control for somebody else: what is changed through it is told as changed by this origin (`console`, `cli`, a user).
    #[must_use]
    pub fn by(&self, origin: &str) -> Self {
        Self {
            origin: origin.into(),
            ..self.clone()
        }
    }

    /// The default level and the switch for everything.
    ///
    /// # Errors
    /// [`ControlErrorKind::NotConfigured`] in [AWS's manner](ControlBuilder::strict_aws), before they were set.
    pub fn options(&self) -> Result<LoggingOptions, ControlError> {
        let state = self.shared.state.lock();
        self.limits.must_be_configured(&state)?;
        Ok(LoggingOptions {
            default_level: Some(self.registry.root().level()),
            disable_all: Some(self.registry.inner().read(Tree::is_disabled_all)),
            role: state.role.clone(),
        })
    }

    /// Sets the default level and the switch for everything; what is `None` stays as it is.
    ///
    /// # Errors
    /// [`ControlErrorKind::Internal`] when the overrides cannot be written to their file; nothing is changed then.
    pub fn set_options(&self, options: LoggingOptions) -> Result<u64, ControlError> {
        self.apply([Change::Options(options)])
    }

    /// Silences everything, or lifts that; the levels stay.
    ///
    /// # Errors
    /// Those of [`set_options`](Self::set_options).
    pub fn disable_all(&self, disable: bool) -> Result<u64, ControlError> {
        self.set_options(LoggingOptions::default().with_disable_all(disable))
    }

    /// The level that was set for a target; `None` where it inherits.
    #[must_use]
    pub fn level(&self, target: &Target) -> Option<Level> {
        self.shared.state.lock().level(&self.registry, target)
    }

    /// Sets the level of a target, in place of an earlier one, which is the answer. A logger that is not there yet is made, and its level holds
    /// for all below it.
    ///
    /// # Errors
    /// [`ControlErrorKind::InvalidRequest`] for a name that none can have; [`ControlErrorKind::LimitExceeded`];
    /// [`ControlErrorKind::NotConfigured`] in [AWS's manner](ControlBuilder::strict_aws), before options were set;
    /// [`ControlErrorKind::Internal`] as for [`set_options`](Self::set_options). Nothing is changed then.
    pub fn set_level(
        &self,
        target: Target,
        level: impl Into<Level>,
    ) -> Result<Option<Level>, ControlError> {
        let level = level.into();
        self.one(target.clone(), Change::Level(target, level))
    }

    /// Takes the level of a target away, so that it inherits; answers with the level.
    ///
    /// # Errors
    /// Those of [`set_level`](Self::set_level). A target without a level is none.
    pub fn clear_level(&self, target: &Target) -> Result<Option<Level>, ControlError> {
        self.one(target.clone(), Change::Clear(target.clone()))
    }

    /// Sets the level of a target for a while; then it is again what it was. Temporary levels of a target stack: when the newest
    /// ends, the one before it holds again, unless it has ended too. A level that is set without an end takes their place.
    ///
    /// It ends at its time even if no control is left; a registry has a thread for that, while there is anything to end.
    /// Temporary levels are not kept in the file.
    ///
    /// # Errors
    /// Those of [`set_level`](Self::set_level); [`ControlErrorKind::LimitExceeded`] also where 64 temporary levels of the target are
    /// still to hold one after the other. One that ends no later than a newer one is not counted, as it will not be seen again.
    pub fn set_level_for(
        &self,
        target: Target,
        level: impl Into<Level>,
        time: Duration,
    ) -> Result<Option<Level>, ControlError> {
        let level = level.into();
        self.one(target.clone(), Change::LevelFor(target, level, time))
    }

    /// Makes a change of one target; answers with its level before.
    fn one(&self, target: Target, change: Change) -> Result<Option<Level>, ControlError> {
        self.change(None, vec![change], |state| {
            state.level(&self.registry, &target)
        })
    }

    /// The targets that have levels, by type and name, page by page. What is changed between two pages makes no other target be left out or
    /// come twice.
    ///
    /// # Errors
    /// [`ControlErrorKind::InvalidRequest`] for a page of none or of more than 250; [`ControlErrorKind::NotConfigured`] as for
    /// [`options`](Self::options).
    ///
    /// # Examples
    /// ```
    /// use logtree::control::{Control, Page, Target, TargetType};
    /// use logtree::{Level, Registry};
    ///
    /// let control = Control::new(&Registry::new());
    /// for name in ["a", "b", "c"] {
    ///     control.set_level(Target::logger(name), Level::DEBUG)?;
    /// }
    /// let first = control.list(Some(TargetType::Logger), Page::new(2))?;
    /// let rest = control.list(Some(TargetType::Logger), Page::new(2).after(first.next))?;
    /// assert_eq!((first.overrides.len(), rest.overrides.len(), rest.next), (2, 1, None));
    /// # Ok::<(), logtree::control::ControlError>(())
    /// ```
    pub fn list(&self, only: Option<TargetType>, page: Page) -> Result<Listing, ControlError> {
        let state = self.shared.state.lock();
        self.limits.must_be_configured(&state)?;
        page.of(&state, state.all(&self.registry), only)
    }

    /// All loggers, the root first, then by name: with their levels, and what else decides on their records.
    #[must_use]
    pub fn loggers(&self) -> Vec<LoggerState> {
        let registry = &self.registry;
        let names = std::iter::once(String::new()).chain(registry.logger_names());
        names
            .map(|name| LoggerState::of(&registry.get_logger(name)))
            .collect()
    }

    /// Gives a group of loggers a name; one of that name is replaced. Its members need not be there.
    ///
    /// # Errors
    /// [`ControlErrorKind::InvalidRequest`] for names that none can have; [`ControlErrorKind::Internal`] as for
    /// [`set_options`](Self::set_options).
    pub fn set_group<'n>(
        &self,
        name: &str,
        members: impl IntoIterator<Item = &'n str>,
    ) -> Result<u64, ControlError> {
        let members = members.into_iter().map(str::to_owned).collect();
        self.apply([Change::Group(name.to_owned(), members)])
    }

    /// The members of a group, and the level that was last set for all of them.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<(Vec<String>, Option<Level>)> {
        self.shared.state.lock().group(name)
    }

    /// The names of the groups.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        self.shared.state.lock().groups.keys().cloned().collect()
    }

    /// Sets the level of every logger of a group.
    ///
    /// # Errors
    /// [`ControlErrorKind::InvalidRequest`] when there is no such group, and those of [`set_level`](Self::set_level).
    pub fn set_group_level(
        &self,
        name: &str,
        level: impl Into<Level>,
    ) -> Result<u64, ControlError> {
        self.apply([Change::GroupLevel(name.to_owned(), Some(level.into()))])
    }

    /// Takes the level of every logger of a group away.
    ///
    /// # Errors
    /// Those of [`set_group_level`](Self::set_group_level).
    pub fn clear_group_level(&self, name: &str) -> Result<u64, ControlError> {
        self.apply([Change::GroupLevel(name.to_owned(), None)])
    }

    /// Makes several changes as one: all of them or, where one cannot be made, none. Answers with the revision.
    ///
    /// # Errors
    /// Those of the changes.
    ///
    /// # Examples
    /// ```
    /// use logtree::control::{Change, Control, Target};
    /// use logtree::{Level, Registry};
    ///
    /// let control = Control::new(&Registry::new());
    /// control.apply([
    ///     Change::Level(Target::logger("a"), Level::DEBUG),
    ///     Change::Clear(Target::logger("b")),
    /// ])?;
    /// assert!(control.apply([Change::Level(Target::logger("c"), Level::DEBUG), Change::Level(Target::logger(""), Level::NOTSET)]).is_err());
    /// assert_eq!(control.level(&Target::logger("c")), None);
    /// # Ok::<(), logtree::control::ControlError>(())
    /// ```
    pub fn apply(&self, changes: impl IntoIterator<Item = Change>) -> Result<u64, ControlError> {
        self.change(None, changes.into_iter().collect(), |state| {
            state.revision + 1
        })
    }

    /// [`apply`](Self::apply), if nothing was changed since a revision: so that of two who look and then change, the second sees what the first did.
    ///
    /// # Errors
    /// [`ControlErrorKind::Conflict`] when something was, and those of [`apply`](Self::apply).
    pub fn apply_if(
        &self,
        revision: u64,
        changes: impl IntoIterator<Item = Change>,
    ) -> Result<u64, ControlError> {
        self.change(Some(revision), changes.into_iter().collect(), |state| {
            state.revision + 1
        })
    }

    /// A number that grows with every change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.shared.state.lock().revision
    }

    /// Calls somebody after each change, on the thread that made it, with no lock held; it may change things itself. Answers with a number for
    /// [`forget`](Self::forget). What it panics with is dropped.
    pub fn on_change(&self, call: impl Fn(&Changed) + Send + Sync + 'static) -> u64 {
        let number = self
            .shared
            .next_subscription
            .fetch_add(1, Ordering::Relaxed);
        let subscriber = Subscriber {
            number,
            call: Box::new(call),
        };
        self.shared.subscribers.lock().push(Arc::new(subscriber));
        number
    }

    /// Calls somebody no more; answers whether he was called before.
    #[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn forget(&self, subscription: u64) -> bool {
        let mut subscribers = self.shared.subscribers.lock();
        let before = subscribers.len();
        let (gone, stay) = subscribers
            .drain(..)
            .partition(|known: &Arc<Subscriber>| known.number == subscription);
        let gone: Vec<_> = gone;
        *subscribers = stay;
        let forgotten = subscribers.len() < before;
        drop(subscribers);
        // Out of the lock: his end runs the user's code.
        drop(gone);
        forgotten
    }

    /// Makes changes, if the revision is the one that is expected; answers with what `read` finds in the state before them.
    fn change<R>(
        &self,
        revision: Option<u64>,
        changes: Vec<Change>,
        read: impl FnOnce(&State) -> R,
    ) -> Result<R, ControlError> {
        let mut state = self.shared.state.lock();
        let mut changed = self.shared.end_what_is_over(&mut state, &self.registry);
        let result = self.change_state(&mut state, revision, changes, read);
        let next = state.next_end();
        drop(state);
        let result = result.map(|(before, by_these)| {
            changed.extend(by_these);
            before
        });
        if let Some(next) = next {
            self.shared.expiry.call_at(&self.registry, next);
        }
        self.shared.tell(&self.registry, &changed);
        result
    }

    fn change_state<R>(
        &self,
        state: &mut State,
        revision: Option<u64>,
        changes: Vec<Change>,
        read: impl FnOnce(&State) -> R,
    ) -> Result<(R, Vec<Changed>), ControlError> {
        if let Some(revision) = revision.filter(|revision| *revision != state.revision) {
            let message = format!("expected revision {revision}, found {}", state.revision);
            return Err(ControlError::new(ControlErrorKind::Conflict, message));
        }
        let before = read(state);
        let (registry, limits) = (&self.registry, &self.limits);
        let draft = self.shared.draft(state, registry, limits, &self.origin);
        let changed = self.shared.change(draft, limits, changes)?;
        Ok((before, changed))
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

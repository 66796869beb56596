//! Key-values and a level for a unit of work.

use std::future::Future;

use crate::level::Level;
use crate::record::{ContextKey, OwnedValue, Owner, set_value};
use crate::scope::carried::Carried;
use crate::scope::frame::Frame;
use crate::scope::guard::ScopeGuard;
use crate::scope::in_scope::InScope;
use crate::scope::stack;

/// Key-values added to every record logged within a unit of work, whichever logger is used: a
/// tenant, a request, a job. Scopes nest; of two values with the same key the inner one is used.
/// Key-values of an adapter and of the call take precedence over both.
///
/// With a [level](Self::level), records within the scope are logged at that level and above,
/// regardless of the loggers' levels: to debug one tenant or one request among thousands.
/// [Disabled](crate::Registry::disable) levels stay disabled, and the levels of handlers apply.
///
/// With an [owner](Self::owner), the records within the scope belong to a logger, whose level
/// decides on them and whose handlers get them as well.
///
/// A scope is active on the thread that [entered](Self::enter) it, or for a [future](Self::wrap)
/// wherever it is polled. Entering, leaving and polling write nothing that threads share, except
/// that entering and leaving a scope with an owner, and records within, count references to that
/// logger. A scope with neither a level nor an owner costs other threads nothing. The first scope
/// with a level opens the gates of all loggers, once; disabled calls on other threads then take
/// some 60 instructions more. After the last such scope the gates close once enough calls have
/// passed them in vain to pay for closing. Until then [`log::max_level`] stays open too, while
/// [`is_enabled_for`](crate::Logger::is_enabled_for) and [`log_enabled!`](crate::log_enabled) are
/// always exact.
///
/// # Tasks and threads
/// A task that is spawned, and a thread, start without scopes. To have those of the caller, spawn
/// the future [`in_current_scope`](crate::scope::InScopeExt::in_current_scope), and the function
/// [bound](Self::bind) to [`current`](Self::current):
///
/// ```
/// use logtree::{Scope, scope::InScopeExt};
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let handle_request = async {
///     let task = tokio::spawn(async { log::info!("request=7") }.in_current_scope());
///     let digest = Scope::current().bind(|| log::info!("request=7, on another thread"));
///     tokio::task::spawn_blocking(digest).await.unwrap();
///     task.await.unwrap();
/// };
/// Scope::new().with("request", 7).wrap(handle_request).await;
/// # });
/// ```
///
/// The current span of `tracing` goes along where no other one is entered: records and new spans of
/// the task belong to it, so that nothing needs to be said twice. A span that is entered where the
/// work runs, as by `tracing`'s `instrument`, takes its place. It is not held open.
///
/// # Python
/// `contextvars` with a filter that copies them into records (compare the MDC of Log4j and
/// Logback). A filter cannot raise verbosity.
///
/// # Go
/// `middleware.WithContext` and `ContextLogger` of the AWS SDK.
///
/// # Examples
/// ```
/// use logtree::{Level, Registry, Scope};
/// use logtree::test::Capture;
///
/// let registry = Registry::new();
/// let logger = registry.get_logger("app.db");
/// let capture = Capture::builder(&registry.root()).level(Level::DEBUG).start();
/// {
///     let _scope = Scope::new().with("tenant", "acme").level(Level::DEBUG).enter();
///     assert!(logger.is_enabled_for(Level::DEBUG));
///     logtree::debug!(logger, rows = 3; "selected");
/// }
/// let record = &capture.records()[0];
/// assert_eq!(record.key_value("tenant").unwrap().to_string(), "acme");
/// drop(capture); // which wants to see everything
/// assert!(!logger.is_enabled_for(Level::INFO));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "it holds once it is entered"]
pub struct Scope {
    values: Vec<(ContextKey, OwnedValue)>,
    level: Option<Level>,
    owner: Option<Owner>,
}

impl Scope {
    /// Returns a scope without key-values and without a level.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a scope with the key-values, the level and the owner of all scopes that are active
    /// on this thread. It has no owner where that of the current span of `tracing` holds instead.
    pub fn current() -> Self {
        let frame = Carried::current().frame;
        Self {
            values: frame.values.as_deref().map_or_else(Vec::new, <[_]>::to_vec),
            level: (frame.level != Level::OFF).then_some(frame.level),
            owner: frame.owner.map(|(_, owner)| owner),
        }
    }

    /// Adds a key-value, or replaces the one with the same key.
    pub fn with(mut self, key: impl Into<String>, value: impl Into<OwnedValue>) -> Self {
        set_value(&mut self.values, key.into().into(), value.into());
        self
    }

    /// Sets the level at which records are logged, regardless of the loggers' levels. A scope can
    /// only raise verbosity.
    pub fn level(mut self, level: impl Into<Level>) -> Self {
        self.level = Some(level.into());
        self
    }

    pub(crate) fn owned_by(mut self, owner: Option<Owner>) -> Self {
        self.owner = owner;
        self
    }

    /// Activates the scope on this thread until the guard is dropped. Guards may be dropped in any
    /// order: each ends its own scope only. A leaked guard ends with its thread. A guard held
    /// across an `.await` also covers whatever else the thread does meanwhile; [`wrap`](Self::wrap)
    /// the future instead.
    pub fn enter(self) -> ScopeGuard {
        ScopeGuard::new(stack::enter(self.frame()))
    }

    /// Activates the scope while a function runs.
    ///
    /// # Examples
    /// ```
    /// let sum = logtree::Scope::new().with("job", 7).run(|| 1 + 1);
    /// assert_eq!(sum, 2);
    /// ```
    pub fn run<R>(self, run: impl FnOnce() -> R) -> R {
        let _guard = self.enter();
        run()
    }

    /// Returns a future in this scope. The scopes that are active when `wrap` is called are
    /// re-entered on every poll, and while the future is dropped; those of the polling thread are
    /// not active in it. A poll allocates nothing for the scope.
    ///
    /// # Examples
    /// ```
    /// async fn work() {
    ///     log::info!("part of the job");
    /// }
    /// let future = logtree::Scope::new().with("job", 7).wrap(work());
    /// # drop(future);
    /// ```
    pub fn wrap<F: Future>(self, future: F) -> InScope<F> {
        InScope::new(future, self.carried())
    }

    /// Returns a function that runs `run` in this scope and in the scopes that are active when
    /// `bind` is called, on whatever thread it is called; those of that thread are not active in
    /// it. For threads and for work that an executor runs elsewhere.
    ///
    /// # Python
    /// `contextvars.copy_context().run`.
    ///
    /// # Examples
    /// ```
    /// use logtree::Scope;
    ///
    /// let _scope = Scope::new().with("request", 7).enter();
    /// let digest = Scope::current().bind(|| log::info!("carries request=7"));
    /// std::thread::spawn(digest).join().unwrap();
    /// ```
    pub fn bind<R>(self, run: impl FnOnce() -> R) -> impl FnOnce() -> R {
        let mut carried = self.carried();
        move || carried.run(run)
    }

    fn carried(self) -> Carried {
        Carried::new(&self.frame())
    }

    fn frame(self) -> Frame {
        Frame::new(self.values, self.level, self.owner)
    }
}

/// Scopes as methods of futures.
///
/// # Examples
/// ```
/// use logtree::scope::InScopeExt;
///
/// async fn audit() {
///     log::info!("carries request=7");
/// }
/// let _scope = logtree::Scope::new().with("request", 7).enter();
/// let task = audit().in_current_scope(); // spawn it
/// # drop(task);
/// ```
pub trait InScopeExt: Future + Sized + sealed::Sealed {
    /// Returns the future in a scope; see [`Scope::wrap`].
    fn in_scope(self, scope: Scope) -> InScope<Self> {
        scope.wrap(self)
    }

    /// Returns the future in the scopes that are active now.
    fn in_current_scope(self) -> InScope<Self> {
        Scope::new().wrap(self)
    }
}

impl<F: Future> InScopeExt for F {}

/// Not named outside, so that the trait has no other implementors.
#[expect(unnameable_types, reason = "the seal of a trait")]
mod sealed {
    pub trait Sealed {}

    impl<F: Future> Sealed for F {}
}

//! Key-values and a level for a unit of work.

use std::future::Future;

use crate::level::Level;
use crate::record::OwnedValue;
use crate::scope::frame::{Frame, set};
use crate::scope::guard::ScopeGuard;
use crate::scope::in_scope::InScope;
use crate::scope::stack;

/// Key-values for every record of a stretch of work, on whatever logger it is logged: a tenant, a request, a job. Of a scope within a scope
/// both count, and the inner one's where they have the same key; those of an adapter and of the call hide both.
///
/// With [a level](Self::level), the scope's records are logged from that level on, whatever the loggers' levels: to debug one tenant or one
/// request among thousands. What [is disabled](crate::Registry::disable) stays so, and handlers have their own levels.
///
/// A scope holds for the thread that [entered](Self::enter) it, or for a [future](Self::wrap) wherever it is polled. Entering, leaving and polling
/// write nothing that threads share. A scope without a level costs other threads nothing. The first scope with a level opens the gates of
/// all loggers, once, and calls that are off on other threads then take a second look, some 60 instructions; after the last such scope, the gates
/// close when that many calls have passed in vain that closing them pays. Until then [`log::max_level`] stays open too, while
/// [`is_enabled_for`](crate::Logger::is_enabled_for) and [`log_enabled!`](crate::log_enabled) are exact at any time.
///
/// # Python
/// `contextvars` with a filter that puts them into the record; Log4j's and Logback's MDC. A filter there cannot raise verbosity.
///
/// # Go
/// `middleware.WithContext` and `ContextLogger` of the AWS SDK (row G7).
///
/// # Examples
/// ```
/// use logtree::{Level, Registry, Scope};
/// use logtree::test::Capture;
///
/// let registry = Registry::new();
/// let logger = registry.get_logger("app.db");
/// let capture = Capture::from_level(&registry.root(), Level::DEBUG);
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
    values: Vec<(Box<str>, OwnedValue)>,
    level: Option<Level>,
}

impl Scope {
    /// A scope that says nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a scope with all key-values, and the level, that scopes give to this thread now.
    pub fn current() -> Self {
        let frame = stack::current();
        Self {
            values: frame.values.as_deref().map_or_else(Vec::new, <[_]>::to_vec),
            level: (frame.level != Level::OFF).then_some(frame.level),
        }
    }

    /// The same with a key-value, in place of one of the same key.
    pub fn with(mut self, key: impl Into<String>, value: impl Into<OwnedValue>) -> Self {
        let key: Box<str> = key.into().into();
        set(&mut self.values, key, value.into());
        self
    }

    /// The same with a level from which its records are logged, whatever the loggers say. Less than they say it cannot be.
    pub fn level(mut self, level: impl Into<Level>) -> Self {
        self.level = Some(level.into());
        self
    }

    /// Makes it hold for this thread, until the guard is dropped. Guards may be dropped in any order: each ends its own scope, and those
    /// that were entered after it hold on. A guard that is leaked ends with its thread; one that is kept over an `.await` holds for
    /// whatever the thread does meanwhile, so [`wrap`](Self::wrap) the future instead.
    pub fn enter(self) -> ScopeGuard {
        ScopeGuard::new(stack::enter(self.frame()))
    }

    /// Makes it hold while a function runs.
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

    /// A future for which it holds wherever it is polled, with the scopes that are active now; those that are active where it is
    /// polled do not.
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
        InScope::new(future, self.frame().within(&stack::current()))
    }

    /// Returns a function that runs `run` in this scope, within the scopes that are active now, on whatever thread it is called; the
    /// scopes that are active there do not hold in it. For threads and for work that an executor runs elsewhere.
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
        let frame = self.frame().within(&stack::current());
        move || {
            let _guard = ScopeGuard::new(stack::resume(frame));
            run()
        }
    }

    fn frame(self) -> Frame {
        Frame::new(self.values, self.level)
    }
}

/// Futures in scopes, as methods of the futures.
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

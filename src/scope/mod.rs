//! What holds for a stretch of work, on whatever logger it logs: [`Scope`].

mod floor;
pub(crate) mod here;
mod stack;

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use self::stack::{Frame, Key};
use crate::level::Level;
use crate::record::{Context, OwnedValue};

pub(crate) use self::floor::{FloorObserver, add_gates, observe_floor, remove_gates};

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
/// use logtree::{Capture, Level, Registry, Scope};
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
        ScopeGuard {
            key: stack::enter(Frame::of(self)),
            _on_this_thread: PhantomData,
        }
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
        InScope {
            future: Box::pin(future),
            frame: Frame::of(self).within(&stack::current()),
        }
    }
}

fn set(values: &mut Vec<(Box<str>, OwnedValue)>, key: Box<str>, value: OwnedValue) {
    match values.iter_mut().find(|(known, _)| *known == key) {
        Some((_, known)) => *known = value,
        None => values.push((key, value)),
    }
}

/// Ends a [`Scope`] on its thread when it is dropped.
#[must_use = "the scope ends when it is dropped"]
pub struct ScopeGuard {
    key: Option<Key>,
    /// It belongs to the thread that entered.
    _on_this_thread: PhantomData<*const ()>,
}

impl Drop for ScopeGuard {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            stack::leave(key);
        }
    }
}

impl fmt::Debug for ScopeGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScopeGuard")
    }
}

/// A future within a [`Scope`].
#[must_use = "futures do nothing unless polled"]
pub struct InScope<F> {
    future: Pin<Box<F>>,
    frame: Frame,
}

impl<F: Future> Future for InScope<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let Self { future, frame } = &mut *self;
        // It moves onto the thread's stack and, whatever happens, back: nothing that is shared is counted.
        if let Some(key) = stack::resume(std::mem::replace(frame, Frame::EMPTY)) {
            let _back = scopeguard::guard(frame, |frame| {
                *frame = stack::leave(key).unwrap_or(Frame::EMPTY);
            });
            return future.as_mut().poll(task);
        }
        future.as_mut().poll(task)
    }
}

impl<F: fmt::Debug> fmt::Debug for InScope<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InScope").field(&self.future).finish()
    }
}

/// The key-values that hold on this thread, if there are any, with those of an adapter, which hide them.
pub(crate) fn with_values<R>(context: &Context, use_them: impl FnOnce(&Context) -> R) -> R {
    let frame = stack::current();
    match frame.values() {
        None => use_them(context),
        Some(values) if context.is_empty() => use_them(values),
        Some(values) => {
            let is_hidden = |key: &str| context.iter().any(|(known, _)| **known == *key);
            let own = values.iter().filter(|(key, _)| !is_hidden(key));
            let both: Vec<_> = own.chain(context).cloned().collect();
            use_them(&both)
        }
    }
}

//! What holds for a stretch of work, on whatever logger it logs: [`Scope`].

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use crate::record::Context;
use crate::sync::{Arc, AtomicUsize, Mutex, Ordering, Weak};
use crate::{Level, OwnedValue};

/// Key-values for every record of a stretch of work, on whatever logger it is logged: a tenant, a request, a job. Of a scope within a scope
/// both count, and the inner one's where they have the same key; those of an adapter and of the call hide both.
///
/// With [a level](Self::level), the scope's records are logged from that level on, whatever the loggers' levels: to debug one tenant or one
/// request among thousands. What [is disabled](crate::Registry::disable) stays so, and handlers have their own levels.
///
/// A scope holds for the thread that [entered](Self::enter) it, or for a [future](Self::wrap) wherever it is polled. Where no scope is active, nothing
/// costs anything; the first scope with a level, and the end of the last, set the gates of all loggers anew.
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

    /// Makes it hold for this thread, until what is answered is dropped. Those that are entered later end sooner, wherever they are dropped.
    pub fn enter(self) -> ScopeGuard {
        let frame = Frame::within(current(), self);
        let before = frame.enter();
        ScopeGuard {
            before,
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

    /// A future for which it holds wherever it is polled; what is around it now is around it then.
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
            frame: Frame::within(current(), self),
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
    before: Option<Arc<Frame>>,
    /// It belongs to the thread that entered.
    _on_this_thread: PhantomData<*const ()>,
}

impl Drop for ScopeGuard {
    fn drop(&mut self) {
        leave(self.before.take());
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
    frame: Arc<Frame>,
}

impl<F: Future> Future for InScope<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let _guard = ScopeGuard {
            before: Arc::clone(&self.frame).enter(),
            _on_this_thread: PhantomData,
        };
        self.future.as_mut().poll(task)
    }
}

impl<F: fmt::Debug> fmt::Debug for InScope<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InScope").field(&self.future).finish()
    }
}

/// What holds on a thread: a scope with all around it.
#[derive(Debug)]
pub(crate) struct Frame {
    values: Box<Context>,
    level: Option<Level>,
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Frame>>> = const { RefCell::new(None) };
}

/// How many scopes hold somewhere, so that nobody looks for one where there is none.
static ENTERED: AtomicUsize = AtomicUsize::new(0);

/// How many of those have a level.
static WITH_LEVEL: AtomicUsize = AtomicUsize::new(0);

impl Frame {
    fn within(around: Option<Arc<Self>>, scope: Scope) -> Arc<Self> {
        let Some(around) = around else {
            return Arc::new(Self {
                values: scope.values.into(),
                level: scope.level,
            });
        };
        let mut values = around.values.to_vec();
        for (key, value) in scope.values {
            set(&mut values, key, value);
        }
        let level = match (around.level, scope.level) {
            (Some(around), Some(own)) => Some(around.min(own)),
            (around, own) => around.or(own),
        };
        Arc::new(Self {
            values: values.into(),
            level,
        })
    }

    /// Puts it on this thread; answers with what was there.
    fn enter(self: Arc<Self>) -> Option<Arc<Self>> {
        ENTERED.fetch_add(1, Ordering::Relaxed);
        if let Some(level) = self.level {
            WITH_LEVEL.fetch_add(1, Ordering::Relaxed);
            FLOORS.lock().add(level);
            set_floor();
        }
        // Late in a thread's end nothing can be put there, and nobody misses it.
        CURRENT
            .try_with(|current| current.borrow_mut().replace(self))
            .ok()
            .flatten()
    }

    pub(crate) fn values(&self) -> &Context {
        &self.values
    }

    /// Its key-values, and those of an adapter, which hide them.
    #[must_use]
    pub(crate) fn values_below(&self, context: &Context) -> Vec<(Box<str>, OwnedValue)> {
        let is_hidden = |key: &str| context.iter().any(|(known, _)| **known == *key);
        let own = self.values.iter().filter(|(key, _)| !is_hidden(key));
        own.chain(context).cloned().collect()
    }
}

/// Takes the innermost scope off this thread, and puts back what was there.
fn leave(before: Option<Arc<Frame>>) {
    let ended = CURRENT.try_with(|current| std::mem::replace(&mut *current.borrow_mut(), before));
    ENTERED.fetch_sub(1, Ordering::Relaxed);
    if let Some(level) = ended.ok().flatten().and_then(|frame| frame.level) {
        FLOORS.lock().remove(level);
        set_floor();
        WITH_LEVEL.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether some scope holds, on any thread.
#[inline]
pub(crate) fn any() -> bool {
    ENTERED.load(Ordering::Relaxed) != 0
}

/// What holds on this thread.
pub(crate) fn current() -> Option<Arc<Frame>> {
    if !any() {
        return None;
    }
    CURRENT
        .try_with(|current| current.borrow().clone())
        .ok()
        .flatten()
}

/// Whether some scope raises verbosity, on any thread.
#[inline]
pub(crate) fn any_has_level() -> bool {
    WITH_LEVEL.load(Ordering::Relaxed) != 0
}

/// Whether a scope of this thread lets a level pass.
#[cold]
pub(crate) fn lets_through(level: Level) -> bool {
    let own = current().and_then(|frame| frame.level);
    own.is_some_and(|own| level.passes(own.number()))
}

/// Somebody whose gates must be as open as the most verbose scope asks.
pub(crate) trait FloorObserver: Send + Sync {
    /// Called with the level, `OFF` for none.
    fn floor_changed(&self, floor: Level);
}

static FLOORS: Mutex<Floors> = Mutex::new(Floors {
    active: BTreeMap::new(),
    told: Level::OFF,
    observers: Vec::new(),
});

struct Floors {
    /// How many scopes have a level.
    active: BTreeMap<Level, usize>,
    told: Level,
    observers: Vec<Weak<dyn FloorObserver>>,
}

impl Floors {
    fn add(&mut self, level: Level) {
        *self.active.entry(level).or_default() += 1;
    }

    fn remove(&mut self, level: Level) {
        if let Some(count) = self.active.get_mut(&level) {
            *count -= 1;
            if *count == 0 {
                self.active.remove(&level);
            }
        }
    }
}

/// Tells all who must know of a new floor, under the lock, so that an older one never comes behind a newer one.
fn set_floor() {
    let mut floors = FLOORS.lock();
    let floor = floors.active.keys().next().copied().unwrap_or(Level::OFF);
    if floor == floors.told {
        return;
    }
    floors.told = floor;
    floors
        .observers
        .retain(|observer| observer.strong_count() > 0);
    let observers: Vec<_> = floors.observers.iter().filter_map(Weak::upgrade).collect();
    observers
        .iter()
        .for_each(|observer| observer.floor_changed(floor));
    drop(floors);
    // Out of the lock: the end of a registry ends handlers, which runs the user's code.
    drop(observers);
}

/// Lets somebody know of the floor, from now on.
pub(crate) fn observe_floor(observer: Weak<dyn FloorObserver>) {
    let mut floors = FLOORS.lock();
    let told = floors.told;
    let known = observer.upgrade().filter(|_| told != Level::OFF);
    if let Some(observer) = &known {
        observer.floor_changed(told);
    }
    if floors.observers.len() >= 64 && floors.observers.len().is_power_of_two() {
        floors
            .observers
            .retain(|observer| observer.strong_count() > 0);
    }
    floors.observers.push(observer);
    drop(floors);
    drop(known);
}

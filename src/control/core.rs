//! What all controls of a registry share: [`ControlCore`].

use std::time::Duration;

use crate::control::change::Change;
use crate::control::change_log::ChangeLog;
use crate::control::changed::Changed;
use crate::control::clock;
use crate::control::limits::Limits;
use crate::control::origin::{EXPIRY, Origin};
use crate::control::past::Past;
use crate::control::rules::Rules;
use crate::control::sensitive;
use crate::control::state::State;
use crate::control::subscription::Subscribers;
use crate::control::transaction::Transaction;
use crate::error::Error;
use crate::level::Level;
use crate::registry::{Registry, RegistryCore};
use crate::sys::process;
use crate::sys::sync::{Arc, Mutex, Weak};
use crate::sys::timer::{Alarm, Timed};

/// Part of the registry, and as long-lived: what a control has set applies, and ends in time,
/// whichever controls are left.
pub(super) struct ControlCore {
    registry: Weak<RegistryCore>,
    pub(super) state: Mutex<State>,
    rules: Arc<Rules>,
    pub(super) subscribers: Arc<Subscribers>,
    alarm: Alarm,
    /// A server without a handle, of a type of the endpoint.
    #[cfg(feature = "control")]
    pub(super) standing: Mutex<Option<Box<dyn std::any::Any + Send + Sync>>>,
    /// What makes the registry follow a fleet, of a type of that.
    #[cfg(feature = "fleet")]
    pub(super) membership: Mutex<Option<Arc<dyn std::any::Any + Send + Sync>>>,
}

impl ControlCore {
    pub(super) fn of(registry: &Registry) -> Arc<Self> {
        let inner = registry.inner();
        inner.part(|| {
            let rules = Arc::<Rules>::default();
            let level_override: Arc<Rules> = Arc::clone(&rules);
            inner.set_override(level_override);
            Arc::new(Self {
                registry: Arc::downgrade(inner),
                state: Mutex::default(),
                rules,
                subscribers: Arc::default(),
                alarm: Alarm,
                #[cfg(feature = "control")]
                standing: Mutex::default(),
                #[cfg(feature = "fleet")]
                membership: Mutex::default(),
            })
        })
    }

    pub(super) fn transaction<'t>(
        &'t self,
        state: &'t mut State,
        registry: &'t Registry,
        limits: &'t Limits,
        origin: &str,
    ) -> Transaction<'t> {
        let origin = Origin::new(origin, limits.keeps_secrets);
        Transaction::new(state, registry, &self.rules, limits, origin)
    }

    /// Applies all changes, or none.
    pub(super) fn change(
        mut transaction: Transaction<'_>,
        changes: Vec<Change>,
    ) -> Result<(Vec<Changed>, Past), Error> {
        Self::make(&mut transaction, changes)?;
        transaction.commit()
    }

    /// Makes changes that are not committed yet.
    pub(super) fn make(
        transaction: &mut Transaction<'_>,
        changes: Vec<Change>,
    ) -> Result<(), Error> {
        let limits = transaction.limits;
        for change in changes {
            if !matches!(
                change,
                Change::Options(_)
                    | Change::Group(..)
                    | Change::Clear(_)
                    | Change::ClearAll(_)
                    | Change::Undo(_)
            ) {
                limits.require_options(transaction.state())?;
            }
            transaction.apply(change)?;
        }
        match limits.keeps_secrets {
            true => sensitive::check(transaction),
            false => Ok(()),
        }
    }

    /// Ends the temporary levels that are over.
    pub(super) fn expire_levels(&self, state: &mut State, registry: &Registry) -> Vec<Changed> {
        let now = clock::now();
        if state.next_end().is_none_or(|end| end > now) {
            return Vec::new();
        }
        let limits = Limits::default();
        let mut transaction = self.transaction(state, registry, &limits, EXPIRY);
        // Cannot fail: temporary levels are in no file, and a logger that has a level exists.
        let ended = transaction.expire(now).and_then(|()| transaction.commit());
        ended.map(|(changed, _)| changed).unwrap_or_default()
    }

    /// Has the temporary levels end in time.
    pub(super) fn expire_in_time(self: &Arc<Self>) {
        if let Some(wait) = self.next() {
            // A temporary level may silence everything, and a child that logs nothing would never
            // end it.
            process::wake_in_child();
            // Without a thread, the next change ends what is over.
            let _ = self.alarm.set(self, wait);
        }
    }

    /// Has caches of levels follow, logs the changes, and calls the subscribers, with no lock held.
    pub(super) fn notify(&self, log: &ChangeLog<'_>, changed: &[Changed]) {
        log.registry().inner().notify_observers();
        if changed.is_empty() {
            return;
        }
        for changed in changed {
            log.add(changed);
        }
        self.subscribers.notify(changed);
    }

    pub(super) fn registry(&self) -> Option<Registry> {
        self.registry.upgrade().map(Registry::of_inner)
    }
}

impl Timed for ControlCore {
    fn on_time(&self) {
        if let Some(registry) = self.registry() {
            let log = ChangeLog::new(&registry, Level::INFO);
            let mut state = self.state.lock();
            let changed = self.expire_levels(&mut state, &registry);
            drop(state);
            self.notify(&log, &changed);
        }
    }

    fn next(&self) -> Option<Duration> {
        let end = self.state.lock().next_end()?;
        Some(end.saturating_duration_since(clock::now()))
    }
}

#[cfg(all(test, feature = "tracing"))]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use super::*;
    use crate::control::control::Control;
    use crate::control::target::LevelTarget;
    use crate::level::Level;
    use crate::registry::GateObserver;

    /// As a subscriber of `tracing` that asks for the state of the control.
    struct Looks {
        core: Arc<ControlCore>,
        seen: AtomicUsize,
        was_locked: AtomicBool,
    }

    impl GateObserver for Looks {
        fn gates_moved(&self) {
            self.seen.fetch_add(1, Ordering::Relaxed);
            if self.core.state.try_lock().is_none() {
                self.was_locked.store(true, Ordering::Relaxed);
            }
        }
    }

    /// They call user code, which may use the control, and wait for other threads.
    #[test]
    fn observers_of_gates_are_called_with_the_state_unlocked() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("levels");
        let registry = Registry::new();
        let looks = Arc::new(Looks {
            core: ControlCore::of(&registry),
            seen: AtomicUsize::new(0),
            was_locked: AtomicBool::new(false),
        });
        let observer: Weak<Looks> = Arc::downgrade(&looks);
        registry.inner().gate_watch.add(observer, |_| false);
        let each = |step: &str, act: &dyn Fn(&Control)| {
            let before = looks.seen.load(Ordering::Relaxed);
            act(&Control::new(&registry));
            assert!(looks.seen.load(Ordering::Relaxed) > before, "{step}");
        };
        let logger = || LevelTarget::logger("a.b");
        each("a logger", &|control| {
            control.set_level(logger(), Level::DEBUG).unwrap();
        });
        each("a value", &|control| {
            let value = LevelTarget::client_id("c1");
            control.set_level(value, Level::TRACE).unwrap();
        });
        each("all", &|control| {
            control.disable_all(true).unwrap();
        });
        each("an end", &|control| {
            control.disable_all(false).unwrap();
            let change = Change::LevelFor(logger(), Level::OFF, Duration::ZERO);
            control.apply([change]).unwrap();
            // Or the timer is faster.
            looks.core.on_time();
        });
        each("a file", &|_| {
            let own = Registry::new();
            {
                let control = Control::builder(&own).persist_to(&file).open();
                control.unwrap().set_level(logger(), Level::ERROR).unwrap();
            }
            let restored = Control::builder(&registry).persist_to(&file).open();
            drop(restored.unwrap());
        });
        assert!(!looks.was_locked.load(Ordering::Relaxed));
    }
}

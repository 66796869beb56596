//! What all controls of a registry share.

use crate::control::change::{Change, Changed};
use crate::control::draft::Draft;
use crate::control::error::{ControlError, ControlErrorKind};
use crate::control::expiry::Expiry;
use crate::control::rules::Rules;
use crate::control::state::State;
use crate::registry::{Registry, RegistryCore};
use crate::sys::host::Instant;
use crate::sys::process::{self, InChild};
use crate::sys::sync::{Arc, AtomicU64, Mutex, Weak};
use crate::sys::user_code;

/// Belongs to the registry, and lives as long: what a control has set holds, and ends at its time, whichever handles are left.
pub(super) struct Shared {
    /// Which it is a part of.
    registry: Weak<RegistryCore>,
    pub(super) state: Mutex<State>,
    rules: Arc<Rules>,
    pub(super) subscribers: Mutex<Vec<Arc<Subscriber>>>,
    pub(super) next_subscription: AtomicU64,
    pub(super) expiry: Expiry,
}

pub(super) struct Subscriber {
    pub(super) number: u64,
    pub(super) call: Box<Callback>,
}

pub(super) type Callback = dyn Fn(&Changed) + Send + Sync;

/// What a control refuses.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    pub(super) most_targets: usize,
    pub(super) strict_aws: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            most_targets: 10_000,
            strict_aws: false,
        }
    }
}

impl InChild for Shared {
    fn in_child(self: Arc<Self>) {
        if let Some(registry) = self.registry.upgrade() {
            self.expiry
                .start_in_child(&Registry::of_inner(registry), &self);
        }
    }
}

impl Limits {
    pub(super) fn must_be_configured(&self, state: &State) -> Result<(), ControlError> {
        if self.strict_aws && !state.configured {
            let message = "logging options were never set";
            return Err(ControlError::new(ControlErrorKind::NotConfigured, message));
        }
        Ok(())
    }
}

impl Shared {
    pub(super) fn of(registry: &Registry) -> Arc<Self> {
        let inner = registry.inner();
        inner.part(|| {
            let rules = Arc::<Rules>::default();
            let judge: Arc<Rules> = Arc::clone(&rules);
            inner.set_judge(judge);
            let shared = Arc::new(Self {
                registry: Arc::downgrade(inner),
                state: Mutex::default(),
                rules,
                subscribers: Mutex::default(),
                next_subscription: AtomicU64::new(0),
                expiry: Expiry::default(),
            });
            process::in_child_of(&shared);
            shared
        })
    }

    pub(super) fn draft<'d>(
        &'d self,
        state: &'d mut State,
        registry: &'d Registry,
        limits: &'d Limits,
        origin: &Arc<str>,
    ) -> Draft<'d> {
        Draft::new(state, registry, &self.rules, limits, origin)
    }

    /// Checks all changes, writes what is to be kept, and makes them.
    pub(super) fn change(
        &self,
        mut draft: Draft<'_>,
        limits: &Limits,
        changes: Vec<Change>,
    ) -> Result<Vec<Changed>, ControlError> {
        for change in changes {
            if !matches!(
                change,
                Change::Options(_) | Change::Group(..) | Change::Clear(_)
            ) {
                limits.must_be_configured(draft.state())?;
            }
            draft.make(change)?;
        }
        draft.put_in_place()
    }

    /// Ends what has had its time.
    pub(super) fn end_what_is_over(&self, state: &mut State, registry: &Registry) -> Vec<Changed> {
        let now = Instant::now();
        if state.next_end().is_none_or(|end| end > now) {
            return Vec::new();
        }
        let limits = Limits::default();
        let mut draft = self.draft(state, registry, &limits, &"expiry".into());
        draft.end(now);
        // Nothing can fail: what has an end is in no file, and a logger that has a level is there.
        draft.put_in_place().unwrap_or_default()
    }

    /// Notes the changes in the log, and calls who wants to know.
    pub(super) fn tell(&self, registry: &Registry, changed: &[Changed]) {
        if changed.is_empty() {
            return;
        }
        for changed in changed {
            changed.log(registry);
        }
        let subscribers = self.subscribers.lock().clone();
        for subscriber in &subscribers {
            for changed in changed {
                user_code::call_ignoring_panic(|| (subscriber.call)(changed));
            }
        }
    }
}

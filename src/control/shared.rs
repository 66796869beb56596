//! What all handles of a control share.

use super::change::{Change, Changed};
use super::draft::Draft;
use super::error::{ControlError, ControlErrorKind};
use super::expiry::Expiry;
use super::state::State;
use super::store::Store;
use crate::Registry;
use crate::host::Instant;
use crate::process::InChild;
use crate::sync::{Arc, AtomicU64, Mutex};
use crate::user_code;

pub(super) struct Shared {
    pub(super) registry: Registry,
    pub(super) state: Mutex<State>,
    store: Option<Store>,
    pub(super) subscribers: Mutex<Vec<Arc<Subscriber>>>,
    pub(super) next_subscription: AtomicU64,
    pub(super) limits: Limits,
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
        self.expiry.start_in_child(&self);
    }
}

impl Shared {
    pub(super) fn new(
        registry: Registry,
        limits: Limits,
        store: Option<Store>,
        state: State,
    ) -> Self {
        Self {
            registry,
            state: Mutex::new(state),
            store,
            subscribers: Mutex::new(Vec::new()),
            next_subscription: AtomicU64::new(0),
            limits,
            expiry: Expiry::default(),
        }
    }

    pub(super) fn must_be_configured(&self, state: &State) -> Result<(), ControlError> {
        if self.limits.strict_aws && !state.configured {
            let message = "logging options were never set";
            return Err(ControlError::new(ControlErrorKind::NotConfigured, message));
        }
        Ok(())
    }

    /// Checks all changes, writes what is to be kept, and makes them.
    pub(super) fn change(
        &self,
        state: &mut State,
        changes: Vec<Change>,
        origin: &str,
    ) -> Result<Vec<Changed>, ControlError> {
        let mut draft = Draft::new(state, &self.registry, &self.limits);
        for change in changes {
            if !matches!(
                change,
                Change::Options(_) | Change::Group(..) | Change::Clear(_)
            ) {
                self.must_be_configured(&draft.state)?;
            }
            draft.make(change)?;
        }
        draft.state.revision = state.revision + 1;
        // Loggers are made once all else has gone well, and before anything is changed.
        let kept = self.store.as_ref().map(|store| store.prepare(&draft.state));
        let kept = kept.transpose()?;
        let levels = draft.make_loggers()?;
        if let Some(kept) = kept {
            kept.keep()?;
        }
        let changed = draft.changed(state, origin);
        *state = draft.put_in_place(state, levels);
        Ok(changed)
    }

    /// Ends what has had its time; answers with when the next one has.
    pub(super) fn end_what_is_over(&self) -> Option<Instant> {
        let mut state = self.state.lock();
        let mut draft = Draft::new(&state, &self.registry, &self.limits);
        let mut changed = Vec::new();
        if draft.end(Instant::now()) {
            draft.state.revision = state.revision + 1;
            changed = draft.changed(&state, "expiry");
            // They are there, as they had levels.
            let levels = draft.make_loggers().unwrap_or_default();
            // What has an end is in no file, so none is written.
            *state = draft.put_in_place(&state, levels);
        }
        let end = state.next_end();
        drop(state);
        self.tell(&changed);
        end
    }

    /// Notes the changes in the log, and tells who wants to know.
    pub(super) fn tell(&self, changed: &[Changed]) {
        if changed.is_empty() {
            return;
        }
        for changed in changed {
            changed.log(&self.registry);
        }
        let subscribers = self.subscribers.lock().clone();
        for subscriber in &subscribers {
            for changed in changed {
                user_code::call_ignoring_panic(|| (subscriber.call)(changed));
            }
        }
    }
}

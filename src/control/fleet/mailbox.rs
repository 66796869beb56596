//! What a store has passed: [`Mailbox`].

use crate::control::fleet::health::Health;
use crate::control::fleet::snapshot::Snapshot;
use crate::sys::sync::Mutex;

/// What a store has passed, until it is taken: the newest replaces what waits, so that a slow
/// `on_change` of the program holds up neither the store nor what comes later.
#[derive(Debug, Default)]
pub(super) struct Mailbox(Mutex<Mail>);

#[derive(Debug, Default)]
pub(super) struct Mail {
    pub(super) snapshot: Option<Snapshot>,
    pub(super) health: Option<Health>,
}

impl Mailbox {
    pub(super) fn put_snapshot(&self, snapshot: Snapshot) {
        let replaced = self.0.lock().snapshot.replace(snapshot);
        drop(replaced);
    }

    pub(super) fn put_health(&self, health: Health) {
        self.0.lock().health = Some(health);
    }

    /// Takes what is there.
    pub(super) fn take(&self) -> Mail {
        std::mem::take(&mut *self.0.lock())
    }

    pub(super) fn is_empty(&self) -> bool {
        let mail = self.0.lock();
        mail.snapshot.is_none() && mail.health.is_none()
    }
}

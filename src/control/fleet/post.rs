//! Where a store leaves what it passes: [`Post`].

use crate::control::fleet::health::Health;
use crate::control::fleet::member::Member;
use crate::control::fleet::snapshot::Snapshot;
use crate::control::fleet::store::Sink;
use crate::sys::sync::Weak;

/// Where the store leaves what it passes. The store's thread must not be the last one that has the
/// member, whose end waits for that thread.
pub(super) struct Post(pub(super) Weak<Member>);

impl Sink for Post {
    fn snapshot(&self, whole: Snapshot) {
        if let Some(member) = self.0.upgrade() {
            member.mailbox.put_snapshot(whole);
            member.wake();
        }
    }

    fn health(&self, health: Health) {
        if let Some(member) = self.0.upgrade() {
            member.mailbox.put_health(health);
            member.wake();
        }
    }
}

//! How a registry joins a fleet: [`Joining`].

use std::path::PathBuf;
use std::thread;
use std::time::Duration;
use std::{fmt, mem};

use crate::control::clock;
use crate::control::core::ControlCore;
use crate::control::fleet::cache::Cache;
use crate::control::fleet::identity::Identity;
use crate::control::fleet::member::Member;
use crate::control::fleet::placement::Placement;
use crate::control::fleet::post::Post;
use crate::control::fleet::store::{Following, Store};
use crate::error::Error;
use crate::sys::sync::{Arc, Mutex, Weak};
use crate::sys::{process, user_code};

/// What a builder was given to join a fleet.
#[derive(Clone, Default)]
pub(in crate::control) struct Joining {
    pub(in crate::control) fleet: Option<(Arc<dyn Store>, Identity)>,
    pub(in crate::control) wait: Duration,
    pub(in crate::control) cache: Option<PathBuf>,
}

/// The part of a registry that follows a fleet; the newest one of a registry is kept.
pub(super) struct Membership {
    pub(super) member: Arc<Member>,
    /// Not in the member, which the store's thread may be the last one to have.
    following: Mutex<Option<Box<dyn Following>>>,
}

/// Those of all registries.
static LIVING: Mutex<Vec<Weak<Membership>>> = Mutex::new(Vec::new());

impl Joining {
    /// Has a registry follow the fleet, if there is one.
    ///
    /// # Errors
    /// Those of [`Store::follow`].
    pub(in crate::control) fn join(self, core: &Arc<ControlCore>) -> Result<(), Error> {
        let Some((store, identity)) = self.fleet else {
            return Ok(());
        };
        let placement = Placement::new(identity.labels(), identity.allow_sensitive);
        let cache = self.cache.map(|path| Cache::new(path, identity.service()));
        let member = Arc::new(Member::new(core, Arc::clone(&store), placement, cache));
        member.restore();
        let following = store.follow(Arc::new(Post(Arc::downgrade(&member))))?;
        let membership = Arc::new(Membership {
            member: Arc::clone(&member),
            following: Mutex::new(Some(following)),
        });
        Membership::enter(&membership);
        let before = core.membership.lock().replace(membership);
        drop(before);
        member.wake();
        let start = clock::now();
        let waited = || clock::now().saturating_duration_since(start);
        while !member.is_placed() && waited() < self.wait {
            thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }
}

impl Membership {
    /// Returns that of a registry, if it follows a fleet.
    pub(super) fn of(core: &ControlCore) -> Option<Arc<Self>> {
        let membership = core.membership.lock().clone()?;
        membership.downcast().ok()
    }
}

impl Membership {
    /// Has it stop at the end of the process: that of the global registry is never dropped.
    fn enter(membership: &Arc<Self>) {
        let mut living = LIVING.lock();
        living.retain(|other| other.strong_count() > 0);
        living.push(Arc::downgrade(membership));
        drop(living);
        process::at_exit(stop_all);
    }

    /// Stops following: the store takes the report of this instance back. In a child, neither the
    /// threads of the store are there nor is the report its own.
    fn stop(&self) {
        let following = self.following.lock().take();
        match self.member.is_of_parent() {
            true => mem::forget(following),
            false => user_code::drop_value(following),
        }
    }
}

/// Each takes up to a second, at once.
fn stop_all() {
    let living: Vec<_> = LIVING.lock().iter().filter_map(Weak::upgrade).collect();
    thread::scope(|scope| {
        let (first, others) = living.split_first().unzip();
        for other in others.into_iter().flatten() {
            let thread = thread::Builder::new();
            // Without a thread, its lease ends by itself.
            let _ = thread.spawn_scoped(scope, || other.stop());
        }
        if let Some(first) = first {
            first.stop();
        }
    });
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for Joining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let identity = self.fleet.as_ref().map(|(_, identity)| identity);
        f.debug_tuple("Joining").field(&identity).finish()
    }
}

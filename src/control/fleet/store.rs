//! Where the levels of a fleet are: [`Store`].

use std::sync::Arc;
use std::time::Duration;

use crate::control::fleet::abilities::Abilities;
use crate::control::fleet::batch::Batch;
use crate::control::fleet::health::Health;
use crate::control::fleet::logged::Logged;
use crate::control::fleet::report::{Report, Reported};
use crate::control::fleet::revision::Revision;
use crate::control::fleet::snapshot::Snapshot;
use crate::control::fleet::store_error::StoreError;

/// Where the levels of one service are, for all of its instances.
///
/// Methods are called from any thread but those of the store, several at once, with no lock of this
/// crate held. A store may log; what it logs must not cause further calls of it. It shows no
/// credentials in errors and in [`Health`].
///
/// # Examples
/// A store that is followed passes whole snapshots to a [`Sink`]:
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use logtree::control::fleet::{Batch, Health, Key, MemoryStore, Sink, Snapshot, Store};
///
/// #[derive(Default)]
/// struct Seen(Mutex<Vec<u64>>);
///
/// impl Sink for Seen {
///     fn snapshot(&self, whole: Snapshot) {
///         self.0.lock().unwrap().push(whole.number());
///     }
///
///     fn health(&self, _: Health) {}
/// }
///
/// let (store, seen) = (MemoryStore::new(), Arc::new(Seen::default()));
/// let _following = store.follow(seen.clone())?;
/// let batch = Batch::new(1, "9f2c41d07be3a815").put(Key::Head, r#"{"n":1}"#);
/// store.commit(&batch, std::time::Duration::from_secs(2))?;
/// assert_eq!(*seen.0.lock().unwrap(), [0, 1]);
/// # Ok::<(), logtree::control::fleet::StoreError>(())
/// ```
pub trait Store: Send + Sync {
    /// Returns what the store can do. Does no I/O.
    fn abilities(&self) -> Abilities;

    /// Returns what the store holds now: the newest state, and never a mixture of two.
    ///
    /// # Errors
    /// [`StoreErrorKind::Unreachable`](super::StoreErrorKind::Unreachable) and
    /// [`Denied`](super::StoreErrorKind::Denied), at the latest after `within`.
    fn load(&self, within: Duration) -> Result<Snapshot, StoreError>;

    /// Makes a change: all of it, or nothing. Returns the revision after it.
    ///
    /// # Errors
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) unless the state is the one
    /// that the batch requires. [`Uncertain`](super::StoreErrorKind::Uncertain) if the request was
    /// sent and no response came: the caller then [loads](Self::load), and looks whether the head
    /// or the [log](Self::log) has the change. A store never makes a change twice by itself.
    fn commit(&self, batch: &Batch, within: Duration) -> Result<Revision, StoreError>;

    /// Follows the store: the sink gets the present state as soon as there is one, and each newer
    /// one or the newest of several. Returns at once, also while the store cannot be reached.
    ///
    /// # Errors
    /// [`StoreErrorKind::Unsupported`](super::StoreErrorKind::Unsupported), or a thread that cannot
    /// be started.
    fn follow(&self, sink: Arc<dyn Sink>) -> Result<Box<dyn Following>, StoreError>;

    /// Reports what this instance has, after a random part of `within`. Returns at once. A newer
    /// report replaces one that was not sent yet; the last one is kept alive as long as the store
    /// is followed.
    fn report(&self, report: Report, within: Duration);

    /// Returns the reports of all instances, sorted by instance.
    ///
    /// # Errors
    /// Those of [`load`](Self::load).
    fn reports(&self, within: Duration) -> Result<Vec<Reported>, StoreError>;

    /// Returns the latest changes, the newest first, up to `most`.
    ///
    /// # Errors
    /// Those of [`load`](Self::load).
    fn log(&self, most: usize, within: Duration) -> Result<Vec<Logged>, StoreError>;
}

/// What receives the states of a store that is [followed](Store::follow).
///
/// Its methods are called from a thread of the store, one at a time and in order. They return soon,
/// and do not call the store.
pub trait Sink: Send + Sync {
    /// Receives what the store holds. A state between two that are passed may be left out; each one
    /// was there.
    fn snapshot(&self, whole: Snapshot);

    /// Receives how the following stands, whenever that changes.
    fn health(&self, health: Health);
}

/// A store that is being followed. Dropping it has the effect of [`stop`](Self::stop).
pub trait Following: Send {
    /// Returns how the following stands.
    fn health(&self) -> Health;

    /// Stops: within a second, the sink is no longer called, and the last report is removed.
    fn stop(self: Box<Self>);
}

impl<S: Store + ?Sized> Store for Arc<S> {
    fn abilities(&self) -> Abilities {
        (**self).abilities()
    }

    fn load(&self, within: Duration) -> Result<Snapshot, StoreError> {
        (**self).load(within)
    }

    fn commit(&self, batch: &Batch, within: Duration) -> Result<Revision, StoreError> {
        (**self).commit(batch, within)
    }

    fn follow(&self, sink: Arc<dyn Sink>) -> Result<Box<dyn Following>, StoreError> {
        (**self).follow(sink)
    }

    fn report(&self, report: Report, within: Duration) {
        (**self).report(report, within);
    }

    fn reports(&self, within: Duration) -> Result<Vec<Reported>, StoreError> {
        (**self).reports(within)
    }

    fn log(&self, most: usize, within: Duration) -> Result<Vec<Logged>, StoreError> {
        (**self).log(most, within)
    }
}

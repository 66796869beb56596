//! Levels for all instances of a service, in a [`Store`] that they share.
//!
//! [`MemoryStore`] is the one of this crate, for tests; `logtree-etcd` has one on etcd.
//!
//! # Examples
//! ```
//! use std::time::Duration;
//!
//! use logtree::control::fleet::{MemoryStore, Store};
//!
//! let store = MemoryStore::new();
//! let snapshot = store.load(Duration::from_secs(2))?;
//! assert_eq!(snapshot.number(), 0, "nothing was changed yet");
//! # Ok::<(), logtree::control::fleet::StoreError>(())
//! ```

mod abilities;
mod batch;
mod budget;
mod cache;
mod codec;
mod consent;
mod edits;
mod export;
#[expect(
    clippy::module_inception,
    reason = "the noun stands in the file of its name"
)]
mod fleet;
mod head;
mod health;
mod identity;
mod joining;
mod key;
mod labels;
mod logged;
mod machine;
mod machine_change;
#[cfg(test)]
mod machine_model;
mod machine_place;
mod mailbox;
mod member;
mod memory_store;
mod meter;
mod percent;
mod placement;
mod plan;
mod post;
mod report;
mod revision;
mod selector;
mod setting;
mod snapshot;
mod status;
mod store;
mod store_error;
mod store_thread;
mod terms;
mod watchdog;

pub use self::abilities::{Abilities, Watch};
pub use self::batch::{Batch, Put};
pub use self::budget::Budget;
pub use self::export::Export;
pub use self::fleet::Fleet;
pub use self::head::Head;
pub use self::health::{Condition, Health};
pub use self::identity::Identity;
pub(super) use self::joining::Joining;
pub use self::key::Key;
pub use self::labels::Labels;
pub use self::logged::{Edit, Logged};
pub use self::machine::{Machine, MachineAction, MachineEvent};
pub use self::machine_change::MachineChange;
pub use self::memory_store::MemoryStore;
pub use self::plan::Plan;
pub use self::report::{Report, ReportState, Reported};
pub use self::revision::Revision;
pub use self::selector::Selector;
pub use self::setting::{GroupMembers, Off, Setting};
pub use self::snapshot::{Held, Raw, Snapshot, Value};
pub use self::status::{Standing, Status};
pub use self::store::{Following, Sink, Store};
pub use self::store_error::{StoreError, StoreErrorKind};
pub use self::store_thread::mark_store_thread;
pub use self::terms::Terms;

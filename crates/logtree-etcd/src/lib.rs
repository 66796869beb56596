//! Levels for all instances of a service, in etcd v3, for [`logtree`].
//!
//! [`EtcdStore`] is the [`Store`](logtree::control::fleet::Store) of a service:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use logtree::control::fleet::Store;
//! use logtree_etcd::EtcdStore;
//!
//! let store = EtcdStore::from_url("etcd://127.0.0.1:2379/payments")?;
//! println!("{} changes so far", store.load(Duration::from_secs(2))?.number());
//! # Ok::<(), logtree::Error>(())
//! ```
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `tls` | TLS and client certificates, with `ring`; builds C |

mod attempts;
mod back_off;
mod builder;
mod client;
mod commit;
mod endpoint;
mod etcd_store;
mod follower;
mod following;
mod passing;
mod random;
mod reporter;
mod reports;
mod state;
mod store_error;
mod worker;

pub use self::builder::EtcdStoreBuilder;
pub use self::etcd_store::EtcdStore;

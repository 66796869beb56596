//! Levels for all instances of a service, in etcd v3, for [`logtree`].
//!
//! [`EtcdStore`] is the [`Store`](logtree::control::fleet::Store) of a service, which its instances
//! follow:
//!
//! ```no_run
//! use logtree::Registry;
//! use logtree::control::Control;
//! use logtree::control::fleet::Identity;
//! use logtree_etcd::EtcdStore;
//!
//! let store = EtcdStore::from_url("etcd://127.0.0.1:2379/payments")?;
//! let identity = Identity::new("payments").version("1.4.2").zone("eu-1a");
//! let control = Control::builder(&Registry::global()).fleet(store, identity).open()?;
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
mod caught;
mod client;
mod commit;
mod endpoint;
#[cfg(test)]
#[path = "../tests/it/etcd.rs"]
#[expect(dead_code, reason = "other tests use more of it")]
mod etcd;
mod etcd_store;
mod follower;
mod following;
mod listing;
mod passing;
mod random;
mod reporter;
mod reports;
mod store_error;
mod worker;

pub use self::builder::EtcdStoreBuilder;
pub use self::etcd_store::EtcdStore;

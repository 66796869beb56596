//! The tree of loggers: [`Registry`].
//!
//! `tree` holds the shape and all that can be changed, under one lock; `node` is what a logger
//! reads without it: the level at which its gate opens, and the route of its records. A change
//! recomputes both for the subtree it affects and publishes them.

mod builder;
#[cfg(feature = "config")]
mod configure;
mod core;
mod dump;
mod gate_copy;
mod gate_histogram;
#[cfg(feature = "tracing")]
mod gate_watch;
mod level_override;
mod level_text;
mod node;
mod overrides;
mod owners;
mod record_hook;
pub(crate) mod registry;
mod route;
mod secrets;
mod tap;
mod tree;

pub use self::builder::RegistryBuilder;
#[cfg(feature = "config")]
pub(crate) use self::configure::NodeChange;
pub(crate) use self::core::RegistryCore;
pub use self::dump::TreeDump;
pub(crate) use self::gate_copy::GateCopy;
#[cfg(feature = "tracing")]
pub(crate) use self::gate_watch::{GateObserver, IsCurrent};
pub(crate) use self::level_override::LevelOverride;
pub(crate) use self::node::{Node, NodeId};
pub(crate) use self::registry::Registry;
pub(crate) use self::route::Route;
pub(crate) use self::secrets::{inherited, may_log_secrets};
pub(crate) use self::tap::TapId;
pub(crate) use self::tree::Tree;

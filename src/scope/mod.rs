//! Key-values and levels for a unit of work.

mod carried;
mod floor;
mod frame;
mod guard;
pub(crate) mod here;
mod in_scope;
mod owner;
pub(crate) mod scope;
#[cfg(feature = "tracing")]
pub(crate) mod span_stack;
mod stack;
mod values;

pub(crate) use self::floor::{FloorObserver, add_gates, observe_floor, remove_gates};
pub use self::guard::ScopeGuard;
pub use self::in_scope::InScope;
pub(crate) use self::owner::with_owner;
pub use self::scope::InScopeExt;
pub(crate) use self::scope::Scope;
pub(crate) use self::values::with_values;

//! From a document to a plan ([`Plan`]): everything that can be wrong without building anything is
//! found here.

mod check;
mod control;
mod handlers;
mod location;
mod loggers;
mod order;
mod parts;
#[expect(
    clippy::module_inception,
    reason = "the noun stands in the file of its name"
)]
mod plan;
mod planner;

pub(super) use self::check::check;
pub(super) use self::control::ControlPlan;
#[cfg(feature = "control")]
pub(super) use self::control::{SocketChoice, TcpAddress};
pub(super) use self::location::Location;
pub(super) use self::plan::{Fingerprints, HandlerPlan, Plan};

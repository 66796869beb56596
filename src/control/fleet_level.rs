//! The level that a fleet has for a target: [`FleetLevel`].

use crate::control::origin::Origin;
use crate::level::Level;
use crate::sys::sync::Arc;
use crate::time::Timestamp;

/// What a fleet sets for one target on this instance.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FleetLevel {
    pub(super) level: Level,
    /// When it ends, by the system clock, for display.
    pub(super) until: Option<Timestamp>,
    /// Whether it applies before what is set locally.
    pub(super) forced: bool,
    /// The instances that it is for.
    pub(super) selector: Arc<str>,
    /// The change that set it.
    pub(super) revision: u64,
    pub(super) origin: Origin,
}

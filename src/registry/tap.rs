//! The tap of a capture or a backlog on a logger.

use crate::handler::Handler;
use crate::level::Level;
use crate::registry::node::NodeId;

/// A handler that captures the records of a subtree at a level and above, regardless of the levels
/// in it; see `crate::test::Capture`.
#[derive(Clone, Debug)]
pub(crate) struct Tap {
    pub(crate) node: NodeId,
    pub(crate) level: Level,
    pub(crate) handler: Handler,
}

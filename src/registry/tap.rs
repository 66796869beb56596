//! What a capture or a backlog hangs on a logger.

use crate::handler::Handler;
use crate::level::Level;
use crate::registry::node::NodeId;

/// Somebody who captures records of a subtree from a level on, whatever the levels in it say; see `crate::test::Capture`.
#[derive(Clone, Debug)]
pub(crate) struct Tap {
    pub(crate) node: NodeId,
    pub(crate) level: Level,
    pub(crate) handler: Handler,
}

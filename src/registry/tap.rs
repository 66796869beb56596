//! The taps of captures, backlogs and live tails.

use crate::handler::Handler;
use crate::level::Level;
use crate::registry::node::NodeId;

/// Captures the records of subtrees at given levels and above, regardless of the levels in them;
/// see `crate::test::Capture`.
///
/// A node has the level of its nearest ancestor in the list, itself included; without one, nothing
/// of it is captured. Several taps may have one handler, which gets each record once.
#[derive(Clone, Debug)]
pub(crate) struct Tap {
    pub(super) id: TapId,
    pub(super) levels: Vec<(NodeId, Level)>,
    pub(super) handler: Handler,
}

/// What identifies a tap in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TapId(pub(super) u64);

impl Tap {
    /// Returns the level that the tap has at this very node.
    pub(super) fn level_at(&self, node: NodeId) -> Option<Level> {
        let mut levels = self.levels.iter();
        levels
            .find(|(known, _)| *known == node)
            .map(|(_, level)| *level)
    }
}

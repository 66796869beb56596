//! How many gates stand at which level, or owners ask for it.

use std::collections::BTreeMap;

/// Counts gates, to know the most verbose one at any time: the `log` facade's maximum level is
/// that.
///
/// A change of the root's level moves most gates of a tree by the same step, so steps are gathered
/// before they are counted.
#[derive(Debug, Default)]
pub(super) struct GateHistogram {
    gates: BTreeMap<u16, usize>,
    pending: Option<(Move, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Move {
    from: u16,
    to: u16,
}

impl GateHistogram {
    pub(super) fn add(&mut self, gate: u16) {
        *self.gates.entry(gate).or_default() += 1;
    }

    pub(super) fn remove(&mut self, gate: u16) {
        self.settle();
        if let Some(count) = self.gates.get_mut(&gate) {
            *count -= 1;
            if *count == 0 {
                self.gates.remove(&gate);
            }
        }
    }

    pub(super) fn moved(&mut self, from: u16, to: u16) {
        let step = Move { from, to };
        match &mut self.pending {
            Some((pending, count)) if *pending == step => *count += 1,
            _ => {
                self.settle();
                self.pending = Some((step, 1));
            }
        }
    }

    /// The lowest gate.
    pub(super) fn most_verbose(&mut self) -> Option<u16> {
        self.settle();
        self.gates.first_key_value().map(|(gate, _)| *gate)
    }

    fn settle(&mut self) {
        let Some((Move { from, to }, count)) = self.pending.take() else {
            return;
        };
        *self.gates.entry(to).or_default() += count;
        if let Some(left) = self.gates.get_mut(&from) {
            *left = left.saturating_sub(count);
            if *left == 0 {
                self.gates.remove(&from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_gate_is_known_through_moves() {
        let mut census = GateHistogram::default();
        for _ in 0..3 {
            census.add(30);
        }
        assert_eq!(census.most_verbose(), Some(30));
        census.moved(30, 10);
        census.moved(30, 20);
        assert_eq!(census.most_verbose(), Some(10));
        census.moved(10, 40);
        assert_eq!(census.most_verbose(), Some(20));
        census.moved(20, 40);
        census.moved(30, 40);
        assert_eq!(census.most_verbose(), Some(40));
    }
}

//! What a store holds, as far as a machine has seen: [`Place`].

use std::collections::BTreeMap;
use std::time::Duration;

use crate::control::fleet::machine_change::MachineChange;
use crate::control::fleet::snapshot::Raw;

/// What a store held at a revision.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) cluster: u64,
    pub(super) position: u64,
    /// What is [left](Raw::left) of them is the time at which they end.
    entries: BTreeMap<String, Raw>,
}

impl Place {
    pub(super) fn new(cluster: u64, position: u64, entries: Vec<Raw>, now: Duration) -> Self {
        let entries = entries.into_iter().map(|mut raw| {
            raw.left = raw.left.map(|left| now + left);
            (raw.key.clone(), raw)
        });
        Self {
            cluster,
            position,
            entries: entries.collect(),
        }
    }

    /// Applies a whole message: at its end, the state is one that was. Reports whether it has
    /// changed anything.
    pub(super) fn apply(&mut self, changes: Vec<MachineChange>) -> bool {
        let known = self.position;
        let mut is_changed = false;
        // Those of the list are known already.
        for change in changes.into_iter().filter(|change| change.position > known) {
            self.position = self.position.max(change.position);
            match change.value {
                Some(value) => {
                    let raw = Raw::new(&*change.key, value, change.position);
                    self.entries.insert(change.key, raw);
                }
                None => drop(self.entries.remove(&change.key)),
            }
            is_changed = true;
        }
        is_changed
    }

    /// Reports whether it differs from another one by a byte.
    pub(super) fn differs(&self, other: &Self) -> bool {
        let is_same =
            |(a, b): (&Raw, &Raw)| a.key == b.key && a.value == b.value && a.version == b.version;
        let mut both = self.entries.values().zip(other.entries.values());
        self.cluster != other.cluster
            || self.entries.len() != other.entries.len()
            || !both.all(is_same)
    }

    /// Returns the entries, sorted by key.
    pub(super) fn entries(&self, now: Duration) -> Vec<Raw> {
        let entries = self.entries.values().cloned().map(|raw| Raw {
            left: raw.left.map(|end| end.saturating_sub(now)),
            ..raw
        });
        entries.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn put(key: &str, position: u64, value: &str) -> MachineChange {
        MachineChange::new(key, position, Some(value.into()))
    }

    #[test]
    fn what_is_known_is_dropped_and_the_rest_of_the_message_applied() {
        let listed = vec![Raw::new("a", "1", 5), Raw::new("b", "1", 3)];
        let mut place = Place::new(1, 5, listed, SECOND);
        let known = vec![put("a", 4, "0"), MachineChange::new("b", 5, None)];
        assert!(!place.apply(known));
        assert_eq!(place.entries.len(), 2);
        // Two keys of one revision, and a later one.
        let message = vec![
            put("a", 7, "2"),
            MachineChange::new("b", 7, None),
            put("c", 9, "3"),
        ];
        assert!(place.apply(message) && place.position == 9);
        let newer = vec![Raw::new("a", "2", 7), Raw::new("c", "3", 9)];
        assert!(!place.differs(&Place::new(1, 8, newer.clone(), SECOND)));
        assert!(place.differs(&Place::new(2, 9, newer, SECOND)));
        assert!(!place.apply(Vec::new()));
    }

    #[test]
    fn what_is_left_of_an_entry_is_what_is_left_when_it_is_passed() {
        let listed = vec![Raw::new("a", "1", 5).with_left(60 * SECOND)];
        let place = Place::new(1, 5, listed, SECOND);
        for (now, left) in [(1, 60), (21, 40), (90, 0)] {
            let entries = place.entries(now * SECOND);
            assert_eq!(entries[0].left, Some(left * SECOND));
        }
    }
}

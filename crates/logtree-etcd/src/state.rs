//! What etcd holds, as far as this process has seen: [`State`].

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use crate::client::{Entry, Listing, Message};

/// The keys below a prefix, as they were at one revision of the cluster.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) cluster: u64,
    pub(crate) revision: i64,
    pub(crate) entries: BTreeMap<Vec<u8>, Entry>,
    /// When the leases end that were found by listing. For those that were seen to be set, the
    /// time since then counts.
    pub(crate) ends: HashMap<i64, Instant>,
}

impl State {
    /// Applies a whole message: its last revision is complete, so that the state has been.
    ///
    /// Returns whether it has changed anything.
    pub(crate) fn apply(&mut self, message: Message) -> bool {
        let mut is_changed = false;
        let known = self.revision;
        for event in message {
            // Listed already.
            if event.revision <= known {
                continue;
            }
            self.revision = self.revision.max(event.revision);
            match event.entry {
                Some(entry) => drop(self.entries.insert(event.key, entry)),
                None => drop(self.entries.remove(&event.key)),
            }
            is_changed = true;
        }
        if is_changed {
            self.forget_leases();
        }
        is_changed
    }

    /// Returns whether it differs from what is in place by a byte.
    pub(crate) fn differs(&self, place: &Self) -> bool {
        self.cluster != place.cluster || self.entries != place.entries
    }

    /// Takes over when leases end from what was known before, and returns those that are new.
    pub(crate) fn adopt_leases(&mut self, before: &Self) -> Vec<i64> {
        let mut new = Vec::new();
        for (key, entry) in self.entries.iter().filter(|(_, entry)| entry.lease != 0) {
            if let Some(end) = before.ends.get(&entry.lease) {
                self.ends.insert(entry.lease, *end);
            } else if before.entries.get(key) != Some(entry) || before.cluster != self.cluster {
                new.push(entry.lease);
            }
        }
        new.sort_unstable();
        new.dedup();
        new
    }

    fn forget_leases(&mut self) {
        if !self.ends.is_empty() {
            let entries = &self.entries;
            self.ends
                .retain(|lease, _| entries.values().any(|entry| entry.lease == *lease));
        }
    }
}

impl From<Listing> for State {
    fn from(listing: Listing) -> Self {
        Self {
            cluster: listing.cluster,
            revision: listing.revision,
            entries: listing.entries.into_iter().collect(),
            ends: HashMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Event;

    fn entry(value: &str, modified: i64, lease: i64) -> Entry {
        Entry {
            value: value.into(),
            modified,
            lease,
        }
    }

    fn listed(revision: i64, entries: &[(&str, Entry)]) -> State {
        let entries = entries.iter().cloned();
        State::from(Listing {
            cluster: 1,
            revision,
            entries: entries.map(|(key, entry)| (key.into(), entry)).collect(),
        })
    }

    fn event(key: &str, revision: i64, value: Option<&str>) -> Event {
        Event {
            key: key.into(),
            revision,
            entry: value.map(|value| entry(value, revision, 0)),
        }
    }

    #[test]
    fn what_is_known_is_dropped_and_the_rest_of_the_message_applied() {
        let mut state = listed(5, &[("a", entry("1", 5, 0)), ("b", entry("1", 3, 0))]);
        assert!(!state.apply(vec![event("a", 4, Some("0")), event("b", 5, None)]));
        assert_eq!(state.entries.len(), 2);
        // Two keys of one revision, and a later one.
        let message = vec![
            event("a", 7, Some("2")),
            event("b", 7, None),
            event("c", 9, Some("3")),
        ];
        assert!(state.apply(message));
        assert_eq!(state.revision, 9);
        let newer = listed(9, &[("a", entry("2", 7, 0)), ("c", entry("3", 9, 0))]);
        assert!(!state.differs(&newer));
        assert!(!state.apply(Vec::new()));
    }

    #[test]
    fn another_cluster_differs_and_an_older_list_only_in_what_it_has() {
        let place = listed(5, &[("a", entry("1", 5, 0))]);
        assert!(!listed(4, &[("a", entry("1", 5, 0))]).differs(&place));
        assert!(listed(4, &[("a", entry("1", 4, 0))]).differs(&place));
        let mut other = place.clone();
        other.cluster = 2;
        assert!(other.differs(&place));
    }

    #[test]
    fn only_leases_that_were_not_seen_to_be_set_are_asked_for() {
        let now = Instant::now();
        let mut place = listed(5, &[("a", entry("1", 5, 77))]);
        place.ends.insert(77, now);
        place.apply(vec![Event {
            key: b"b".to_vec(),
            revision: 6,
            entry: Some(entry("1", 6, 78)),
        }]);
        let entries = [
            ("a", entry("1", 5, 77)),
            ("b", entry("1", 6, 78)),
            ("c", entry("1", 8, 79)),
            ("d", entry("1", 8, 79)),
            ("e", entry("1", 8, 0)),
        ];
        let mut listed = listed(8, &entries);
        assert_eq!(listed.adopt_leases(&place), [79]);
        assert_eq!(listed.ends, HashMap::from([(77, now)]));
    }
}

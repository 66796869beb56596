//! Following a store that has lists and watches: [`Machine`].

use std::collections::BTreeMap;
use std::time::Duration;

use crate::control::fleet::health::Condition;
use crate::control::fleet::snapshot::Raw;
use crate::control::fleet::store_error::StoreErrorKind;

/// How often all is listed again, on average: watches can lose events.
const LISTING: Duration = Duration::from_secs(600);

/// The limit of the first wait; the limit doubles with each failure.
const FIRST: Duration = Duration::from_millis(200);

/// The greatest limit.
const GREATEST: Duration = Duration::from_secs(30);

/// How long a watch lasts for the failures before it to be forgotten.
const QUIET: Duration = Duration::from_secs(60);

/// The limit of the wait after a quiet time: all instances lost their connection at once.
const AFTER_QUIET: Duration = Duration::from_secs(5);

/// The least wait where the store refuses: it does so until someone changes users or roles.
const DENIED: Duration = Duration::from_secs(5);

/// Follows a store that has lists at a revision and watches from a revision, as etcd has: decides
/// what to do, and does none of it. It reads no clock, and has no randomness but its seed, so that
/// a test can try what takes days.
///
/// It never resumes a watch, but lists again: what is compacted, restored, refused or missed is
/// found then, whatever the reason was.
///
/// The caller passes each [`MachineEvent`] with the time since some moment, and does what each
/// [`MachineAction`] says, in order. Of answers to what was begun before the latest
/// [`MachineAction::List`] or [`MachineAction::Watch`], none is to be passed. A watch is on the
/// connection of its list; where that has ended in between, the caller passes
/// [`MachineEvent::Failed`]: the store may have been restored meanwhile, and a watch that begins in
/// another history would make a state that never was.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use logtree::control::fleet::{Machine, MachineAction, MachineEvent, Raw};
///
/// let mut machine = Machine::new(7);
/// let start = Duration::ZERO;
/// assert_eq!(machine.step(MachineEvent::Started, start), [MachineAction::List]);
/// let entries = vec![Raw::new("set/head", r#"{"n":1}"#, 40)];
/// let listed = MachineEvent::Listed { cluster: 1, position: 41, entries };
/// let actions = machine.step(listed, start);
/// assert!(matches!(actions[0], MachineAction::Pass { position: 41, .. }));
/// assert_eq!(actions[1], MachineAction::Watch { from: 42 });
/// ```
#[derive(Clone, Debug)]
pub struct Machine {
    phase: Phase,
    /// What was passed last.
    place: Option<Place>,
    /// What the sink was told last.
    condition: Condition,
    failures: u32,
    random: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Idle,
    Listing,
    /// The watch was asked for.
    Asked,
    /// Since when it is watched, and when it is time to list again.
    Watching(Duration, Duration),
    /// Until when.
    Waiting(Duration),
}

#[derive(Clone, Debug)]
struct Place {
    cluster: u64,
    position: u64,
    entries: BTreeMap<String, Raw>,
}

/// What has happened to a [`Machine`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MachineEvent {
    /// The following begins.
    Started,
    /// The time of a [`MachineAction::Wake`] has come.
    Woken,
    /// All entries were listed, linearizably, and at one revision.
    Listed {
        /// What identifies the store.
        cluster: u64,
        /// The revision of the list.
        position: u64,
        /// The entries.
        entries: Vec<Raw>,
    },
    /// The watch was created.
    Created {
        /// What identifies the store.
        cluster: u64,
    },
    /// A message of the watch: it ends with the last event of a revision.
    Changed(
        /// The events, the oldest first.
        Vec<MachineChange>,
    ),
    /// The watch was canceled, since what it begins with is compacted.
    Compacted,
    /// A list, a watch or the connection failed.
    Failed(StoreErrorKind),
}

/// An event of a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MachineChange {
    /// The key.
    pub key: String,
    /// The revision of the change.
    pub position: u64,
    /// The value that was put; `None` if the key was deleted.
    pub value: Option<Vec<u8>>,
}

/// What is to be done for a [`Machine`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MachineAction {
    /// Ends the watch, if there is one, and lists all entries.
    List,
    /// Watches from a revision.
    Watch {
        /// The first revision.
        from: u64,
    },
    /// Passes what the store holds to the sink: it was so at that revision.
    Pass {
        /// What identifies the store.
        cluster: u64,
        /// The revision.
        position: u64,
        /// The entries, sorted by key.
        entries: Vec<Raw>,
    },
    /// Reports to the sink how the following stands.
    Health(Condition),
    /// Ends the watch and the connection, if there are any.
    Disconnect,
    /// Passes [`MachineEvent::Woken`] at this time; it replaces an earlier one.
    Wake(Duration),
}

impl MachineChange {
    /// Returns that a key was put, or deleted.
    #[must_use]
    pub fn new(key: impl Into<String>, position: u64, value: Option<Vec<u8>>) -> Self {
        Self {
            key: key.into(),
            position,
            value,
        }
    }
}

impl Machine {
    /// Returns a machine that was not started. The seed spreads the waits of instances: it differs
    /// from one to the other.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            phase: Phase::Idle,
            place: None,
            condition: Condition::Starting,
            failures: 0,
            random: seed,
        }
    }

    /// Notes what has happened, and returns what is to be done, in order. `now` is the time since
    /// some moment, and never less than before.
    #[must_use]
    pub fn step(&mut self, event: MachineEvent, now: Duration) -> Vec<MachineAction> {
        let mut actions = Vec::new();
        match (event, self.phase) {
            (MachineEvent::Started, Phase::Idle) => self.list(&mut actions),
            (MachineEvent::Woken, Phase::Watching(_, until) | Phase::Waiting(until))
                if now >= until =>
            {
                self.list(&mut actions);
            }
            (
                MachineEvent::Listed {
                    cluster,
                    position,
                    entries,
                },
                Phase::Listing,
            ) => self.take(cluster, position, entries, &mut actions),
            // The store was restored since the list.
            (MachineEvent::Created { cluster }, Phase::Asked) if !self.is_of(cluster) => {
                self.list(&mut actions);
            }
            (MachineEvent::Created { .. }, Phase::Asked) => {
                let until = now + self.about(LISTING);
                self.phase = Phase::Watching(now, until);
                self.tell(Condition::Following, &mut actions);
                actions.push(MachineAction::Wake(until));
            }
            (MachineEvent::Changed(changes), Phase::Watching(..)) => {
                self.apply(changes, &mut actions);
            }
            // The list was only out of date, or the watch too slow.
            (MachineEvent::Compacted, Phase::Watching(..)) => self.list(&mut actions),
            (MachineEvent::Compacted, Phase::Asked) => self.fail(None, now, &mut actions),
            (MachineEvent::Failed(kind), Phase::Listing | Phase::Asked | Phase::Watching(..)) => {
                self.fail(Some(kind), now, &mut actions);
            }
            // Late: of what is not waited for any more.
            _ => {}
        }
        actions
    }

    /// Reports whether what was listed last is of a store.
    fn is_of(&self, cluster: u64) -> bool {
        let place = self.place.as_ref();
        place.is_some_and(|place| place.cluster == cluster)
    }

    fn list(&mut self, actions: &mut Vec<MachineAction>) {
        self.phase = Phase::Listing;
        actions.push(MachineAction::List);
    }

    fn take(
        &mut self,
        cluster: u64,
        position: u64,
        entries: Vec<Raw>,
        actions: &mut Vec<MachineAction>,
    ) {
        let entries = entries.into_iter().map(|raw| (raw.key.clone(), raw));
        let place = Place {
            cluster,
            position,
            entries: entries.collect(),
        };
        // An older one too: the store was restored.
        if self
            .place
            .as_ref()
            .is_none_or(|before| place.differs(before))
        {
            actions.push(place.pass());
        }
        self.place = Some(place);
        self.phase = Phase::Asked;
        let from = position.saturating_add(1);
        actions.push(MachineAction::Watch { from });
    }

    /// Applies a whole message: at its end, the state is one that was.
    fn apply(&mut self, changes: Vec<MachineChange>, actions: &mut Vec<MachineAction>) {
        let Some(place) = &mut self.place else { return };
        let known = place.position;
        let mut is_changed = false;
        // Those of the list are known already.
        for change in changes.into_iter().filter(|change| change.position > known) {
            place.position = place.position.max(change.position);
            match change.value {
                Some(value) => {
                    let raw = Raw::new(&*change.key, value, change.position);
                    place.entries.insert(change.key, raw);
                }
                None => drop(place.entries.remove(&change.key)),
            }
            is_changed = true;
        }
        if is_changed {
            actions.push(place.pass());
        }
    }

    fn fail(
        &mut self,
        kind: Option<StoreErrorKind>,
        now: Duration,
        actions: &mut Vec<MachineAction>,
    ) {
        let lasted = match self.phase {
            Phase::Watching(since, _) => now.saturating_sub(since),
            _ => Duration::ZERO,
        };
        let limit = if lasted >= QUIET {
            self.failures = 0;
            AFTER_QUIET
        } else {
            let limit = FIRST.saturating_mul(1 << self.failures.min(16));
            self.failures = self.failures.saturating_add(1);
            limit.min(GREATEST)
        };
        let least = match kind {
            Some(StoreErrorKind::Denied) => DENIED,
            _ => Duration::ZERO,
        };
        let until = now + least + self.up_to(limit);
        self.phase = Phase::Waiting(until);
        // A list that is out of date is no outage.
        if kind.is_some() {
            self.tell(Condition::CutOff, actions);
        }
        actions.extend([MachineAction::Disconnect, MachineAction::Wake(until)]);
    }

    fn tell(&mut self, condition: Condition, actions: &mut Vec<MachineAction>) {
        if self.condition != condition {
            self.condition = condition;
            actions.push(MachineAction::Health(condition));
        }
    }

    /// Returns a time with up to a fifth added or subtracted.
    fn about(&mut self, time: Duration) -> Duration {
        time * 4 / 5 + self.up_to(time * 2 / 5)
    }

    /// Returns a random time up to a limit.
    fn up_to(&mut self, limit: Duration) -> Duration {
        let millis = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(self.random() % millis.saturating_add(1))
    }

    /// `SplitMix64`: good enough for instances not to come all at once.
    fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Place {
    /// Reports whether it differs from another one by a byte.
    fn differs(&self, other: &Self) -> bool {
        let is_same =
            |(a, b): (&Raw, &Raw)| a.key == b.key && a.value == b.value && a.version == b.version;
        self.cluster != other.cluster
            || self.entries.len() != other.entries.len()
            || !self
                .entries
                .values()
                .zip(other.entries.values())
                .all(is_same)
    }

    fn pass(&self) -> MachineAction {
        MachineAction::Pass {
            cluster: self.cluster,
            position: self.position,
            entries: self.entries.values().cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Returns a machine that watches, at the time 0.
    fn watching() -> Machine {
        let mut machine = Machine::new(1);
        let _ = machine.step(MachineEvent::Started, Duration::ZERO);
        let listed = MachineEvent::Listed {
            cluster: 1,
            position: 5,
            entries: Vec::new(),
        };
        let _ = machine.step(listed, Duration::ZERO);
        let actions = machine.step(MachineEvent::Created { cluster: 1 }, Duration::ZERO);
        assert_eq!(actions[0], MachineAction::Health(Condition::Following));
        machine
    }

    fn wake(actions: &[MachineAction]) -> Duration {
        match actions.last() {
            Some(MachineAction::Wake(time)) => *time,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn waits_grow_with_failures_and_begin_again_after_a_quiet_minute() {
        let mut machine = watching();
        let mut longest = Duration::ZERO;
        let mut now = Duration::ZERO;
        for failure in 0..200 {
            let kind = match failure % 10 {
                0 => StoreErrorKind::Denied,
                _ => StoreErrorKind::Unreachable,
            };
            let actions = machine.step(MachineEvent::Failed(kind), now);
            let wait = wake(&actions).saturating_sub(now);
            assert!(kind != StoreErrorKind::Denied || wait >= DENIED, "{wait:?}");
            assert!(wait <= DENIED + FIRST * (1 << failure.min(16)), "{wait:?}");
            longest = longest.max(wait);
            now += wait;
            assert_eq!(
                machine.step(MachineEvent::Woken, now),
                [MachineAction::List]
            );
        }
        assert!(
            (GREATEST / 2..=DENIED + GREATEST).contains(&longest),
            "{longest:?}"
        );
        let failed = MachineEvent::Failed(StoreErrorKind::Unreachable);
        let (mut machine, mut spread) = (watching(), Vec::new());
        for seed in 0..100 {
            machine.random = seed;
            spread.push(wake(&machine.clone().step(failed.clone(), QUIET)));
        }
        let (first, last) = (spread.iter().min(), spread.iter().max());
        let span = last.zip(first).map(|(last, first)| *last - *first);
        assert!(
            span > Some(4 * SECOND) && last <= Some(&(QUIET + AFTER_QUIET)),
            "{spread:?}"
        );
    }

    #[test]
    fn all_is_listed_again_after_ten_minutes_and_passed_only_if_it_differs() {
        let mut machine = watching();
        let Phase::Watching(_, until) = machine.phase else {
            panic!("{machine:?}");
        };
        assert!((480 * SECOND..=720 * SECOND).contains(&until), "{until:?}");
        assert_eq!(machine.step(MachineEvent::Woken, until - SECOND), []);
        assert_eq!(
            machine.step(MachineEvent::Woken, until),
            [MachineAction::List]
        );
        let listed = MachineEvent::Listed {
            cluster: 1,
            position: 9,
            entries: Vec::new(),
        };
        let actions = machine.step(listed, until);
        assert_eq!(actions, [MachineAction::Watch { from: 10 }]);
        // Of another store.
        let created = MachineEvent::Created { cluster: 2 };
        assert_eq!(machine.step(created, until), [MachineAction::List]);
    }
}

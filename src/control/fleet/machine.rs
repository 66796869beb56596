//! Following a store that has lists and watches: [`Machine`].

use std::time::Duration;

use crate::control::fleet::health::Condition;
use crate::control::fleet::machine_change::MachineChange;
use crate::control::fleet::machine_place::Place;
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

/// How long a watch lasts for a new one to be begun without a wait.
const SOON: Duration = Duration::from_secs(1);

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
/// [`MachineAction::List`], [`MachineAction::Watch`] or [`MachineAction::Disconnect`], none is to
/// be passed.
///
/// A store may be restored between a list and its watch, and a watch that begins in another history
/// would make a state that never was. [`MachineEvent::Created`] shows it by another cluster, or by
/// an older revision than that of the list. A history of the same cluster that has come further
/// shows by the end of the connection alone: where list and watch may have been on different
/// connections, it is found by the next list, which comes each ten minutes.
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
        /// The revision of the store, or of the member of it that watches.
        position: u64,
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
    /// The sink failed to take what was passed last. It is passed the newest state later.
    NotTaken,
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
            ) => {
                let place = Place::new(cluster, position, entries, now);
                self.take(place, now, &mut actions);
            }
            (MachineEvent::Created { cluster, position }, Phase::Asked)
                if self.is_followed_by(cluster, position) =>
            {
                let until = now + self.about(LISTING);
                self.phase = Phase::Watching(now, until);
                self.report(Condition::Following, &mut actions);
                actions.push(MachineAction::Wake(until));
            }
            (MachineEvent::Changed(changes), Phase::Watching(..)) => {
                if let Some(place) = &mut self.place {
                    if place.apply(changes) {
                        actions.push(pass(place, now));
                    }
                }
            }
            // The watch was too slow.
            (MachineEvent::Compacted, Phase::Watching(since, _)) if now >= since + SOON => {
                self.list(&mut actions);
            }
            // The list is only out of date: no outage. Or the store was restored since; or a member
            // watches that lags, or is of another cluster.
            (MachineEvent::Compacted, Phase::Asked | Phase::Watching(..))
            | (MachineEvent::Created { .. }, Phase::Asked) => {
                self.fail(Duration::ZERO, now, &mut actions);
            }
            (MachineEvent::Failed(kind), Phase::Listing | Phase::Asked | Phase::Watching(..)) => {
                let least = match kind {
                    StoreErrorKind::Denied => DENIED,
                    _ => Duration::ZERO,
                };
                self.report(Condition::CutOff, &mut actions);
                self.fail(least, now, &mut actions);
            }
            (MachineEvent::NotTaken, Phase::Asked | Phase::Watching(..)) => {
                self.place = None;
                self.report(Condition::CutOff, &mut actions);
                self.fail(Duration::ZERO, now, &mut actions);
            }
            // Late: of what is not waited for any more.
            _ => {}
        }
        actions
    }

    /// Reports whether a watch of a store at a revision continues what was listed last.
    fn is_followed_by(&self, cluster: u64, position: u64) -> bool {
        let place = self.place.as_ref();
        place.is_some_and(|place| place.cluster == cluster && place.position <= position)
    }

    fn list(&mut self, actions: &mut Vec<MachineAction>) {
        self.phase = Phase::Listing;
        actions.push(MachineAction::List);
    }

    fn take(&mut self, place: Place, now: Duration, actions: &mut Vec<MachineAction>) {
        // An older one too: the store was restored.
        let before = self.place.as_ref();
        if before.is_none_or(|before| place.differs(before)) {
            actions.push(pass(&place, now));
        }
        let from = place.position.saturating_add(1);
        self.place = Some(place);
        self.phase = Phase::Asked;
        actions.push(MachineAction::Watch { from });
    }

    fn fail(&mut self, least: Duration, now: Duration, actions: &mut Vec<MachineAction>) {
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
        let until = now + least + self.up_to(limit);
        self.phase = Phase::Waiting(until);
        actions.extend([MachineAction::Disconnect, MachineAction::Wake(until)]);
    }

    fn report(&mut self, condition: Condition, actions: &mut Vec<MachineAction>) {
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

fn pass(place: &Place, now: Duration) -> MachineAction {
    MachineAction::Pass {
        cluster: place.cluster,
        position: place.position,
        entries: place.entries(now),
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
        let created = MachineEvent::Created {
            cluster: 1,
            position: 5,
        };
        let actions = machine.step(created, Duration::ZERO);
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
        // Of another store, or an older revision of this one.
        for (cluster, position) in [(2, 9), (1, 8)] {
            let created = MachineEvent::Created { cluster, position };
            let actions = machine.clone().step(created, until);
            assert_eq!(actions[0], MachineAction::Disconnect);
            assert!(wake(&actions) <= until + FIRST);
        }
    }

    #[test]
    fn what_is_not_taken_is_passed_again() {
        let mut machine = watching();
        let change = MachineChange::new("set/x", 6, Some(b"{}".to_vec()));
        let actions = machine.step(MachineEvent::Changed(vec![change.clone()]), SECOND);
        let [pass] = &actions[..] else {
            panic!("{actions:?}");
        };
        let actions = machine.step(MachineEvent::NotTaken, SECOND);
        assert_eq!(actions[0], MachineAction::Health(Condition::CutOff));
        let now = wake(&actions);
        assert_eq!(
            machine.step(MachineEvent::Woken, now),
            [MachineAction::List]
        );
        let raw = Raw::new("set/x", "{}", 6);
        let listed = |entries| MachineEvent::Listed {
            cluster: 1,
            position: 6,
            entries,
        };
        let actions = machine.step(listed(vec![raw]), now);
        assert_eq!((&actions[0], actions.len()), (pass, 2));
    }

    #[test]
    fn a_watch_that_is_too_slow_begins_again_at_once_and_one_that_was_too_late_after_a_wait() {
        for (lasted, is_soon) in [(Duration::ZERO, true), (SOON, false)] {
            let actions = watching().step(MachineEvent::Compacted, lasted);
            assert_eq!(actions == [MachineAction::List], !is_soon, "{actions:?}");
        }
    }
}

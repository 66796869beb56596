//! What of a snapshot applies to one instance: [`Placement`].

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::control::fleet::budget::Budget;
use crate::control::fleet::key::Key;
use crate::control::fleet::labels::Labels;
use crate::control::fleet::selector::Selector;
use crate::control::fleet::setting::Setting;
use crate::control::fleet::snapshot::{Held, MOST, Snapshot, Value};
use crate::control::fleet_level::FleetLevel;
use crate::control::origin::Origin;
use crate::control::state::is_logger;
use crate::control::target::LevelTarget;
use crate::level::Level;
use crate::registry::may_log_secrets;
use crate::sys::host::Instant;
use crate::time::Timestamp;

/// The longest time of a level for a while.
pub(super) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the store may take to end a level before the instance ends it: leases end late.
const GRACE: Duration = Duration::from_secs(5);

/// From a cache that is older, only levels from `INFO` apply: last month's `TRACE` is not wanted.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);

/// Where a snapshot was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Found {
    /// The store passed it now.
    InStore,
    /// A file was written with it at this time.
    InCache(Timestamp),
}

/// What of a snapshot applies to one instance, and until when. Does no I/O and reads no clock.
#[derive(Debug)]
pub(super) struct Placement {
    labels: Labels,
    allow_sensitive: bool,
    snapshot: Snapshot,
    /// When the instance ends levels for a while by itself, by their version. Those that are over
    /// stay known, as the store may have them still or again: its leases end late, anyone may keep
    /// them alive, and it may be restored.
    ends: BTreeMap<(Key, u64), End>,
    /// The settings that were dropped, by the version that was.
    suspended: BTreeMap<Key, u64>,
    /// Whether levels below `INFO` are left out.
    is_old: bool,
}

#[derive(Debug)]
struct End {
    setting: Setting,
    end: Instant,
    until: Timestamp,
}

/// What applies.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Placed {
    pub(super) levels: BTreeMap<LevelTarget, FleetLevel>,
    pub(super) off: bool,
    /// The settings in effect that may be dropped: the key, its version, and the budget that it
    /// came with.
    pub(super) budgeted: Vec<(Key, u64, Option<Budget>)>,
    /// The settings that are refused here, and why.
    pub(super) refused: Vec<String>,
    /// When the next level ends.
    pub(super) next_end: Option<Instant>,
}

impl Placement {
    pub(super) fn new(labels: Labels, allow_sensitive: bool) -> Self {
        Self {
            labels,
            allow_sensitive,
            snapshot: Snapshot::default(),
            ends: BTreeMap::new(),
            suspended: BTreeMap::new(),
            is_old: false,
        }
    }

    pub(super) fn labels(&self) -> &Labels {
        &self.labels
    }

    pub(super) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Takes a snapshot in place of the previous one.
    pub(super) fn take(&mut self, snapshot: Snapshot, found: Found, now: Instant, wall: Timestamp) {
        self.snapshot = snapshot;
        self.is_old = match found {
            Found::InStore => false,
            // A clock that was put back makes the age unknown.
            Found::InCache(at) => at + OLD < wall || wall < at,
        };
        for (key, held) in &self.snapshot.entries {
            let (Key::For(selector, _), Value::Level(setting)) = (key, &held.value) else {
                continue;
            };
            if !selector.matches(&self.labels) {
                continue;
            }
            let time = setting.time().unwrap_or_default().min(LONGEST);
            let left = match found {
                Found::InStore => {
                    let by_store = held.left.map_or(LONGEST, |left| left);
                    time.min(by_store) + GRACE
                }
                Found::InCache(_) => {
                    let nanos = setting.until.map_or(0, |until| until.nanos_since(wall));
                    let left = Duration::from_nanos(u64::try_from(nanos).unwrap_or_default());
                    left.min(time)
                }
            };
            let new = End {
                setting: setting.clone(),
                end: now + left,
                until: wall + left,
            };
            let ends = &mut self.ends;
            match ends.get_mut(&(key.clone(), held.version)) {
                // Whichever comes first. A store that was restored may give a version twice.
                Some(known) if known.setting == new.setting => {
                    if new.end < known.end {
                        *known = new;
                    }
                }
                _ => drop(ends.insert((key.clone(), held.version), new)),
            }
        }
        let entries = &self.snapshot.entries;
        let is_there = |(key, version): &(Key, u64)| {
            let held = entries.get(key);
            held.is_some_and(|held| held.version == *version)
        };
        let is_crowded = self.ends.len() > 2 * MOST;
        self.ends
            .retain(|known, end| is_there(known) || !is_crowded && now < end.end + LONGEST);
        self.suspended.retain(|key, version| {
            entries
                .get(key)
                .is_some_and(|held| held.version == *version)
        });
    }

    /// Drops a setting until it is set again.
    pub(super) fn suspend(&mut self, key: Key, version: u64) {
        self.suspended.insert(key, version);
    }

    /// Reports whether a setting is dropped.
    pub(super) fn is_suspended(&self) -> bool {
        !self.suspended.is_empty()
    }

    /// Returns the versions of the settings for this instance.
    pub(super) fn matching(&self) -> BTreeMap<Key, u64> {
        let entries = self.snapshot.entries.iter();
        let matching = entries.filter(|(key, _)| selector(key).is_some_and(|it| self.matches(it)));
        matching
            .map(|(key, held)| (key.clone(), held.version))
            .collect()
    }

    fn matches(&self, selector: &Selector) -> bool {
        selector.matches(&self.labels)
    }

    /// Returns what applies now.
    pub(super) fn at(&self, now: Instant) -> Placed {
        let mut placed = Placed::default();
        let mut best: BTreeMap<&LevelTarget, Candidate<'_>> = BTreeMap::new();
        for (key, held) in &self.snapshot.entries {
            match (key, &held.value) {
                (Key::Off(selector), _) => placed.off |= self.matches(selector),
                (Key::Level(selector, target), Value::Level(setting))
                | (Key::For(selector, target), Value::Level(setting))
                    if self.matches(selector) =>
                {
                    let end = self.ends.get(&(key.clone(), held.version));
                    let is_over = end.is_some_and(|end| end.end <= now);
                    let is_new = self.is_old && setting.level < Level::INFO;
                    if is_over || is_new || self.suspended.contains_key(key) {
                        continue;
                    }
                    if let Some(why) = self.refusal(target, setting) {
                        placed.refused.push(format!("{}: {why}", short(key)));
                        continue;
                    }
                    let candidate = Candidate {
                        key,
                        held,
                        selector,
                        setting,
                        end,
                    };
                    let known = best.get(target);
                    if known.is_none_or(|known| known.rank() < candidate.rank()) {
                        best.insert(target, candidate);
                    }
                }
                _ => {}
            }
        }
        for (target, candidate) in best {
            let ends = [placed.next_end, candidate.end.map(|end| end.end)];
            placed.next_end = ends.into_iter().flatten().min();
            if candidate.setting.level <= Level::DEBUG || candidate.setting.budget.is_some() {
                let (key, budget) = (candidate.key.clone(), candidate.setting.budget);
                placed.budgeted.push((key, candidate.held.version, budget));
            }
            placed.levels.insert(target.clone(), candidate.level());
        }
        placed
    }

    fn refusal(&self, target: &LevelTarget, setting: &Setting) -> Option<&'static str> {
        let is_sensitive =
            is_logger(target) && setting.level < Level::INFO && may_log_secrets(target.name());
        (is_sensitive && !self.allow_sensitive).then_some(
            "refused a level below INFO for what may log secrets: the instance does not allow it \
             (allow_sensitive)",
        )
    }
}

/// A setting that may apply to a target.
struct Candidate<'s> {
    key: &'s Key,
    held: &'s Held,
    selector: &'s Selector,
    setting: &'s Setting,
    end: Option<&'s End>,
}

impl Candidate<'_> {
    /// The greatest one applies.
    fn rank(&self) -> impl Ord + use<> {
        (
            self.setting.force,
            self.selector.weight(),
            Reverse(self.selector.share()),
            matches!(self.key, Key::For(..)),
        )
    }

    fn level(&self) -> FleetLevel {
        FleetLevel {
            level: self.setting.level,
            until: self.end.map(|end| end.until),
            forced: self.setting.force,
            selector: self.selector.to_string().into(),
            revision: self.setting.n,
            // What comes from elsewhere is not for loggers of secrets.
            origin: Origin::new(&self.setting.by, true),
        }
    }
}

/// Returns the instances that a key is for.
pub(super) fn selector(key: &Key) -> Option<&Selector> {
    match key {
        Key::Level(selector, _) | Key::For(selector, _) | Key::Off(selector) => Some(selector),
        _ => None,
    }
}

/// Returns a key as it is shown: without `set/`.
pub(super) fn short(key: &Key) -> String {
    let text = key.to_string();
    text.strip_prefix(Key::SET).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::fleet::snapshot::Raw;

    const WALL: Timestamp = Timestamp::from_nanos(1_700_000_000_000_000_000);

    fn placement() -> Placement {
        let mut labels = Labels::new("s", "i").with_zone("z").with_version("v");
        labels.share = 5;
        Placement::new(labels, false)
    }

    fn snapshot(entries: &[(&str, &str)]) -> Snapshot {
        let entries = entries.iter();
        Snapshot::read(
            1,
            1,
            entries.map(|(key, value)| Raw::new(format!("set/{key}"), *value, 1)),
        )
    }

    fn take(placement: &mut Placement, entries: &[(&str, &str)], now: Instant) {
        placement.take(snapshot(entries), Found::InStore, now, WALL);
    }

    fn level_of_a(placement: &Placement, now: Instant) -> Option<u16> {
        let placed = placement.at(now);
        let level = placed.levels.get(&LevelTarget::logger("a"));
        level.map(|level| level.level.number())
    }

    fn setting(number: u16) -> String {
        format!(r#"{{"number":{number},"for_s":60}}"#)
    }

    #[test]
    fn the_greatest_sum_of_weights_applies() {
        // Each one hides all before it.
        let order = [
            "level/all/LOGGER/a",
            "for/all/LOGGER/a",
            "level/share=50/LOGGER/a",
            "for/share=50/LOGGER/a",
            "level/share=10/LOGGER/a",
            "level/zone=z/LOGGER/a",
            "level/share=10,zone=z/LOGGER/a",
            "level/version=v/LOGGER/a",
            "level/version=v,zone=z/LOGGER/a",
            "level/instance=i/LOGGER/a",
            "level/instance=i,share=100,version=v,zone=z/LOGGER/a",
        ];
        let now = Instant::now();
        let others = [
            ("level/zone=other/LOGGER/a", setting(7)),
            ("level/rack=1/LOGGER/a", setting(8)),
            ("level/share=5/LOGGER/a", setting(9)),
        ];
        for count in 1..=order.len() {
            let of = |at: usize| (order[at], setting(100 + u16::try_from(at).unwrap()));
            let entries: Vec<_> = (0..count).map(of).chain(others.clone()).collect();
            let entries: Vec<_> = entries
                .iter()
                .map(|(key, value)| (*key, &**value))
                .collect();
            let mut placement = placement();
            take(&mut placement, &entries, now);
            let last = u16::try_from(99 + count).unwrap();
            assert_eq!(level_of_a(&placement, now), Some(last), "{entries:?}");
            // Forced, the least specific one applies.
            let mut forced = entries.clone();
            forced[0].1 = r#"{"number":1,"force":true}"#;
            take(&mut placement, &forced, now);
            assert_eq!(level_of_a(&placement, now), Some(1));
        }
    }

    #[test]
    fn a_level_for_a_while_ends_by_itself_whatever_the_store_says() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let mut placement = placement();
        let entries = [
            ("level/all/LOGGER/a", r#"{"number":30}"#),
            ("for/all/LOGGER/a", &setting(10)),
        ];
        take(&mut placement, &entries, start);
        assert_eq!(level_of_a(&placement, start + 64 * second), Some(10));
        assert_eq!(placement.at(start).next_end, Some(start + 65 * second));
        // Listed again, it does not last longer; nor after it has been away.
        take(&mut placement, &entries, start + 30 * second);
        take(&mut placement, &entries[..1], start + 40 * second);
        take(&mut placement, &entries, start + 50 * second);
        assert_eq!(level_of_a(&placement, start + 65 * second), Some(30));
        // A lease that ends earlier ends it earlier; one that is kept alive does not prolong it.
        let mut leased = snapshot(&entries);
        for (version, left, lasts) in [(2, 10, 15), (3, 80_000, 65), (4, 60, 65)] {
            for held in leased.entries.values_mut() {
                (held.version, held.left) = (version, Some(left * second));
            }
            placement.take(leased.clone(), Found::InStore, start, WALL);
            let last = start + lasts * second;
            assert_eq!(level_of_a(&placement, last - second), Some(10));
            assert_eq!(level_of_a(&placement, last), Some(30));
        }
    }

    #[test]
    fn from_a_cache_levels_last_until_their_end_and_old_ones_hide_nothing() {
        let (now, second) = (Instant::now(), Duration::from_secs(1));
        let until = |seconds: u32| (WALL + seconds * second).to_string();
        let level = |placement: &Placement, after: u32| level_of_a(placement, now + after * second);
        for (ends_in, lasts) in [(30, 30), (3_600, 60)] {
            let value = format!(r#"{{"number":10,"for_s":60,"until":"{}"}}"#, until(ends_in));
            let mut placement = placement();
            let snapshot = snapshot(&[("for/all/LOGGER/a", &value)]);
            placement.take(snapshot, Found::InCache(WALL), now, WALL);
            assert_eq!(level(&placement, lasts - 1), Some(10));
            assert_eq!(level(&placement, lasts), None);
        }
        let both = || {
            snapshot(&[
                ("level/all/LOGGER/a", &setting(10)),
                ("level/all/LOGGER/b", &setting(30)),
            ])
        };
        for (at, count) in [
            (WALL, 2),
            (WALL - 25 * 3_600 * second, 1),
            (WALL + second, 1),
        ] {
            let mut placement = placement();
            placement.take(both(), Found::InCache(at), now, WALL);
            assert_eq!(placement.at(now).levels.len(), count);
            placement.take(both(), Found::InStore, now, WALL);
            assert_eq!(placement.at(now).levels.len(), 2);
        }
    }

    #[test]
    fn what_may_log_secrets_is_refused_and_what_is_dropped_stays_away() {
        let now = Instant::now();
        let mut placement = placement();
        take(
            &mut placement,
            &[
                ("level/all/LOGGER/a.wire", &setting(10)),
                ("level/all/LOGGER/a", &setting(10)),
            ],
            now,
        );
        let placed = placement.at(now);
        assert!(placed.refused[0].starts_with("level/all/LOGGER/a.wire: refused"));
        let (key, version, _) = placed.budgeted[0].clone();
        placement.suspend(key, version);
        assert_eq!(level_of_a(&placement, now), None);
        take(&mut placement, &[("level/all/LOGGER/a", &setting(10))], now);
        assert!(placement.is_suspended());
        let mut again = snapshot(&[("level/all/LOGGER/a", &setting(10))]);
        again.entries.values_mut().for_each(|held| held.version = 2);
        placement.take(again, Found::InStore, now, WALL);
        assert_eq!(
            (level_of_a(&placement, now), placement.is_suspended()),
            (Some(10), false)
        );
        placement.allow_sensitive = true;
        take(
            &mut placement,
            &[("level/all/LOGGER/a.wire", &setting(10))],
            now,
        );
        assert_eq!(placement.at(now).levels.len(), 1);
    }
}

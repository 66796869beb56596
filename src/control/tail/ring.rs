//! The records that wait for one tail: [`Ring`].

use std::collections::{BTreeMap, VecDeque};

use crate::control::tail::event::Event;
use crate::level::Level;
use crate::time::Timestamp;

/// The records that wait for one tail, bounded by number and by bytes.
///
/// If a record finds no room, the least severe are dropped for it, the oldest of them first, never
/// a more severe one for a less severe one: that one is dropped itself then, and so is one that
/// would not fit even so. What is dropped is counted.
#[derive(Debug)]
pub(super) struct Ring {
    max_records: usize,
    max_bytes: usize,
    /// By level, ascending.
    lanes: Vec<Lane>,
    len: usize,
    bytes: usize,
    dropped: BTreeMap<Level, u64>,
    /// When the first of the dropped ones was logged.
    since: Option<Timestamp>,
}

/// The records of one level, in order.
#[derive(Debug)]
struct Lane {
    level: Level,
    events: VecDeque<Event>,
    bytes: usize,
}

/// With more levels than this, those without records are forgotten.
const MAX_EMPTY_LANES: usize = 16;

/// What a ring had no room for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::control) struct Dropped {
    /// How many, by level.
    pub(in crate::control) counts: BTreeMap<Level, u64>,
    /// When the first of them was logged.
    pub(in crate::control) since: Timestamp,
}

impl Ring {
    pub(super) fn new(max_records: usize, max_bytes: usize) -> Self {
        Self {
            max_records,
            max_bytes,
            lanes: Vec::new(),
            len: 0,
            bytes: 0,
            dropped: BTreeMap::new(),
            since: None,
        }
    }

    /// Adds a record. `evicted` gets what is dropped for it, to end outside of the lock.
    pub(super) fn push(&mut self, event: Event, evicted: &mut Vec<Event>) {
        let (level, bytes) = (event.record().level(), event.bytes());
        if !self.can_make_room(level, bytes) {
            self.count_dropped(&event);
            evicted.push(event);
            return;
        }
        while self.len >= self.max_records || self.bytes + bytes > self.max_bytes {
            let Some(oldest) = self.pop_least_severe() else {
                break;
            };
            self.count_dropped(&oldest);
            evicted.push(oldest);
        }
        let at = match self.lanes.binary_search_by_key(&level, |lane| lane.level) {
            Ok(at) => at,
            Err(at) => {
                let (events, bytes) = (VecDeque::new(), 0);
                self.lanes.insert(
                    at,
                    Lane {
                        level,
                        events,
                        bytes,
                    },
                );
                at
            }
        };
        self.lanes[at].bytes += bytes;
        self.lanes[at].events.push_back(event);
        self.bytes += bytes;
        self.len += 1;
    }

    /// Reports whether a record fits where those that are no more severe are dropped for it.
    fn can_make_room(&self, level: Level, bytes: usize) -> bool {
        let above = self.lanes.iter().filter(|lane| lane.level > level);
        let stay = |(len, bytes), lane: &Lane| (len + lane.events.len(), bytes + lane.bytes);
        let (len, kept_bytes) = above.fold((0, 0), stay);
        len < self.max_records && kept_bytes + bytes <= self.max_bytes
    }

    fn pop_least_severe(&mut self) -> Option<Event> {
        let at = self.lanes.iter().position(|lane| !lane.events.is_empty())?;
        self.pop_from(at)
    }

    fn pop_from(&mut self, at: usize) -> Option<Event> {
        let lane = &mut self.lanes[at];
        let event = lane.events.pop_front()?;
        lane.bytes -= event.bytes();
        self.bytes -= event.bytes();
        self.len -= 1;
        Some(event)
    }

    #[cold]
    fn count_dropped(&mut self, event: &Event) {
        self.note_dropped(event.record().level(), 1, event.record().time());
    }

    /// Counts records as dropped, the first of them logged at a time.
    pub(super) fn note_dropped(&mut self, level: Level, count: u64, time: Timestamp) {
        *self.dropped.entry(level).or_default() += count;
        self.since = Some(self.since.map_or(time, |since| since.min(time)));
    }

    /// Removes the oldest records, up to a number, and no more once they have so many bytes.
    pub(super) fn take(&mut self, records: usize, bytes: usize) -> Vec<Event> {
        let mut taken = Vec::with_capacity(records.min(self.len));
        let before = self.bytes;
        while taken.len() < records && before - self.bytes < bytes {
            let fronts = self.lanes.iter().enumerate();
            let fronts = fronts.filter_map(|(at, lane)| Some((lane.events.front()?.seq, at)));
            let Some(event) = fronts.min().and_then(|(_, at)| self.pop_from(at)) else {
                break;
            };
            taken.push(event);
        }
        if self.lanes.len() > MAX_EMPTY_LANES {
            self.lanes.retain(|lane| !lane.events.is_empty());
        }
        taken
    }

    /// Returns what was dropped since the last call.
    pub(super) fn take_dropped(&mut self) -> Option<Dropped> {
        let since = self.since.take()?;
        let counts = std::mem::take(&mut self.dropped);
        Some(Dropped { counts, since })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::control::tail::event::Kept;
    use crate::record::Record;
    use crate::sys::sync::Arc;

    fn event(seq: u64, level: u16, bytes: usize) -> Event {
        let time = Timestamp::from_nanos(i64::try_from(seq).unwrap());
        let record = Record::builder().level(Level::new(level)).time(time);
        let mut kept = Kept::new(record.build().to_owned_record(), true);
        kept.bytes = bytes;
        let kept = Arc::new(kept);
        Event { seq, kept }
    }

    /// The rule, by itself: a list in which the least severe is looked for each time.
    struct Model {
        max_records: usize,
        max_bytes: usize,
        held: Vec<(u64, u16, usize)>,
        dropped: BTreeMap<u16, u64>,
        since: Option<u64>,
    }

    impl Model {
        fn push(&mut self, new: (u64, u16, usize)) {
            let fits = |held: &[(u64, u16, usize)]| {
                let bytes: usize = held.iter().map(|(_, _, bytes)| bytes).sum();
                held.len() < self.max_records && bytes + new.2 <= self.max_bytes
            };
            let mut held = self.held.clone();
            let mut lost = Vec::new();
            while !fits(&held) {
                let least = held.iter().filter(|(_, level, _)| *level <= new.1);
                let Some(least) = least.min_by_key(|(seq, level, _)| (*level, *seq)).copied()
                else {
                    // It would not fit: it alone is lost.
                    self.note(new);
                    return;
                };
                held.retain(|one| *one != least);
                lost.push(least);
            }
            for one in lost {
                // An error only for another one.
                assert!(one.1 < 40 || new.1 >= 40);
                self.note(one);
            }
            held.push(new);
            self.held = held;
        }

        fn note(&mut self, (seq, level, _): (u64, u16, usize)) {
            *self.dropped.entry(level).or_default() += 1;
            self.since = Some(self.since.map_or(seq, |since| since.min(seq)));
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Push(u16, usize),
        Take(usize),
        TakeDropped,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let level = prop_oneof![
            4 => prop::sample::select(vec![5_u16, 10, 20, 30, 40, 50]),
            1 => 1_u16..100
        ];
        let step = prop_oneof![
            8 => (level, 1_usize..60).prop_map(|(level, bytes)| Step::Push(level, bytes)),
            1 => (0_usize..12).prop_map(Step::Take),
            1 => Just(Step::TakeDropped),
        ];
        prop::collection::vec(step, 0..80)
    }

    proptest! {
        /// What is held, in which order it comes, and what is counted as dropped.
        #[test]
        fn it_does_what_the_rule_says(steps in steps(), max_records in 0_usize..12, max_bytes in 0_usize..200) {
            let mut ring = Ring::new(max_records, max_bytes);
            let mut model = Model {
                max_records, max_bytes, held: Vec::new(), dropped: BTreeMap::new(), since: None
            };
            let (mut seq, mut pushed, mut taken, mut lost) = (0, 0, 0, 0);
            for step in steps {
                match step {
                    Step::Push(level, bytes) => {
                        seq += 1;
                        pushed += 1;
                        let mut evicted = Vec::new();
                        ring.push(event(seq, level, bytes), &mut evicted);
                        lost += evicted.len();
                        model.push((seq, level, bytes));
                    }
                    Step::Take(records) => {
                        let events = ring.take(records, usize::MAX);
                        let rest = model.held.split_off(records.min(model.held.len()));
                        let expected = std::mem::replace(&mut model.held, rest);
                        let found: Vec<_> = events.iter().map(|event| {
                            (event.seq, event.record().level().number(), event.bytes())
                        }).collect();
                        prop_assert_eq!(found, expected);
                        taken += events.len();
                    }
                    Step::TakeDropped => {
                        let dropped = ring.take_dropped();
                        let since = dropped.as_ref().map(|dropped| dropped.since);
                        let expected = model.since.take().map(|seq| i64::try_from(seq).unwrap());
                        prop_assert_eq!(since, expected.map(Timestamp::from_nanos));
                        let counts = dropped.map(|dropped| dropped.counts).unwrap_or_default();
                        let counts: BTreeMap<_, _> =
                            counts.into_iter().map(|(level, count)| (level.number(), count)).collect();
                        prop_assert_eq!(counts, std::mem::take(&mut model.dropped));
                    }
                }
                prop_assert!(ring.len <= max_records && ring.bytes <= max_bytes);
                prop_assert_eq!((ring.len, ring.is_empty()), (model.held.len(), model.held.is_empty()));
                prop_assert_eq!(pushed, taken + lost + ring.len);
            }
        }
    }

    #[test]
    fn levels_without_records_are_forgotten() {
        let mut ring = Ring::new(4, 1000);
        let mut evicted = Vec::new();
        for seq in 1..1000 {
            ring.push(event(seq, u16::try_from(seq).unwrap(), 1), &mut evicted);
            drop(ring.take(4, usize::MAX));
        }
        assert!(ring.lanes.len() <= MAX_EMPTY_LANES + 1);
    }
}

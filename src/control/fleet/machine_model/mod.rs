//! [`Machine`] and [`Placement`] against a store that does everything a store does wrong, in
//! virtual time.
//!
//! `LOGTREE_FLEET_MODEL=10000x1000x10` has 10,000 instances, 1,000 seeds, and a store that does so
//! for 10 minutes; 8, 8 and 180 unless it is set. A fourth number is the first seed.

mod happens;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use crate::control::fleet::health::Condition;
use crate::control::fleet::labels::Labels;
use crate::control::fleet::machine::{Machine, MachineAction, MachineEvent};
use crate::control::fleet::machine_change::MachineChange;
use crate::control::fleet::placement::{Found, Placement};
use crate::control::fleet::snapshot::{Raw, Snapshot};
use crate::control::fleet::store_error::StoreErrorKind;
use crate::control::target::LevelTarget;
use crate::sys::host::Instant;
use crate::time::Timestamp;

const SECOND: Duration = Duration::from_secs(1);

/// How long it is quiet after the store has changed and failed.
const QUIET: Duration = Duration::from_secs(60);

type State = BTreeMap<String, (Vec<u8>, u64)>;

enum Event {
    /// To an instance, if it still waits for it.
    Deliver(usize, u64, MachineEvent),
    Wake(usize, Duration),
    /// The store gets a request.
    List(usize, u64),
    Watch(usize, u64, u64),
    /// What a watch has kept back is sent.
    Flush(usize, u64),
    Reachable(usize),
    /// Something happens to the store.
    Happens,
    /// All instances can reach the store from now on.
    Quiet,
    /// The store ends a level for a while, if it is still that one.
    Expire(String, u64),
}

struct Instance {
    machine: Machine,
    placement: Placement,
    /// Of the latest request.
    session: u64,
    /// How often the store had been restored at the latest list, and which it was.
    listed: (usize, u64),
    wake: Option<Duration>,
    unreachable: bool,
    /// Its watch in the store: the session, what it sends next, and when it may.
    watch: Option<(u64, u64, Duration)>,
    pending: Vec<MachineChange>,
    clock: i64,
    /// When what a change has set was seen first.
    seen: HashMap<(LevelTarget, u64), Duration>,
    condition: Condition,
}

struct World {
    random: u64,
    /// How long the store changes and fails.
    busy: Duration,
    now: Duration,
    base: Instant,
    /// What is due, by its time and in order.
    queue: BTreeMap<(Duration, u64), Event>,
    sequence: u64,
    instances: Vec<Instance>,
    cluster: u64,
    /// How often the store was restored.
    restored: usize,
    position: u64,
    state: State,
    /// What each revision did, and the state after it.
    history: BTreeMap<u64, (Vec<MachineChange>, State)>,
    compacted: u64,
    /// All states that ever were.
    committed: HashSet<State>,
    /// What was passed already, and was committed.
    read: HashMap<Vec<Raw>, Snapshot>,
    number: u64,
    /// How long the levels of a change apply.
    times: HashMap<u64, u64>,
    passes: usize,
}

impl World {
    fn new(seed: u64, instances: usize, busy: Duration) -> Self {
        let mut world = Self {
            random: seed,
            busy,
            now: Duration::ZERO,
            base: Instant::now(),
            queue: BTreeMap::new(),
            sequence: 0,
            instances: Vec::new(),
            cluster: 1,
            restored: 0,
            position: 1,
            state: State::new(),
            history: BTreeMap::new(),
            compacted: 0,
            committed: HashSet::from([State::new()]),
            read: HashMap::new(),
            number: 0,
            times: HashMap::new(),
            passes: 0,
        };
        for number in 0..instances {
            let labels = Labels::new("shop", &number.to_string());
            let clock = i64::try_from(world.below(7_200)).unwrap() - 3_600;
            world.instances.push(Instance {
                machine: Machine::new(seed ^ (number as u64) << 32),
                placement: Placement::new(labels, true),
                session: 0,
                listed: (0, 1),
                wake: None,
                unreachable: false,
                watch: None,
                pending: Vec::new(),
                clock,
                seen: HashMap::new(),
                condition: Condition::Starting,
            });
        }
        world
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)) % bound
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Up to so many milliseconds from now.
    fn soon(&mut self, millis: u64) -> Duration {
        self.now + Duration::from_millis(self.below(millis))
    }

    fn at(&mut self, time: Duration, event: Event) {
        self.sequence += 1;
        self.queue.insert((time, self.sequence), event);
    }

    fn run(&mut self) {
        for at in 0..self.instances.len() {
            self.step(at, MachineEvent::Started);
        }
        self.at(SECOND, Event::Happens);
        self.at(self.busy, Event::Quiet);
        while let Some(((time, _), event)) = self.queue.pop_first() {
            if time > self.busy + QUIET {
                break;
            }
            self.now = time;
            self.handle(event);
        }
        self.now = self.busy + QUIET;
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Deliver(at, session, event) => {
                if self.instances[at].session == session {
                    self.step(at, event);
                }
            }
            Event::Wake(at, time) => {
                if self.instances[at].wake == Some(time) {
                    self.instances[at].wake = None;
                    self.step(at, MachineEvent::Woken);
                }
            }
            Event::Reachable(at) => self.instances[at].unreachable = false,
            Event::List(at, session) => self.serve_list(at, session),
            Event::Watch(at, session, from) => self.serve_watch(at, session, from),
            Event::Flush(at, session) => self.flush(at, session),
            Event::Expire(key, version) => {
                let known = self.state.get(&key).map(|(_, known)| *known);
                // Nothing changes while it is quiet.
                if known == Some(version) && self.now < self.busy {
                    self.commit(vec![(key, None)]);
                }
            }
            Event::Happens => {
                if self.now < self.busy {
                    self.happens();
                    let next = self.now + Duration::from_millis(1 + self.below(40_000));
                    self.at(next, Event::Happens);
                }
            }
            Event::Quiet => {
                for instance in &mut self.instances {
                    instance.unreachable = false;
                }
            }
        }
    }

    fn serve_list(&mut self, at: usize, session: u64) {
        let time = self.soon(500);
        let is_denied = self.now < self.busy && self.chance(2);
        let event = match self.instances[at].unreachable {
            true => MachineEvent::Failed(StoreErrorKind::Unreachable),
            false if is_denied => MachineEvent::Failed(StoreErrorKind::Denied),
            false => {
                self.instances[at].listed = (self.restored, self.cluster);
                let state = self.state.iter();
                let entries =
                    state.map(|(key, (value, version))| Raw::new(key, value.clone(), *version));
                MachineEvent::Listed {
                    cluster: self.cluster,
                    position: self.position,
                    entries: entries.collect(),
                }
            }
        };
        self.at(time, Event::Deliver(at, session, event));
    }

    fn serve_watch(&mut self, at: usize, session: u64, from: u64) {
        let time = self.soon(300);
        let (restored, cluster) = self.instances[at].listed;
        // Another history that is as long shows by the end of the connection alone.
        let is_hidden = cluster == self.cluster && from <= self.position + 1;
        let is_ended = restored != self.restored && (is_hidden || self.chance(50));
        if self.instances[at].unreachable || is_ended {
            let failed = MachineEvent::Failed(StoreErrorKind::Unreachable);
            return self.at(time, Event::Deliver(at, session, failed));
        }
        if self.instances[at].session != session {
            return;
        }
        let lag = match self.now < self.busy && self.chance(5) {
            true => self.below(5).min(self.position),
            false => 0,
        };
        let created = MachineEvent::Created {
            cluster: self.cluster,
            position: self.position - lag,
        };
        self.at(time, Event::Deliver(at, session, created));
        if from <= self.compacted {
            let event = Event::Deliver(at, session, MachineEvent::Compacted);
            return self.at(time, event);
        }
        self.instances[at].watch = Some((session, from, time));
        self.instances[at].pending.clear();
        let missed = self.history.range(from..);
        let missed: Vec<_> = missed.map(|(_, (changes, _))| changes.clone()).collect();
        for changes in missed {
            self.send(at, changes);
        }
    }

    /// Gives the changes of a revision to a watch, which sends them now or with later ones.
    fn send(&mut self, at: usize, changes: Vec<MachineChange>) {
        let Some((session, ..)) = self.instances[at].watch else {
            return;
        };
        self.instances[at].pending.extend(changes);
        let time = match self.chance(60) {
            true => self.now,
            // A member that lags.
            false => self.soon(15_000),
        };
        self.at(time, Event::Flush(at, session));
    }

    fn flush(&mut self, at: usize, session: u64) {
        let arrives = self.soon(1_000);
        let instance = &mut self.instances[at];
        let Some((known, _, last)) = &mut instance.watch else {
            return;
        };
        if *known != session || instance.pending.is_empty() {
            return;
        }
        let time = arrives.max(*last);
        *last = time;
        let changes = std::mem::take(&mut instance.pending);
        // The order of those at one time is that in which they are sent.
        let event = MachineEvent::Changed(changes);
        self.at(time, Event::Deliver(at, session, event.clone()));
        if self.chance(10) {
            self.at(time, Event::Deliver(at, session, event));
        }
    }

    fn commit(&mut self, edits: Vec<(String, Option<Vec<u8>>)>) {
        self.position += 1;
        let position = self.position;
        let mut changes = Vec::new();
        for (key, value) in edits {
            match &value {
                Some(value) => drop(self.state.insert(key.clone(), (value.clone(), position))),
                None => drop(self.state.remove(&key)),
            }
            changes.push(MachineChange::new(key, position, value));
        }
        self.committed.insert(self.state.clone());
        let state = self.state.clone();
        self.history.insert(position, (changes.clone(), state));
        for at in 0..self.instances.len() {
            self.send(at, changes.clone());
        }
    }

    /// Ends the watch of an instance, which notices it later.
    fn lose(&mut self, at: usize) {
        self.instances[at].watch = None;
        let session = self.instances[at].session;
        let event = MachineEvent::Failed(StoreErrorKind::Unreachable);
        let time = self.soon(15_000);
        self.at(time, Event::Deliver(at, session, event));
    }

    fn step(&mut self, at: usize, event: MachineEvent) {
        let actions = self.instances[at].machine.step(event, self.now);
        for action in actions {
            match action {
                MachineAction::List => {
                    self.instances[at].session += 1;
                    self.instances[at].watch = None;
                    let (session, time) = (self.instances[at].session, self.soon(500));
                    self.at(time, Event::List(at, session));
                }
                MachineAction::Watch { from } => {
                    self.instances[at].session += 1;
                    let (session, time) = (self.instances[at].session, self.soon(500));
                    self.at(time, Event::Watch(at, session, from));
                }
                MachineAction::Disconnect => {
                    self.instances[at].session += 1;
                    self.instances[at].watch = None;
                }
                MachineAction::Wake(time) => {
                    self.instances[at].wake = Some(time);
                    self.at(time, Event::Wake(at, time));
                }
                MachineAction::Health(condition) => self.instances[at].condition = condition,
                MachineAction::Pass {
                    cluster,
                    position,
                    entries,
                } => {
                    if self.now < self.busy && self.chance(1) {
                        return self.step(at, MachineEvent::NotTaken);
                    }
                    self.pass(at, cluster, position, entries);
                }
            }
        }
        self.check_ends(at);
    }

    fn pass(&mut self, at: usize, cluster: u64, position: u64, entries: Vec<Raw>) {
        self.passes += 1;
        let mut snapshot = match self.read.get(&entries) {
            Some(known) => known.clone(),
            None => {
                let state = entries.iter();
                let state: State = state
                    .map(|raw| (raw.key.clone(), (raw.value.clone(), raw.version)))
                    .collect();
                assert!(
                    self.committed.contains(&state),
                    "instance {at}: {state:?} never was"
                );
                let snapshot = Snapshot::read(0, 0, entries.clone());
                self.read.entry(entries).or_insert(snapshot).clone()
            }
        };
        (snapshot.cluster, snapshot.position) = (cluster, position);
        let wall = self.wall(at);
        let (now, base) = (self.now, self.base);
        let instance = &mut self.instances[at];
        instance
            .placement
            .take(snapshot, Found::InStore, base + now, wall);
        let levels = instance.placement.at(base + now).levels.into_iter();
        // What one change sets without an end and for a while are two.
        for (target, level) in levels.filter(|(_, level)| level.until.is_some()) {
            let seen = instance.seen.entry((target, level.revision));
            seen.or_insert(now);
        }
    }

    fn wall(&self, at: usize) -> Timestamp {
        let seconds = 1_700_000_000 + self.instances[at].clock;
        Timestamp::from_nanos(seconds * 1_000_000_000) + self.now
    }

    /// No level for a while lives longer than its time and 5 s from when it was seen.
    fn check_ends(&mut self, at: usize) {
        let instance = &self.instances[at];
        for (target, level) in &instance.placement.at(self.base + self.now).levels {
            if level.until.is_none() {
                continue;
            }
            let time = SECOND * u32::try_from(self.times[&level.revision] + 5).unwrap();
            let seen = instance.seen.get(&(target.clone(), level.revision));
            let seen = seen.copied().unwrap_or(self.now);
            assert!(
                self.now <= seen + time,
                "instance {at}: {target} lives too long"
            );
        }
    }

    /// All have the newest state.
    fn check_end(&mut self, seed: u64) {
        let state = self.state.iter();
        let raw = state.map(|(key, (value, version))| Raw::new(key, value.clone(), *version));
        let newest = Snapshot::read(self.cluster, self.position, raw);
        for at in 0..self.instances.len() {
            self.check_ends(at);
            let instance = &self.instances[at];
            let (found, condition) = (instance.placement.snapshot(), instance.condition);
            let is_newest = found.entries == newest.entries && found.head == newest.head;
            assert!(
                is_newest,
                "seed {seed}, instance {at}: {found:?}, not {newest:?}"
            );
            assert_eq!(
                condition,
                Condition::Following,
                "seed {seed}, instance {at}"
            );
        }
    }
}

#[test]
fn whatever_the_store_does_all_instances_have_the_newest_state_in_the_end() {
    let given = std::env::var("LOGTREE_FLEET_MODEL").unwrap_or_else(|_| "8x8".to_owned());
    let mut numbers = given
        .split('x')
        .map(|number| number.parse::<u32>().unwrap());
    let (instances, seeds) = (numbers.next().unwrap(), numbers.next().unwrap());
    let busy = 60 * SECOND * numbers.next().unwrap_or(180);
    let first = u64::from(numbers.next().unwrap_or(0));
    let mut passes = 0;
    for seed in first..first + u64::from(seeds) {
        let mut world = World::new(seed, instances as usize, busy);
        world.run();
        world.check_end(seed);
        passes += world.passes;
        println!("seed {seed}: {passes} states were passed so far");
    }
    let least = instances as usize * seeds as usize;
    assert!(passes > least, "{passes} states were passed");
}

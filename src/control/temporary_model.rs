//! Temporary levels against a plain model: set, replaced, ended early, cleared, undone, and over in
//! time, by a clock that the test advances.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::control::change::Change;
use crate::control::clock::ADVANCED;
use crate::control::control::Control;
use crate::control::page::Page;
use crate::control::target::LevelTarget;
use crate::level::Level;
use crate::registry::Registry;
use crate::sys::timer::Timed;

/// The levels of a target: the permanent one, and the temporary ones with their ends and numbers
/// that tell them apart, the newest last.
#[derive(Clone, Debug, Default, PartialEq)]
struct Levels {
    base: Option<Level>,
    timed: Vec<(u32, usize, Level)>,
}

impl Levels {
    fn at(&self, hour: u32) -> Self {
        let mut left = self.clone();
        left.timed.retain(|(end, ..)| *end > hour);
        left
    }

    fn level(&self) -> Option<Level> {
        self.timed.last().map(|(.., level)| *level).or(self.base)
    }
}

/// What a revision has replaced, and by what.
type Past = BTreeMap<usize, (Levels, Levels)>;

#[derive(Default)]
struct Model {
    hour: u32,
    targets: BTreeMap<usize, Levels>,
    pasts: BTreeMap<u64, Past>,
    made: usize,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    SetFor(usize, Level, u32),
    Set(usize, Level),
    Clear(usize),
    End(usize),
    ClearAll,
    /// The change that many revisions ago.
    Undo(u64),
    /// Hours that pass.
    Wait(u32),
}

fn targets() -> [LevelTarget; 4] {
    [
        LevelTarget::logger("a"),
        LevelTarget::logger("a.b"),
        LevelTarget::client_id("c"),
        LevelTarget::event_type("e"),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let level = || prop::sample::select(&[Level::DEBUG, Level::INFO, Level::ERROR, Level::OFF][..]);
    prop_oneof![
        8 => (0..4_usize, level(), 1..40_u32).prop_map(|(at, level, time)| Step::SetFor(at, level, time)),
        1 => (0..4_usize, level()).prop_map(|(at, level)| Step::Set(at, level)),
        1 => (0..4_usize).prop_map(Step::Clear),
        2 => (0..4_usize).prop_map(Step::End),
        1 => Just(Step::ClearAll),
        3 => (0..6_u64).prop_map(Step::Undo),
        4 => (1..12_u32).prop_map(Step::Wait),
    ]
}

impl Model {
    fn levels(&self, target: usize) -> Levels {
        self.targets.get(&target).cloned().unwrap_or_default()
    }

    /// Returns what a step replaces, and by what; `None` if it is refused.
    fn past(&mut self, step: Step, revision: u64) -> Option<Past> {
        let mut past = Past::new();
        let mut put = |target: usize, before: Levels, after: Levels| {
            if before != after {
                past.insert(target, (before, after));
            }
        };
        match step {
            Step::SetFor(target, level, time) => {
                let (before, end) = (self.levels(target), self.hour + time);
                let mut after = before.clone();
                after.timed.retain(|(other, ..)| *other > end);
                self.made += 1;
                after.timed.push((end, self.made, level));
                put(target, before, after);
            }
            Step::Set(target, level) => {
                let after = Levels {
                    base: Some(level),
                    timed: Vec::new(),
                };
                put(target, self.levels(target), after);
            }
            Step::Clear(target) => put(target, self.levels(target), Levels::default()),
            Step::End(target) => {
                let before = self.levels(target);
                let mut after = before.clone();
                after.timed.pop();
                if before.level().is_some() {
                    put(target, before, after);
                }
            }
            Step::ClearAll => {
                for (target, levels) in &self.targets {
                    if levels.level().is_some() {
                        put(*target, levels.clone(), Levels::default());
                    }
                }
            }
            Step::Undo(back) => {
                let undone = self.pasts.get(&revision.checked_sub(back)?)?.clone();
                for (target, (before, after)) in undone {
                    let now = self.levels(target);
                    if now != after.at(self.hour) {
                        return None;
                    }
                    put(target, now, before.at(self.hour));
                }
            }
            Step::Wait(_) => {}
        }
        Some(past)
    }
}

fn change(step: Step, revision: u64) -> Change {
    let target = |at: usize| targets()[at].clone();
    match step {
        Step::SetFor(at, level, hours) => {
            let time = Duration::from_secs(3_600 * u64::from(hours));
            Change::LevelFor(target(at), level, time)
        }
        Step::Set(at, level) => Change::Level(target(at), level),
        Step::Clear(at) => Change::Clear(target(at)),
        Step::End(at) => Change::EndTemporary(target(at)),
        Step::ClearAll | Step::Wait(_) => Change::ClearAll(None),
        Step::Undo(back) => Change::Undo(revision.saturating_sub(back)),
    }
}

/// Makes a step in both. The test takes less than an hour, so that what was set first ends first of
/// what ends in the same hour.
fn make(control: &Control, model: &mut Model, step: Step) {
    let revision = control.revision();
    if let Step::Wait(hours) = step {
        model.hour += hours;
        ADVANCED.set(Duration::from_secs(3_600 * u64::from(model.hour)));
        control.core.on_time();
        let hour = model.hour;
        for levels in model.targets.values_mut() {
            *levels = levels.at(hour);
        }
        return;
    }
    let expected = model.past(step, revision);
    let made = control.apply([change(step, revision)]);
    assert_eq!(made.is_ok(), expected.is_some(), "{step:?}: {made:?}");
    if let (Some(past), Ok(revision)) = (expected, made) {
        for (target, (_, after)) in &past {
            model.targets.insert(*target, after.clone());
        }
        model.pasts.insert(revision, past);
    }
}

/// In all more than 1,000 temporary levels.
#[test]
fn temporary_levels_do_as_a_plain_model_of_them_does() {
    const RUNS: usize = 8;
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut made = 0;
    for _ in 0..RUNS {
        let control = Control::new(&Registry::new());
        let mut model = Model::default();
        ADVANCED.set(Duration::ZERO);
        for _ in 0..400 {
            let step = step().new_tree(&mut runner).unwrap().current();
            make(&control, &mut model, step);
            for (at, target) in targets().iter().enumerate() {
                let levels = model.levels(at);
                assert_eq!(control.level(target), levels.level(), "{target} {step:?}");
                let all = control.list(None, Page::new(Page::MAX)).unwrap();
                let mut found = all.overrides.iter();
                let found = found.find(|one| one.target == *target);
                let has_end = found.is_some_and(|one| one.until.is_some());
                assert_eq!(has_end, !levels.timed.is_empty(), "{target} {step:?}");
            }
        }
        made += model.made;
    }
    ADVANCED.set(Duration::ZERO);
    assert!(made > 1_000, "{made}");
}

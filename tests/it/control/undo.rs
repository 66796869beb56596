//! Undoing changes of a control.

use std::time::Duration;

use logtree::control::{Change, Control, Group, LevelTarget, LoggingOptions, Override, Page};
use logtree::error::ErrorKind;
use logtree::{Level, Registry};
use proptest::prelude::*;

/// Everything that listings show of a control's state, including levels that were set without a
/// control.
#[derive(Debug, PartialEq)]
struct Dump {
    overrides: Vec<Override>,
    loggers: Vec<logtree::control::LoggerState>,
    groups: Vec<Group>,
    options: Option<LoggingOptions>,
}

fn dump(control: &Control) -> Dump {
    Dump {
        overrides: control.list(None, Page::new(250)).unwrap().overrides,
        loggers: control.loggers(),
        groups: control.groups(),
        options: control.options().ok(),
    }
}

const NAMES: [&str; 5] = ["a", "a.b", "a.b.c", "d", "d.e"];

fn control() -> (Registry, Control) {
    let registry = Registry::new();
    for name in NAMES.into_iter().chain(["logging.control"]) {
        registry.get_logger(name);
    }
    let control = Control::new(&registry);
    (registry, control)
}

/// What happens to a state.
#[derive(Clone, Debug)]
enum Step {
    /// By a control with this number as its origin.
    Changes(u8, Vec<Change>),
    /// Without a control.
    Level(&'static str, Level),
}

fn level() -> impl Strategy<Value = Level> {
    const LEVELS: [Level; 4] = [Level::DEBUG, Level::INFO, Level::ERROR, Level::OFF];
    prop::sample::select(&LEVELS[..])
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&NAMES[..])
}

fn target() -> impl Strategy<Value = LevelTarget> {
    prop_oneof![
        4 => name().prop_map(LevelTarget::logger),
        1 => Just(LevelTarget::default_level()),
        1 => Just(LevelTarget::client_id("c")),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let group = || prop::sample::select(&["g", "h"][..]).prop_map(str::to_owned);
    let members = prop::collection::vec(name().prop_map(str::to_owned), 0..4);
    let options = (
        prop::option::of(level()),
        prop::option::of(any::<bool>()),
        prop::option::of(prop::sample::select(&["one", "two"][..])),
    );
    let options = options.prop_map(|(level, disable, role)| {
        let mut options = LoggingOptions::default();
        options.default_level = level;
        options.disable_all = disable;
        options.role = role.map(str::to_owned);
        Change::Options(options)
    });
    // None of these ends while the test runs.
    let time = (1..50_u64).prop_map(|hours| Duration::from_secs(3600 * hours));
    prop_oneof![
        3 => (target(), level()).prop_map(|(target, level)| Change::Level(target, level)),
        3 => (target(), level(), time)
            .prop_map(|(target, level, time)| Change::LevelFor(target, level, time)),
        2 => target().prop_map(Change::EndTemporary),
        2 => target().prop_map(Change::Clear),
        2 => (group(), members).prop_map(|(name, members)| Change::Group(name, members)),
        2 => (group(), prop::option::of(level()))
            .prop_map(|(name, level)| Change::GroupLevel(name, level)),
        1 => options,
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..2_u8, prop::collection::vec(change(), 1..5))
            .prop_map(|(origin, changes)| Step::Changes(origin, changes)),
        1 => (name(), prop_oneof![level(), Just(Level::NOTSET)])
            .prop_map(|(name, level)| Step::Level(name, level)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Each change is undone and redone at once; at the end all are undone, the newest first.
    #[test]
    fn a_change_and_its_undoing_leave_everything_as_it_was(
        steps in prop::collection::vec(step(), 1..12),
    ) {
        let (registry, control) = control();
        let mut made = Vec::new();
        for step in steps {
            match step {
                Step::Level(name, level) => {
                    registry.get_logger(name).set_level(level);
                    // Earlier changes of this logger are not to be undone.
                    made.clear();
                }
                Step::Changes(origin, changes) => {
                    let before = dump(&control);
                    let by = control.clone().with_origin(&origin.to_string());
                    let Ok(revision) = by.apply(changes) else {
                        prop_assert_eq!(dump(&control), before);
                        continue;
                    };
                    let after = dump(&control);
                    let undone = control.undo(revision).unwrap();
                    prop_assert_eq!(&dump(&control), &before);
                    let redone = control.undo(undone).unwrap();
                    prop_assert_eq!(dump(&control), after);
                    made.push((redone, before));
                }
            }
        }
        for (revision, before) in made.into_iter().rev() {
            control.undo(revision).unwrap();
            prop_assert_eq!(dump(&control), before);
        }
    }
}

#[test]
fn a_temporary_level_that_a_group_has_replaced_stays_temporary() {
    let (registry, control) = control();
    let target = LevelTarget::logger("a.b");
    let hour = Duration::from_secs(3600);
    control.set_level(target.clone(), Level::INFO).unwrap();
    control
        .clone()
        .with_origin("night shift")
        .set_level_for(target.clone(), Level::DEBUG, hour)
        .unwrap();
    control.set_group("g", ["a.b", "d"]).unwrap();
    let before = dump(&control);
    let revision = control.set_group_level("g", Level::ERROR).unwrap();
    assert_eq!(registry.get_logger("a.b").level(), Level::ERROR);
    control.undo(revision).unwrap();
    assert_eq!(dump(&control), before);
    control.end_temporary(&target).unwrap();
    assert_eq!(control.level(&target), Some(Level::INFO));
}

#[test]
fn a_temporary_level_that_has_ended_does_not_come_back() {
    let (registry, control) = control();
    let (target, end) = (LevelTarget::logger("a"), Duration::from_millis(1));
    registry.get_logger("a").set_level(Level::WARNING);
    let for_a_while = Change::LevelFor(target.clone(), Level::DEBUG, end);
    let set = control.apply([for_a_while]).unwrap();
    let replaced = control.apply([Change::Level(LevelTarget::logger("d"), Level::INFO)]);
    let replaced = replaced.unwrap();
    while control.level(&target) != Some(Level::WARNING) {
        std::thread::yield_now();
    }
    // Both, in either order: nothing is left.
    control.undo(set).unwrap();
    assert_eq!(control.level(&target), Some(Level::WARNING));
    control.undo(replaced).unwrap();
    assert_eq!(control.level(&LevelTarget::logger("d")), None);
}

#[test]
fn what_was_changed_again_is_not_undone() {
    let (registry, control) = control();
    let (a, d) = (LevelTarget::logger("a"), LevelTarget::logger("d"));
    let kind = |revision| control.undo(revision).unwrap_err().kind();
    let both = [
        Change::Level(a.clone(), Level::DEBUG),
        Change::Level(d.clone(), Level::DEBUG),
    ];
    let first = control.apply(both).unwrap();
    control.set_level(d.clone(), Level::INFO).unwrap();
    let before = dump(&control);
    assert_eq!(kind(first), ErrorKind::Conflict);
    assert_eq!(dump(&control), before, "nothing of it is undone");
    control.undo(control.revision()).unwrap();
    // Without a control.
    registry.get_logger("a").set_level(Level::ERROR);
    assert_eq!(kind(first), ErrorKind::Conflict);
    registry.get_logger("a").set_level(Level::DEBUG);
    control.undo(first).unwrap();
    assert_eq!((control.level(&a), control.level(&d)), (None, None));
    assert_eq!(kind(first), ErrorKind::Conflict);
    assert_eq!(kind(99), ErrorKind::InvalidRequest);
}

#[test]
fn a_level_that_is_set_already_can_be_undone() {
    let (_registry, control) = control();
    let set = |origin: &str| {
        let control = control.clone().with_origin(origin);
        let change = Change::Level(LevelTarget::logger("a"), Level::DEBUG);
        control.apply([change]).unwrap()
    };
    set("one");
    let before = dump(&control);
    let again = set("two");
    control.undo(again).unwrap();
    assert_eq!(dump(&control), before);
}

/// A file has what is restored.
#[test]
fn what_is_undone_is_written_to_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("levels");
    let open = || Control::builder(&Registry::new()).persist_to(&path).open();
    let control = open().unwrap();
    control
        .set_level(LevelTarget::logger("a"), Level::INFO)
        .unwrap();
    let before = std::fs::read_to_string(&path).unwrap();
    for change in [
        Change::Level(LevelTarget::logger("a"), Level::DEBUG),
        Change::Group("g".to_owned(), vec!["a".to_owned()]),
        Change::Options(LoggingOptions::default().with_role("role")),
    ] {
        let revision = control.apply([change]).unwrap();
        assert_ne!(std::fs::read_to_string(&path).unwrap(), before);
        control.undo(revision).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    }
    assert_eq!(
        open().unwrap().level(&LevelTarget::logger("a")),
        Some(Level::INFO)
    );
}

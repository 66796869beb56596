//! Clearing all levels that were set from outside.

use std::time::Duration;

use logtree::control::{Change, Control, LevelTarget};
use logtree::{Level, Registry};

use crate::http::serve;

/// What the program has set stays, by whatever dialect all others are cleared.
#[test]
fn the_levels_of_the_program_stay() {
    let hour = Duration::from_secs(3_600);
    for (method, path, clears_values) in [
        ("DELETE", "/v1/levels", true),
        ("DELETE", "/v1/levels?type=LOGGER", false),
        ("POST", "/logging?level=error", false),
    ] {
        let served = serve();
        let (registry, control) = (&served.registry, &served.control);
        for name in ["own", "own.hidden", "a\nb"] {
            registry.get_logger(name).set_level(Level::WARNING);
        }
        let target = |name: &str| LevelTarget::logger(name);
        let client = LevelTarget::client_id("c");
        control.set_level(target("set"), Level::DEBUG).unwrap();
        control.set_level(client.clone(), Level::DEBUG).unwrap();
        for name in ["timed", "own.hidden"] {
            control
                .set_level_for(target(name), Level::DEBUG, hour)
                .unwrap();
        }
        control.set_level(target("taken"), Level::DEBUG).unwrap();
        registry.get_logger("taken").set_level(Level::CRITICAL);
        control.set_group("group", ["member"]).unwrap();
        control.set_group_level("group", Level::DEBUG).unwrap();

        served.unix(method, path).send().expect(200);
        let own = |name: &str| control.level(&target(name));
        for name in ["own", "own.hidden", "a\nb"] {
            assert_eq!(own(name), Some(Level::WARNING), "{path} {name:?}");
        }
        // Set by a control, and then by the program.
        assert_eq!(own("taken"), Some(Level::CRITICAL), "{path}");
        for name in ["set", "timed", "member"] {
            assert_eq!(own(name), None, "{path} {name}");
        }
        assert_eq!(control.level(&client).is_none(), clears_values, "{path}");
        assert_eq!(control.group("group").unwrap().level, None, "{path}");
        // As one change, which is undone as one.
        control.undo(control.revision()).unwrap();
        assert_eq!(own("member"), Some(Level::DEBUG), "{path}");
        assert_eq!(own("own.hidden"), Some(Level::DEBUG), "{path}");
        assert_eq!(control.group("group").unwrap().level, Some(Level::DEBUG));
    }
}

#[test]
fn a_parameter_that_is_misspelt_clears_nothing() {
    let served = serve();
    let target = LevelTarget::logger("a");
    served
        .control
        .set_level(target.clone(), Level::DEBUG)
        .unwrap();
    for query in ["?types=LOGGER", "?type=LOGGERS", "?type=", "?dryRun=true"] {
        let path = format!("/v1/levels{query}");
        served.unix("DELETE", &path).send().expect(400);
    }
    let stale = served
        .unix("DELETE", "/v1/levels")
        .header("If-Match", "\"0\"");
    stale.send().expect(412);
    assert_eq!(served.control.level(&target), Some(Level::DEBUG));
}

/// A level that the program has set over that of a control stays; the latter is gone for good.
#[test]
fn nothing_is_left_of_levels_that_the_program_has_replaced() {
    let hour = Duration::from_secs(3_600);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("levels");
    let open = |registry: &Registry| Control::builder(registry).persist_to(&file).open();
    let registry = Registry::new();
    let control = open(&registry).unwrap();
    let target = |name: &str| LevelTarget::logger(name);
    let root = LevelTarget::default_level();
    control.set_level(target("a"), Level::DEBUG).unwrap();
    control.set_level(root.clone(), Level::WARNING).unwrap();
    for timed in [target("timed"), root.clone()] {
        control.set_level_for(timed, Level::DEBUG, hour).unwrap();
    }
    for name in ["a", "timed"] {
        registry.get_logger(name).set_level(Level::ERROR);
    }
    registry.root().set_level(Level::CRITICAL);

    control.clear_all(None).unwrap();
    let levels = || [&target("a"), &target("timed"), &root].map(|one| control.level(one).unwrap());
    assert_eq!(levels(), [Level::ERROR, Level::ERROR, Level::CRITICAL]);
    // The next start.
    let next = Registry::new();
    let restored = open(&next).unwrap();
    assert_eq!(restored.level(&target("a")), None);
    assert_eq!(restored.level(&root), Some(Level::WARNING));
    // What the program sets is its own, also if it is what a control had set.
    for name in ["a", "timed"] {
        registry.get_logger(name).set_level(Level::DEBUG);
    }
    registry.root().set_level(Level::DEBUG);
    control.clear_all(None).unwrap();
    assert_eq!(levels(), [Level::DEBUG; 3]);
}

/// Only what it has changed must still be so.
#[test]
fn undoing_a_clearing_leaves_alone_what_it_has_not_changed() {
    let control = Control::new(&Registry::new());
    let (root, a) = (LevelTarget::default_level(), LevelTarget::logger("a"));
    control.set_level(root.clone(), Level::INFO).unwrap();
    control.set_level(a.clone(), Level::DEBUG).unwrap();
    let revision = control.clear_all(None).unwrap();
    control.set_level(root.clone(), Level::ERROR).unwrap();
    control.undo(revision).unwrap();
    assert_eq!(control.level(&a), Some(Level::DEBUG));
    assert_eq!(control.level(&root), Some(Level::ERROR));
}

/// However a temporary level above a level of the program ends.
#[test]
fn a_level_of_the_program_takes_no_place_from_others() {
    let hour = Duration::from_secs(3_600);
    let a = || LevelTarget::logger("a");
    for (time, end) in [
        (hour, Some(Change::ClearAll(None))),
        (hour, Some(Change::EndTemporary(a()))),
        (Duration::ZERO, None),
    ] {
        let registry = Registry::new();
        let control = Control::builder(&registry).max_targets(1).open().unwrap();
        registry.get_logger("a").set_level(Level::WARNING);
        control.set_level_for(a(), Level::DEBUG, time).unwrap();
        control.apply(end.clone()).unwrap();
        assert_eq!(control.level(&a()), Some(Level::WARNING), "{end:?}");
        let b = LevelTarget::logger("b");
        let set = control.set_level(b, Level::DEBUG);
        assert!(set.is_ok(), "{end:?}: {set:?}");
    }
}

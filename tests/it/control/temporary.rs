//! Levels that hold for a while.

use std::time::Duration;

use logtree::control::{Control, LevelTarget, Page};
use logtree::{ErrorKind, Level, Registry};

use crate::control::{control, until};

#[test]
fn k07_a_level_for_a_while_goes_back() {
    let (registry, control) = control();
    let level = |name: &str| registry.get_logger(name).level();
    let set_for = |target: LevelTarget, level: Level, time: Duration| {
        control.set_level_for(target, level, time).unwrap();
    };
    let (short, long) = (Duration::from_millis(20), Duration::from_secs(3600));
    registry.get_logger("a").set_level(Level::ERROR);
    set_for(LevelTarget::logger("a"), Level::DEBUG, long);
    assert_eq!(level("a"), Level::DEBUG);
    // One upon another: the newest decides, and then the one before it.
    set_for(LevelTarget::logger("a"), Level::INFO, short);
    until(|| level("a") == Level::DEBUG);
    // One without an end takes their place.
    control
        .set_level(LevelTarget::logger("a"), Level::CRITICAL)
        .unwrap();
    set_for(LevelTarget::logger("a"), Level::DEBUG, short);
    until(|| level("a") == Level::CRITICAL);
    // Back to the level set by other means, or to none.
    registry.get_logger("b").set_level(Level::ERROR);
    set_for(LevelTarget::logger("b"), Level::DEBUG, short);
    set_for(LevelTarget::logger("c"), Level::DEBUG, short);
    set_for(LevelTarget::client_id("c"), Level::DEBUG, short);
    until(|| {
        level("b") == Level::ERROR
            && level("c") == Level::NOTSET
            && control.level(&LevelTarget::client_id("c")).is_none()
    });
    assert!(!registry.root().is_enabled_for(Level::DEBUG));

    // Another change in between stays, whatever its origin, and is restored after the next one.
    set_for(LevelTarget::logger("d"), Level::DEBUG, short);
    registry.get_logger("d").set_level(Level::ERROR);
    set_for(LevelTarget::logger("e"), Level::DEBUG, short);
    until(|| level("e") == Level::NOTSET);
    assert_eq!(level("d"), Level::ERROR);
    set_for(LevelTarget::logger("d"), Level::DEBUG, long);
    registry.get_logger("d").set_level(Level::INFO);
    set_for(LevelTarget::logger("d"), Level::DEBUG, short);
    until(|| level("d") == Level::INFO);
    assert!(
        control
            .set_level_for(LevelTarget::logger("a"), Level::DEBUG, Duration::MAX)
            .is_err()
    );
}

#[test]
fn a_level_for_a_while_is_ended_before_its_time() {
    let (registry, control) = control();
    let target = LevelTarget::logger("a");
    let level = || registry.get_logger("a").level();
    let long = Duration::from_secs(3600);
    registry.get_logger("a").set_level(Level::ERROR);
    for (level, time) in [(Level::DEBUG, long), (Level::INFO, long / 2)] {
        control.set_level_for(target.clone(), level, time).unwrap();
    }
    // The one before it applies again until its own end, and then the one without an end.
    let end = || control.end_temporary(&target).unwrap();
    assert_eq!((end(), level()), (Some(Level::INFO), Level::DEBUG));
    let listed = control.list(None, Page::new(9)).unwrap().overrides;
    assert!(listed.iter().any(|one| one.until.is_some()));
    assert_eq!((end(), level()), (Some(Level::DEBUG), Level::ERROR));
    // Nothing is left to end, here and on targets that were never set.
    assert_eq!((end(), level()), (Some(Level::ERROR), Level::ERROR));
    let unknown = LevelTarget::client_id("c");
    assert_eq!(control.end_temporary(&unknown).unwrap(), None);
    control
        .set_level_for(unknown.clone(), Level::DEBUG, long)
        .unwrap();
    control.end_temporary(&unknown).unwrap();
    assert_eq!(control.level(&unknown), None);
    // A level that was set without a control meanwhile stays.
    control
        .set_level_for(target.clone(), Level::DEBUG, long)
        .unwrap();
    registry.get_logger("a").set_level(Level::WARNING);
    control.end_temporary(&target).unwrap();
    assert_eq!(level(), Level::WARNING);
}

/// Levels for a while belong to the registry: they end at their time, whichever controls are left.
#[test]
fn levels_for_a_while_end_without_a_control() {
    let registry = Registry::new();
    let logger = registry.get_logger("a");
    {
        let control = Control::new(&registry);
        let (one, two) = (LevelTarget::logger("a"), LevelTarget::client_id("c"));
        let short = Duration::from_millis(20);
        control.set_level_for(one, Level::DEBUG, short).unwrap();
        control.set_level_for(two, Level::DEBUG, short).unwrap();
    }
    until(|| logger.level() == Level::NOTSET && !logger.is_enabled_for(Level::DEBUG));
    // A later control sees what an earlier one set.
    let long = Duration::from_secs(3600);
    Control::new(&registry)
        .set_level_for(LevelTarget::logger("a"), Level::DEBUG, long)
        .unwrap();
    let control = Control::new(&registry);
    assert_eq!(
        control.clear_level(&LevelTarget::logger("a")).unwrap(),
        Some(Level::DEBUG)
    );
    assert_eq!(logger.level(), Level::NOTSET);
}

/// However many are set, one more costs the same, and there is a limit to those that wait below
/// others.
#[test]
fn levels_for_a_while_are_bounded() {
    let (registry, control) = control();
    let target = || LevelTarget::logger("a");
    let hours = |hours: u64| Duration::from_secs(3600 * hours);
    for _ in 0..60_000 {
        control
            .set_level_for(target(), Level::DEBUG, hours(1))
            .unwrap();
    }
    // Each ends before the one before it: all of them are to be seen again.
    for step in 1..64 {
        control
            .set_level_for(
                target(),
                Level::INFO,
                hours(1) - Duration::from_secs(step * 10),
            )
            .unwrap();
    }
    let before = (control.revision(), registry.dump().to_string());
    let error = control
        .set_level_for(target(), Level::TRACE, Duration::from_secs(1))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert!(error.to_string().contains("64 temporary levels"), "{error}");
    assert_eq!((control.revision(), registry.dump().to_string()), before);
    // One that outlives them all takes their place.
    control
        .set_level_for(target(), Level::TRACE, hours(2))
        .unwrap();
    control
        .set_level_for(target(), Level::INFO, Duration::from_secs(60))
        .unwrap();
    // They count as targets.
    let small = Control::builder(&Registry::new())
        .max_targets(1)
        .open()
        .unwrap();
    small
        .set_level_for(target(), Level::DEBUG, hours(1))
        .unwrap();
    let error = small
        .set_level_for(LevelTarget::client_id("c"), Level::DEBUG, hours(1))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
}

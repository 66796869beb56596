//! Levels changed while the program runs, row by row of the table of AWS IoT (`i…`) and of what it
//! lacks (`k…`).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{fs, thread};

use logtree::control::{
    Change, Changed, Control, LevelTarget, Listing, LoggingOptions, Page, TargetType, Token,
    aws_error_name, http_status,
};
use logtree::handler::StreamHandler;
use logtree::test::Capture;
use logtree::time::{Clock, SystemClock};
use logtree::{ErrorKind, Handler, Level, LevelSpec, Registry};

use crate::support::{Random, Text};

fn control() -> (Registry, Control) {
    let registry = Registry::new();
    let control = Control::new(&registry);
    (registry, control)
}

/// A registry that writes `name:message`, and what was written.
fn written(registry: &Registry) -> Text {
    let (handler, text) = crate::support::to_text("%(name)s:%(message)s");
    registry.root().add_handler(handler);
    text
}

fn pairs(listing: &Listing) -> Vec<(LevelTarget, Level)> {
    let overrides = listing.overrides.iter();
    overrides
        .map(|one| (one.target.clone(), one.level))
        .collect()
}

fn names_of(control: &Control) -> Vec<String> {
    control
        .groups()
        .into_iter()
        .map(|group| group.name)
        .collect()
}

fn effective(registry: &Registry, name: &str) -> Level {
    registry.get_logger(name).effective_level()
}

#[test]
fn i01_the_default_level_decides_where_nothing_else_does() {
    let (registry, control) = control();
    control
        .set_options(LoggingOptions::default().with_default_level(Level::DEBUG))
        .unwrap();
    assert_eq!(effective(&registry, "any.name"), Level::DEBUG);
    assert_eq!(control.options().unwrap().default_level, Some(Level::DEBUG));
    control
        .set_level(LevelTarget::default_level(), Level::ERROR)
        .unwrap();
    assert_eq!(registry.root().level(), Level::ERROR);
}

#[test]
fn i02_i03_the_nearest_group_above_decides() {
    let (registry, control) = control();
    control
        .set_level(LevelTarget::logger("fleet"), Level::INFO)
        .unwrap();
    control
        .set_level(LevelTarget::logger("fleet.eu"), Level::DEBUG)
        .unwrap();
    assert_eq!(effective(&registry, "fleet.us.a"), Level::INFO);
    assert_eq!(effective(&registry, "fleet.eu.a"), Level::DEBUG);
    assert_eq!(effective(&registry, "fleetx"), Level::WARNING);
}

/// The documented order of what decides, as a table: which of the levels there are, and what
/// passes.
#[test]
fn i04_i05_what_decides_is_documented_and_holds() {
    type Case<'c> = (&'c [(LevelTarget, Level)], &'c [(&'c str, &'c str)], Level);
    let logger = LevelTarget::logger("app");
    let (client, principal) = (LevelTarget::client_id("c"), LevelTarget::principal_id("p"));
    let (address, event) = (
        LevelTarget::source_ip("10.0.0.1"),
        LevelTarget::event_type("Connect"),
    );
    let cases: &[Case<'_>] = &[
        (&[], &[], Level::WARNING),
        (
            &[(event.clone(), Level::DEBUG)],
            &[("eventType", "Connect")],
            Level::DEBUG,
        ),
        (
            &[(event.clone(), Level::OFF)],
            &[("event_type", "Connect")],
            Level::OFF,
        ),
        (
            &[(event.clone(), Level::DEBUG)],
            &[("eventType", "Publish")],
            Level::WARNING,
        ),
        (
            &[
                (logger.clone(), Level::ERROR),
                (event.clone(), Level::DEBUG),
            ],
            &[("eventType", "Connect")],
            Level::ERROR,
        ),
        (
            &[
                (logger.clone(), Level::ERROR),
                (address.clone(), Level::DEBUG),
            ],
            &[("sourceIp", "10.0.0.1")],
            Level::DEBUG,
        ),
        (
            &[
                (logger.clone(), Level::DEBUG),
                (address.clone(), Level::ERROR),
            ],
            &[("source_ip", "10.0.0.1")],
            Level::ERROR,
        ),
        (
            &[
                (address.clone(), Level::DEBUG),
                (principal.clone(), Level::ERROR),
            ],
            &[("sourceIp", "10.0.0.1"), ("principalId", "p")],
            Level::ERROR,
        ),
        (
            &[
                (principal.clone(), Level::ERROR),
                (client.clone(), Level::INFO),
            ],
            &[("principal_id", "p"), ("client_id", "c")],
            Level::INFO,
        ),
        (
            &[(client.clone(), Level::OFF), (logger.clone(), Level::DEBUG)],
            &[("clientId", "c")],
            Level::OFF,
        ),
        (
            &[(client.clone(), Level::DEBUG)],
            &[("clientId", "other")],
            Level::WARNING,
        ),
        (&[(client.clone(), Level::DEBUG)], &[], Level::WARNING),
        // Of the same rank: the more verbose one.
        (
            &[
                (client.clone(), Level::OFF),
                (LevelTarget::client_id("d"), Level::DEBUG),
            ],
            &[("clientId", "c"), ("client_id", "d")],
            Level::DEBUG,
        ),
    ];
    for (levels, fields, expected) in cases {
        let (registry, control) = control();
        for (target, level) in *levels {
            control.set_level(target.clone(), *level).unwrap();
        }
        let logger = registry.get_logger("app.part");
        let (handler, text) = crate::support::to_text("%(levelno)d");
        registry.root().add_handler(handler);
        let adapter = fields
            .iter()
            .fold(logger.with("n", 1), |adapter, (key, value)| {
                adapter.with(*key, *value)
            });
        for level in [10, 20, 30, 40, 50] {
            logtree::log!(adapter, Level::new(level), "x");
        }
        let passed: Vec<u16> = text
            .lines()
            .iter()
            .map(|line| line.split(' ').next().unwrap().parse().unwrap())
            .collect();
        let should: Vec<u16> = [10, 20, 30, 40, 50]
            .into_iter()
            .filter(|level| *level >= expected.number())
            .collect();
        assert_eq!(passed, should, "{levels:?} {fields:?}");
    }
}

#[test]
fn i06_levels_are_cumulative_and_disabled_is_none() {
    let (registry, control) = control();
    for (level, passing) in [
        (Level::DEBUG, 5),
        (Level::INFO, 4),
        (Level::WARNING, 3),
        (Level::ERROR, 2),
        (Level::OFF, 0),
    ] {
        control.set_level(LevelTarget::logger("a"), level).unwrap();
        let logger = registry.get_logger("a");
        let count = [10, 20, 30, 40, 50]
            .into_iter()
            .filter(|level| logger.is_enabled_for(Level::new(*level)))
            .count();
        assert_eq!(count, passing, "{level}");
    }
    assert_eq!("DISABLED".parse::<Level>().unwrap(), Level::OFF);
}

#[test]
fn i07_disabled_silences_a_subtree_but_not_what_has_its_own() {
    let (registry, control) = control();
    for (name, level) in [
        ("p", Level::DEBUG),
        ("p.c", Level::OFF),
        ("p.c.g", Level::INFO),
    ] {
        control.set_level(LevelTarget::logger(name), level).unwrap();
    }
    let text = written(&registry);
    for name in ["p", "p.c", "p.c.x", "p.c.g", "p.c.g.x"] {
        logtree::info!(registry.get_logger(name), "i");
    }
    assert_eq!(text.get(), "p:i\np.c.g:i\np.c.g.x:i\n");
}

#[test]
fn i08_disable_all_keeps_levels() {
    let (registry, control) = control();
    control
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    control
        .set_level(LevelTarget::client_id("c"), Level::DEBUG)
        .unwrap();
    let text = written(&registry);
    let log = || {
        logtree::debug!(registry.get_logger("a"), "1");
        logtree::debug!(registry.get_logger("b"), clientId = "c"; "2");
        logtree::critical!(registry.get_logger("b"), "3");
    };
    log();
    let before = (text.take(), control.loggers());
    control.disable_all(true).unwrap();
    log();
    assert_eq!(text.get(), "");
    for (now, before) in control.loggers().iter().zip(&before.1) {
        assert_eq!(
            (now.configured, now.effective),
            (before.configured, before.effective)
        );
        assert_eq!(
            (now.enabled_from, before.enabled_from),
            (Level::OFF, before.effective)
        );
    }
    assert_eq!(control.options().unwrap().disable_all, Some(true));
    // What is absent stays.
    control
        .set_options(LoggingOptions::default().with_default_level(Level::WARNING))
        .unwrap();
    log();
    assert_eq!(text.get(), "");
    control.disable_all(false).unwrap();
    log();
    assert_eq!((text.get(), control.loggers()), before);
}

/// After a call returned, no thread decides by the old level.
#[test]
fn i09_a_change_holds_on_all_threads_when_it_returns() {
    let (registry, control) = control();
    let target = LevelTarget::logger("busy");
    let (round, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let stale = AtomicU64::new(0);
    control.set_level(target.clone(), Level::DEBUG).unwrap();
    // Even rounds are on, odd ones off; a thread that has seen the round must see its level.
    thread::scope(|scope| {
        for number in 0..8 {
            let (registry, round, stop, stale) = (&registry, &round, &stop, &stale);
            scope.spawn(move || {
                let logger = registry.get_logger(format!("busy.t{number}"));
                while !stop.load(Ordering::Relaxed) {
                    let before = round.load(Ordering::Acquire);
                    let enabled = logger.is_enabled_for(Level::DEBUG);
                    let after = round.load(Ordering::Acquire);
                    // Only what was decided between two changes says anything: a change is
                    // announced after it returned.
                    if before == after && before % 2 == 0 && enabled != (before % 4 == 0) {
                        stale.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        for change in 0..2_000_u64 {
            round.store(change * 2 + 1, Ordering::Release);
            let level = if change % 2 == 0 {
                Level::ERROR
            } else {
                Level::DEBUG
            };
            control.set_level(target.clone(), level).unwrap();
            round.store(change * 2 + 2, Ordering::Release);
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(stale.load(Ordering::Relaxed), 0);
}

#[test]
fn i10_before_options_are_set_there_is_nothing() {
    let registry = Registry::new();
    let control = Control::builder(&registry).strict_aws(true).open().unwrap();
    let kinds = [
        control.options().unwrap_err().kind(),
        control
            .set_level(LevelTarget::logger("a"), Level::DEBUG)
            .unwrap_err()
            .kind(),
        control.list(None, Page::new(10)).unwrap_err().kind(),
    ];
    assert_eq!(kinds, [ErrorKind::NotConfigured; 3]);
    assert_eq!(
        (http_status(kinds[0]), aws_error_name(kinds[0])),
        (404, "NotConfiguredException")
    );
    // Clearing has no requirements.
    assert_eq!(
        control.clear_level(&LevelTarget::logger("a")).unwrap(),
        None
    );
    control.set_options(LoggingOptions::default()).unwrap();
    control
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    assert_eq!(
        control.list(None, Page::new(10)).unwrap().overrides.len(),
        2
    );
    // Ours is configured from the start.
    assert!(Control::new(&registry).options().is_ok());
}

#[test]
fn i11_i12_k02_setting_replaces_and_deleting_inherits() {
    let (registry, control) = control();
    let target = LevelTarget::logger("a::b");
    assert_eq!(
        control.set_level(target.clone(), Level::DEBUG).unwrap(),
        None
    );
    assert_eq!(
        control.set_level(target.clone(), Level::INFO).unwrap(),
        Some(Level::DEBUG)
    );
    assert_eq!(
        control.set_level(target.clone(), Level::INFO).unwrap(),
        Some(Level::INFO)
    );
    let listed = control
        .list(Some(TargetType::Logger), Page::new(250))
        .unwrap();
    assert_eq!(pairs(&listed), [(LevelTarget::logger("a.b"), Level::INFO)]);
    assert_eq!(control.clear_level(&target).unwrap(), Some(Level::INFO));
    assert_eq!(
        (effective(&registry, "a.b"), control.level(&target)),
        (Level::WARNING, None)
    );
    assert_eq!(control.clear_level(&target).unwrap(), None);
    // Also levels that were set by other means.
    registry.get_logger("c").set_level(Level::DEBUG);
    assert_eq!(
        control.clear_level(&LevelTarget::logger("c")).unwrap(),
        Some(Level::DEBUG)
    );
    assert_eq!(effective(&registry, "c"), Level::WARNING);
    let client = LevelTarget::client_id("c");
    control.set_level(client.clone(), Level::DEBUG).unwrap();
    assert_eq!(control.clear_level(&client).unwrap(), Some(Level::DEBUG));
    assert!(
        !registry.get_logger("x").is_enabled_for(Level::DEBUG),
        "the gates are closed again"
    );
}

#[test]
fn i13_k03_pages_of_lists() {
    let (_, control) = control();
    for number in 0..251 {
        control
            .set_level(LevelTarget::logger(format!("l{number:03}")), Level::DEBUG)
            .unwrap();
    }
    let only = Some(TargetType::Logger);
    let first = control.list(only, Page::new(250)).unwrap();
    // Targets that come and go meanwhile do not shift the others.
    control
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    control.clear_level(&LevelTarget::logger("l100")).unwrap();
    let last = control
        .list(only, Page::new(250).after(first.next.clone()))
        .unwrap();
    assert_eq!(
        (first.overrides.len(), last.overrides.len(), &last.next),
        (250, 1, &None)
    );
    assert_eq!(last.overrides[0].target.name(), "l250");
    for size in [0, 251] {
        assert_eq!(
            control.list(None, Page::new(size)).unwrap_err().kind(),
            ErrorKind::InvalidRequest
        );
    }
    control
        .set_level(LevelTarget::client_id("c"), Level::DEBUG)
        .unwrap();
    assert_eq!(
        control
            .list(Some(TargetType::ClientId), Page::new(1))
            .unwrap()
            .overrides
            .len(),
        1
    );
    assert_eq!(
        pairs(
            &control
                .list(Some(TargetType::Default), Page::new(1))
                .unwrap()
        ),
        [(LevelTarget::default_level(), Level::WARNING)]
    );
}

#[test]
fn i14_what_cannot_be_is_refused_by_kind() {
    let registry = Registry::new();
    let control = Control::builder(&registry)
        .strict_aws(true)
        .max_targets(2)
        .open()
        .unwrap();
    control.set_options(LoggingOptions::default()).unwrap();
    let set = |target: LevelTarget, level: Level| {
        control
            .set_level(target, level)
            .map_err(|error| (error.kind(), error.to_string()))
    };
    for name in ["", "a/b", "a\nb", &"x".repeat(129)] {
        let error = set(LevelTarget::client_id(name), Level::DEBUG).unwrap_err();
        assert_eq!(error.0, ErrorKind::InvalidRequest, "{}", error.1);
    }
    assert!(set(LevelTarget::logger("a.b:c_d-e f"), Level::DEBUG).is_ok());
    assert!(set(LevelTarget::logger("b"), Level::DEBUG).is_ok());
    assert_eq!(
        set(LevelTarget::logger("c"), Level::DEBUG).unwrap_err().0,
        ErrorKind::LimitExceeded
    );
    assert!(
        set(LevelTarget::logger("b"), Level::INFO).is_ok(),
        "one that is there is no further one"
    );
    assert_eq!(
        set(LevelTarget::logger("b"), Level::NOTSET).unwrap_err().0,
        ErrorKind::InvalidRequest
    );
    assert_eq!(
        control
            .clear_level(&LevelTarget::default_level())
            .unwrap_err()
            .kind(),
        ErrorKind::InvalidRequest
    );
    let statuses = [
        ErrorKind::InvalidRequest,
        ErrorKind::LimitExceeded,
        ErrorKind::Conflict,
        ErrorKind::Io,
    ]
    .map(http_status);
    assert_eq!(statuses, [400, 410, 412, 500]);
    for kind in TargetType::ALL {
        assert_eq!(
            kind.to_string()
                .to_lowercase()
                .parse::<TargetType>()
                .unwrap(),
            kind
        );
    }
    assert!(
        "THING"
            .parse::<TargetType>()
            .unwrap_err()
            .to_string()
            .contains("THING_GROUP")
    );
    // Ours takes any name that is no control character.
    let (_, ours) = self::control();
    ours.set_level(LevelTarget::client_id("a/b é"), Level::DEBUG)
        .unwrap();
    assert!(
        ours.set_level(LevelTarget::client_id("a\u{1b}"), Level::DEBUG)
            .is_err()
    );
}

#[test]
fn i15_a_level_waits_for_its_target() {
    let (registry, control) = control();
    control
        .set_level(LevelTarget::logger("later.on"), Level::DEBUG)
        .unwrap();
    assert_eq!(effective(&registry, "later.on.now"), Level::DEBUG);
}

#[test]
fn k01_options_change_only_what_is_given() {
    let (_, control) = control();
    control
        .set_options(LoggingOptions::default().with_role("arn:aws:iam::123456789012:role/log"))
        .unwrap();
    control
        .set_options(LoggingOptions::default().with_default_level(Level::INFO))
        .unwrap();
    let options = control.options().unwrap();
    let expected = LoggingOptions::default()
        .with_default_level(Level::INFO)
        .with_disable_all(false)
        .with_role("arn:aws:iam::123456789012:role/log");
    assert_eq!(options, expected);
}

#[test]
fn k04_loggers_as_they_are() {
    let (registry, control) = control();
    let logger = registry.get_logger("a.b");
    logger.set_level(Level::DEBUG);
    logger.set_propagate(false);
    logger.set_disabled(true);
    logger.add_handler(Handler::from(StreamHandler::new(Vec::new())));
    registry.get_logger("a.b.c");
    let states: BTreeMap<_, _> = control
        .loggers()
        .into_iter()
        .map(|state| (state.name.clone(), state))
        .collect();
    let state = &states["a.b"];
    assert_eq!(
        (state.configured, state.effective, state.handlers),
        (Some(Level::DEBUG), Level::DEBUG, 1)
    );
    assert!(!state.propagate && state.disabled);
    let state = &states["a.b.c"];
    assert_eq!((state.configured, state.effective), (None, Level::DEBUG));
    assert_eq!(control.loggers()[0].name, "root");
}

#[test]
fn k05_b16_groups_set_several_names_at_once() {
    let (registry, control) = control();
    let names = ["boto3", "botocore", "s3transfer", "urllib3"];
    control.set_group("aws", names).unwrap();
    control.set_group_level("aws", Level::ERROR).unwrap();
    assert!(
        names
            .iter()
            .all(|name| effective(&registry, name) == Level::ERROR)
    );
    assert_eq!(control.group("aws").unwrap().level, Some(Level::ERROR));
    control.clear_group_level("aws").unwrap();
    assert!(
        names
            .iter()
            .all(|name| registry.get_logger(name).level() == Level::NOTSET)
    );
    assert_eq!(
        (names_of(&control), control.group("none")),
        (vec!["aws".to_owned()], None)
    );
    assert_eq!(
        control
            .set_group_level("none", Level::INFO)
            .unwrap_err()
            .kind(),
        ErrorKind::InvalidRequest
    );
}

#[test]
fn k06_a_batch_is_all_or_nothing() {
    let (registry, control) = control();
    let before = (registry.dump().to_string(), control.revision());
    let batch = [
        Change::Level(LevelTarget::logger("a"), Level::DEBUG),
        Change::Level(LevelTarget::client_id("c"), Level::DEBUG),
        Change::Options(LoggingOptions::default().with_disable_all(true)),
        Change::GroupLevel("none".to_owned(), None),
    ];
    assert!(control.apply(batch.clone()).is_err());
    assert_eq!((registry.dump().to_string(), control.revision()), before);
    assert_eq!(control.level(&LevelTarget::client_id("c")), None);
    assert_eq!(control.apply(batch[..3].to_vec()).unwrap(), before.1 + 1);
    assert_eq!(control.level(&LevelTarget::logger("a")), Some(Level::DEBUG));
    // The changes of a batch see each other.
    control
        .apply([
            Change::Level(LevelTarget::logger("b"), Level::DEBUG),
            Change::Clear(LevelTarget::logger("b")),
        ])
        .unwrap();
    assert_eq!(registry.get_logger("b").level(), Level::NOTSET);
}

fn until(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(
            start.elapsed() < Duration::from_secs(600),
            "it did not come"
        );
        thread::sleep(Duration::from_millis(2));
    }
}

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

#[test]
fn several_controls_of_a_registry_are_one() {
    let registry = Registry::new();
    let text = written(&registry);
    let (one, two) = (
        Control::new(&registry),
        Control::new(&registry).with_origin("two"),
    );
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let into = Arc::clone(&told);
    one.on_change(move |changed| into.lock().unwrap().push(changed.origin.clone()))
        .detach();
    let log = || {
        for client in ["1", "2", "3"] {
            logtree::debug!(registry.get_logger("a"), clientId = client; "{client}");
        }
        text.take().matches("a:").count()
    };
    one.set_level(LevelTarget::client_id("1"), Level::DEBUG)
        .unwrap();
    two.set_level(LevelTarget::client_id("2"), Level::DEBUG)
        .unwrap();
    assert_eq!(log(), 2);
    // Each sees the other's, and that something was changed.
    assert_eq!(one.level(&LevelTarget::client_id("2")), Some(Level::DEBUG));
    assert_eq!(*told.lock().unwrap(), ["api", "two"]);
    assert_eq!(one.revision(), 2);
    let seen = one.revision();
    two.disable_all(false).unwrap();
    assert_eq!(
        one.apply_if(seen, []).unwrap_err().kind(),
        ErrorKind::Conflict
    );
    drop(two);
    assert_eq!(log(), 2);
    drop(one);
    assert_eq!(log(), 2);
    let three = Control::new(&registry);
    three.clear_level(&LevelTarget::client_id("1")).unwrap();
    assert_eq!(log(), 1);
    three.clear_level(&LevelTarget::client_id("2")).unwrap();
    assert!(!registry.root().is_enabled_for(Level::DEBUG));
    assert_eq!(log(), 0);
}

/// What is set through a control without a file is kept as well, as long as one with a file lives.
#[test]
fn a_file_is_written_for_every_change() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("levels");
    let registry = Registry::new();
    let build = |registry: &Registry| Control::builder(registry).persist_to(&path).open();
    let keeping = build(&registry).unwrap();
    let again = build(&registry).unwrap();
    let plain = Control::new(&registry);
    let set = |name: &str| {
        plain
            .set_level(LevelTarget::logger(name), Level::DEBUG)
            .unwrap()
    };
    let kept = || {
        let registry = Registry::new();
        build(&registry).unwrap();
        registry.logger_names()
    };
    set("a");
    assert_eq!(kept(), ["a"]);
    drop(keeping);
    set("b");
    assert_eq!(kept(), ["a", "b"]);
    // What is not kept is no reason to write.
    fs::create_dir(directory.path().join("levels.new")).unwrap();
    let hour = Duration::from_secs(3600);
    plain
        .set_level_for(LevelTarget::logger("a"), Level::INFO, hour)
        .unwrap();
    assert!(
        plain
            .set_level(LevelTarget::logger("c"), Level::INFO)
            .is_err()
    );
    fs::remove_dir(directory.path().join("levels.new")).unwrap();
    drop(again);
    set("d");
    assert_eq!(kept(), ["a", "b"]);
}

#[test]
fn lists_say_who_set_a_level_and_when_it_ends() {
    let (registry, control) = control();
    registry.get_logger("code").set_level(Level::INFO);
    let console = control.clone().with_origin("console");
    console
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    let before = SystemClock.now();
    let minute = Duration::from_secs(60);
    control
        .clone()
        .with_origin("ann")
        .set_level_for(LevelTarget::logger("b"), Level::DEBUG, minute)
        .unwrap();
    let after = SystemClock.now();
    let listed = control.list(None, Page::new(10)).unwrap().overrides;
    let shown: Vec<_> = listed
        .iter()
        .map(|one| {
            (
                one.target.name(),
                one.until.is_some(),
                one.origin.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("", false, None),
            ("a", false, Some("console")),
            ("b", true, Some("ann")),
            ("code", false, None),
        ]
    );
    let until = listed[2].until.unwrap();
    let nanos = 60_000_000_000;
    assert!(until.nanos_since(before) >= nanos && until.nanos_since(after) <= nanos);
    // What code sets meanwhile is the code's.
    registry.get_logger("b").set_level(Level::ERROR);
    let listed = control.list(None, Page::new(10)).unwrap().overrides;
    assert_eq!((listed[2].until, &listed[2].origin), (None, &None));
}

#[test]
fn tokens_cross_wires() {
    let (_, control) = control();
    let targets = [
        LevelTarget::default_level(),
        LevelTarget::event_type("a:b"),
        LevelTarget::logger("a::b"),
        LevelTarget::logger("x y"),
        LevelTarget::source_ip("::1"),
        LevelTarget::client_id("last"),
        LevelTarget::client_id("é, \"7\""),
    ];
    for target in &targets {
        control.set_level(target.clone(), Level::DEBUG).unwrap();
    }
    let mut seen = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let token = next.map(|text| text.parse::<Token>().unwrap());
        let page = control.list(None, Page::new(1).after(token)).unwrap();
        seen.extend(page.overrides.into_iter().map(|one| one.target));
        match page.next {
            Some(token) => next = Some(token.to_string()),
            None => break,
        }
    }
    assert_eq!(seen, targets);
    for wrong in [
        "",
        "a",
        "THING:a",
        "thing_group:a",
        "DEFAULT:x",
        "THING_GROUP:a::b",
    ] {
        let error = wrong.parse::<Token>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}

/// The guard of a hook removes it when dropped, whether its control is left or not; a detached one
/// stays.
#[test]
fn hooks_end_with_their_guards() {
    let (registry, control) = control();
    let calls: Arc<Mutex<Vec<&str>>> = Arc::default();
    let hook = |name| {
        let calls = Arc::clone(&calls);
        move |_: &Changed| calls.lock().unwrap().push(name)
    };
    let guarded = control.on_change(hook("guarded"));
    control.on_change(hook("detached")).detach();
    drop(control);
    let other = Control::new(&registry);
    other
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    drop(guarded);
    other
        .set_level(LevelTarget::logger("a"), Level::INFO)
        .unwrap();
    assert_eq!(*calls.lock().unwrap(), ["guarded", "detached", "detached"]);
    // A guard may outlive the registry.
    let last = other.on_change(|_| {});
    drop((other, registry));
    drop(last);
}

/// A hook that ends itself, or another one, while the hooks are called.
#[test]
fn a_hook_may_drop_its_own_guard() {
    let (_registry, control) = control();
    let slot: Arc<Mutex<Option<logtree::control::Subscription>>> = Arc::default();
    let (inner, count) = (Arc::clone(&slot), Arc::new(AtomicU64::new(0)));
    let counted = Arc::clone(&count);
    let guard = control.on_change(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        let own = inner.lock().unwrap().take();
        drop(own);
    });
    *slot.lock().unwrap() = Some(guard);
    for level in [Level::DEBUG, Level::INFO] {
        control.set_level(LevelTarget::logger("a"), level).unwrap();
    }
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

/// Where a level comes from, and when it ends.
#[test]
fn the_state_of_a_logger_names_the_source_of_its_level() {
    let (registry, control) = control();
    let hour = Duration::from_secs(3_600);
    control
        .set_level_for(LevelTarget::logger("a.b"), Level::DEBUG, hour)
        .unwrap();
    let _ = (registry.get_logger("a.b.c.d"), registry.get_logger("x.y"));
    let state = |name: &str| {
        let all = control.loggers();
        all.into_iter().find(|one| one.name == name).unwrap()
    };
    assert_eq!(state("a.b.c.d").inherited_from.as_deref(), Some("a.b"));
    assert_eq!(state("x.y").inherited_from.as_deref(), Some("root"));
    assert_eq!(state("a.b").inherited_from, None);
    assert_eq!(state("root").inherited_from, None);
    assert!(state("a.b").until.is_some() && state("a.b.c.d").until.is_none());
    // A level that was set without a control does not end.
    registry.get_logger("a.b").set_level(Level::INFO);
    assert_eq!(state("a.b").until, None);
}

#[test]
fn k08_changes_are_told_and_logged() {
    let (registry, control) = control();
    registry
        .get_logger("logging.control")
        .set_level(Level::INFO);
    let log = Capture::new(&registry.get_logger("logging.control"));
    let told: Arc<Mutex<Vec<Changed>>> = Arc::default();
    let (into, again) = (Arc::clone(&told), control.clone());
    let subscription = control.on_change(move |changed| {
        // No lock is held: a hook may read and change levels.
        assert!(again.revision() >= changed.revision);
        into.lock().unwrap().push(changed.clone());
    });
    let panicking = control.on_change(|_| panic!("as told"));
    control
        .clone()
        .with_origin("console")
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    control
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    control
        .clone()
        .with_origin("ann")
        .disable_all(true)
        .unwrap();
    control.disable_all(false).unwrap();
    drop((panicking, subscription));
    control.clear_level(&LevelTarget::logger("a")).unwrap();
    let told = told.lock().unwrap().clone();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(
        (
            &told[0].target,
            told[0].before,
            told[0].after,
            &*told[0].origin
        ),
        (
            &Some(LevelTarget::logger("a")),
            None,
            Some(Level::DEBUG),
            "console"
        )
    );
    assert_eq!((told[1].disable_all, &*told[1].origin), (Some(true), "ann"));
    let records = log.records();
    let kept: Vec<_> = records[0]
        .key_values()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    assert_eq!(
        kept,
        [
            "target=THING_GROUP a",
            "old=inherited",
            "new=DEBUG",
            "origin=console",
            "revision=1"
        ]
    );
}

#[test]
fn k09_of_two_who_look_and_change_the_second_is_refused() {
    let (_, control) = control();
    let seen = control.revision();
    control
        .apply_if(
            seen,
            [Change::Level(LevelTarget::logger("a"), Level::DEBUG)],
        )
        .unwrap();
    let error = control
        .apply_if(
            seen,
            [Change::Level(LevelTarget::logger("a"), Level::ERROR)],
        )
        .unwrap_err();
    assert_eq!(
        (error.kind(), http_status(error.kind())),
        (ErrorKind::Conflict, 412)
    );
    assert_eq!(control.level(&LevelTarget::logger("a")), Some(Level::DEBUG));
}

/// Names and levels as they stand in the environment and on a command line.
#[test]
fn k12_one_parser_for_names_and_levels() {
    let (registry, control) = control();
    let spec = LevelSpec::parse_in(&registry, "ERROR,boto3=debug,botocore::client::S3=info");
    spec.apply_in(&registry);
    assert_eq!(
        control.level(&LevelTarget::default_level()),
        Some(Level::ERROR)
    );
    assert_eq!(
        control.level(&LevelTarget::logger("boto3")),
        Some(Level::DEBUG)
    );
    assert_eq!(
        control.level(&LevelTarget::logger("botocore.client.S3")),
        Some(Level::INFO)
    );
}

#[test]
fn k10_overrides_outlive_the_program() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("levels");
    let open = |registry: &Registry| Control::builder(registry).persist_to(&path).open();
    let registry = Registry::new();
    let control = open(&registry).unwrap();
    registry.get_logger("code").set_level(Level::INFO);
    control
        .set_options(
            LoggingOptions::default()
                .with_default_level(Level::ERROR)
                .with_role("r"),
        )
        .unwrap();
    control
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    control
        .set_level(LevelTarget::client_id("c d"), Level::DEBUG)
        .unwrap();
    control
        .set_level_for(
            LevelTarget::logger("code"),
            Level::DEBUG,
            Duration::from_secs(3600),
        )
        .unwrap();
    control.set_group("g", ["x", "y"]).unwrap();
    control.disable_all(true).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(
        text,
        "# logtree control 1\ndisable_all true\nrole r\ndefault 40\nlevel 10 THING_GROUP a\nlevel 10 CLIENT_ID c d\ngroup g\tx\ty\n"
    );
    #[cfg(unix)]
    assert_eq!(crate::support::mode(&path), 0o600);

    let next = Registry::new();
    let control = open(&next).unwrap();
    assert_eq!(control.options().unwrap().default_level, Some(Level::ERROR));
    assert_eq!(
        (
            next.root().level(),
            next.get_logger("a").level(),
            next.get_logger("code").level()
        ),
        (Level::ERROR, Level::DEBUG, Level::NOTSET)
    );
    assert_eq!(
        control.level(&LevelTarget::client_id("c d")),
        Some(Level::DEBUG)
    );
    assert!(!next.root().is_enabled_for(Level::CRITICAL) && control.group("g").is_some());

    // What cannot be kept is not changed either.
    let before = next.dump().to_string();
    fs::create_dir(directory.path().join("levels.new")).unwrap();
    let error = control
        .set_level(LevelTarget::logger("b"), Level::DEBUG)
        .unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Io, Some(&*path)));
    assert_eq!(
        (next.dump().to_string(), fs::read_to_string(&path).unwrap()),
        (before, text)
    );

    for (wrong, says) in [
        ("", "line 1: expected \"# logtree control 1\""),
        (
            "# logtree control 1\nlevel x THING_GROUP a\n",
            "line 2: expected a level number",
        ),
        (
            "# logtree control 1\n\nlevel 10 THING a\n",
            "line 3: unknown target type",
        ),
        ("# logtree control 1\nlevels\n", "line 2: expected default"),
        ("# logtree control 1\nlevel 10 CLIENT_ID \n", "it is empty"),
    ] {
        fs::write(&path, wrong).unwrap();
        let registry = Registry::new();
        let before = registry.dump().to_string();
        let error = open(&registry).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(registry.dump().to_string(), before);
    }
}

/// Random changes from several controls' clones, with a plain model of what must hold.
#[test]
fn random_changes_agree_with_a_model() {
    let (registry, control) = control();
    let mut random = Random::new(16);
    let mut model: BTreeMap<LevelTarget, Level> = BTreeMap::new();
    let names = ["a", "a.b", "a.b.c", "d", "d.e"];
    for _ in 0..5_000 {
        let name = names[random.below(names.len())];
        let target = match random.below(3) {
            0 => LevelTarget::client_id(name),
            _ => LevelTarget::logger(name),
        };
        let level = Level::new([10, 20, 30, 40, u16::MAX][random.below(5)]);
        let before = if random.below(3) == 0 {
            let before = control.clear_level(&target).unwrap();
            assert_eq!(before, model.remove(&target));
            before
        } else {
            let before = control.set_level(target.clone(), level).unwrap();
            assert_eq!(before, model.insert(target.clone(), level));
            before
        };
        let _ = before;
        for name in names {
            let nearest = std::iter::successors(Some(name), |name| {
                name.rsplit_once('.').map(|(above, _)| above)
            });
            let level = nearest
                .filter_map(|name| model.get(&LevelTarget::logger(name)))
                .next();
            assert_eq!(
                effective(&registry, name),
                level.copied().unwrap_or(Level::WARNING)
            );
        }
        let listed = pairs(&control.list(None, Page::new(250)).unwrap());
        let expected: Vec<_> = [(LevelTarget::default_level(), Level::WARNING)]
            .into_iter()
            .chain(model.clone())
            .collect();
        assert_eq!(listed, expected);
    }
}

/// As long as no level is set for a value, nothing is evaluated after the gate.
#[test]
fn levels_of_values_do_not_disturb_others() {
    let (registry, control) = control();
    let text = written(&registry);
    let logger = registry.get_logger("a");
    let capture = Capture::builder(&logger).level(Level::DEBUG).start();
    control
        .set_level(LevelTarget::client_id("c"), Level::DEBUG)
        .unwrap();
    logtree::debug!(logger, clientId = "c"; "1");
    logtree::debug!(logger, clientId = 7; "2");
    logtree::debug!(logger, "3");
    logtree::warn!(logger, "4");
    assert_eq!(text.get().matches("a:").count(), 2, "{}", text.get());
    // A capture sees everything, whatever the levels.
    assert_eq!(capture.messages(), ["1", "2", "3", "4"]);
    control
        .set_level(LevelTarget::client_id("7"), Level::DEBUG)
        .unwrap();
    logtree::debug!(logger, clientId = 7; "5");
    assert!(text.get().contains("a:5"));
    registry.disable(Level::CRITICAL);
    logtree::debug!(logger, clientId = "c"; "6");
    assert!(!text.get().contains('6'));
}

#[test]
fn a_level_that_finds_no_room_for_its_logger_becomes_no_others() {
    let registry = Registry::builder()
        .max_loggers(3)
        .diagnostics(|_| {})
        .build();
    registry.get_logger("a");
    let control = Control::new(&registry);
    let before = (registry.dump().to_string(), control.revision());
    let error = control
        .set_level(LevelTarget::logger("noisy.part"), Level::OFF)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    let batch = ["b", "c"].map(|name| Change::Level(LevelTarget::logger(name), Level::DEBUG));
    assert!(control.apply(batch.clone()).is_err());
    assert_eq!((registry.dump().to_string(), control.revision()), before);
    // Clearing the level of a logger that does not exist creates none.
    control
        .clear_level(&LevelTarget::logger("noisy.part"))
        .unwrap();
    control.apply(batch[..1].to_vec()).unwrap();
    assert_eq!(registry.get_logger("b").level(), Level::DEBUG);
}

#[test]
fn names_that_are_mistyped_are_refused() {
    let (registry, control) = control();
    for name in ["a..b", ".a", "a.", ".", &"x.".repeat(129)] {
        let error = control
            .set_level(LevelTarget::logger(name), Level::DEBUG)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains("segment"), "{error}");
        assert!(control.set_group("g", [name]).is_err());
    }
    // Levels set in code can be listed and cleared.
    registry.get_logger("a..b").set_level(Level::DEBUG);
    assert_eq!(
        control.clear_level(&LevelTarget::logger("a..b")).unwrap(),
        Some(Level::DEBUG)
    );
    // An address may look like one.
    control
        .set_level(LevelTarget::source_ip("::1"), Level::DEBUG)
        .unwrap();
    let long = "r".repeat(2049);
    for role in ["a\nb", &long] {
        let options = LoggingOptions::default().with_role(role);
        let error = control.set_options(options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}

#[test]
fn groups_have_a_limit() {
    let control = Control::builder(&Registry::new())
        .max_targets(5)
        .open()
        .unwrap();
    control.set_group("a", ["x", "y"]).unwrap();
    let error = control.set_group("b", ["x", "y"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert!(error.to_string().contains("at most 5"), "{error}");
    control.set_group("b", ["x"]).unwrap();
    control.set_group("a", ["x", "z"]).unwrap();
    assert_eq!(names_of(&control), ["a", "b"]);
}

/// Anything else in place of the file is refused with a reason, and nothing is changed.
#[test]
fn a_file_of_overrides_is_taken_whole_or_not_at_all() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("levels");
    let refused = |says: &str| {
        let registry = Registry::new();
        let before = registry.dump().to_string();
        let error = Control::builder(&registry)
            .persist_to(&path)
            .open()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(registry.dump().to_string(), before);
        assert!(registry.root().is_enabled_for(Level::WARNING));
    };
    let head = "# logtree control 1\n";
    for (text, says) in [
        (
            "disable_all true\nlevel 60 THING_GROUP audit",
            "line 3: expected a newline",
        ),
        (
            "default 10\nlevel 0 THING_GROUP a\n",
            "line 3: cannot set THING_GROUP a to NOTSET",
        ),
        (
            "default 10\n\nlevel 10 THING_GROUP a..b\n",
            "line 4: invalid name",
        ),
        (
            "level 70000 THING_GROUP a\n",
            "line 2: expected a level number",
        ),
        ("default 10\nrole a\tb\n", "line 3: invalid role"),
        (
            "group \ta\n",
            "line 2: invalid name of a group: it is empty",
        ),
        ("group g\ta\u{7}\n", "line 2: invalid name"),
    ] {
        fs::write(&path, format!("{head}{text}")).unwrap();
        refused(says);
    }
    fs::write(&path, b"# logtree control 1\nlevel 10 CLIENT_ID \xff\n").unwrap();
    refused("expected UTF-8");
    let file = fs::File::create(&path).unwrap();
    file.set_len(64 * 1024 * 1024 + 1).unwrap();
    drop(file);
    refused("expected at most 67108864 bytes, found 67108865");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused("expected a regular file");
    fs::remove_dir(&path).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::write(&path, head).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o606)).unwrap();
        refused("writable by everyone");
        fs::remove_file(&path).unwrap();
        // A pipe without a writer: opening it in the usual way would block for ever.
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        refused("expected a regular file");
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        refused("expected a regular file");
    }
}

#[test]
fn groups_come_back_as_they_were() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("levels");
    let open = || Control::builder(&Registry::new()).persist_to(&path).open();
    let control = open().unwrap();
    control.set_group("all", ["", "a"]).unwrap();
    control.set_group("none", []).unwrap();
    control.set_group("the root", [""]).unwrap();
    control.set_group(" odd  name ", ["b::c", " d "]).unwrap();
    let again = open().unwrap();
    assert_eq!(control.groups(), again.groups());
    for group in control.groups() {
        assert_eq!(again.group(&group.name), Some(group));
    }
}

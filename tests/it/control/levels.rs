//! Which level decides, and when a change of it holds.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use logtree::control::{Change, Control, LevelTarget, LoggingOptions, Page, TargetType};
use logtree::test::Capture;
use logtree::{ErrorKind, Level, Registry};

use crate::control::{control, effective, pairs, written};
use crate::support::Random;

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

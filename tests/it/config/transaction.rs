//! A configuration is applied whole or not at all.

use std::sync::atomic::{AtomicBool, Ordering};
use std::{fs, thread};

use logtree::config::DictConfig;
use logtree::handler::{NullHandler, StreamHandler, handler_by_name};
use logtree::{Level, Registry};
use serde_json::{Value, json};

use super::{factories_with, install};
use crate::support::{Random, Text};

/// A tree with one of each kind of thing.
fn tree() -> Registry {
    let registry = Registry::new();
    registry.root().set_level(Level::INFO);
    registry
        .root()
        .add_handler(StreamHandler::new(Text::default()).with_level(Level::ERROR));
    let logger = registry.get_logger("a.b");
    logger.set_level(Level::DEBUG);
    logger.set_propagate(false);
    logger.add_handler(NullHandler::new());
    logger.add_filter(|_: &mut logtree::Record<'_>| true);
    registry.get_logger("a").set_disabled(true);
    registry
}

fn document() -> Value {
    json!({
        "version": 1,
        "disable_existing_loggers": true,
        "formatters": {"f": {"format": "%(message)s"}, "j": {"class": "json"}},
        "filters": {"n": {"name": "a"}, "r": {"class": "level_range", "max": "ERROR"}},
        "handlers": {
            "s": {"class": "stream", "stream": "ext://test", "formatter": "f", "filters": ["n"]},
            "m": {"class": "memory", "capacity": 10, "target": "s", "flushLevel": "ERROR"},
            "q": {"class": "fallback", "handlers": ["s", "m"]}
        },
        "loggers": {"a.b": {"level": "INFO", "handlers": ["m"], "propagate": true}, "c": {"filters": ["r"]}},
        "root": {"level": "ERROR", "handlers": ["q", "s"]}
    })
}

/// Puts something wrong, or nothing, in a random place.
fn spoil(value: &mut Value, random: &mut Random) {
    let other = |random: &mut Random| match random.below(9) {
        0 => json!(null),
        1 => json!(-1),
        2 => json!(1e300),
        3 => json!("cfg://handlers"),
        4 => json!([[]]),
        5 => json!({"": {}}),
        6 => json!("\u{1b}[31m"),
        7 => json!(true),
        _ => json!("nothing of that name"),
    };
    match value {
        Value::Object(map) if !map.is_empty() && random.below(8) > 0 => {
            let key = map.keys().nth(random.below(map.len())).cloned().unwrap();
            match random.below(10) {
                0 => drop(map.remove(&key)),
                1 => {
                    let moved = map.remove(&key).unwrap();
                    map.insert(key + "x", moved);
                }
                _ => spoil(&mut map[&key], random),
            }
        }
        Value::Array(list) if !list.is_empty() && random.below(8) > 0 => {
            let at = random.below(list.len());
            spoil(&mut list[at], random);
        }
        value => *value = other(random),
    }
}

/// 10,000 documents, most of them wrong in one to three places.
#[test]
fn a_wrong_document_leaves_the_tree_as_it_was() {
    let mut random = Random::new(65);
    let (mut wrong, mut right) = (0, 0);
    let registry = tree();
    let before = registry.dump().to_string();
    for _ in 0..10_000 {
        let mut document = document();
        for _ in 0..=random.below(3) {
            spoil(&mut document, &mut random);
        }
        let config = DictConfig::from_value(&document)
            .map(|config| config.factories(factories_with(&Text::default())));
        let checked = config
            .as_ref()
            .map_err(ToString::to_string)
            .and_then(|config| {
                config
                    .check_in(&registry)
                    .map_err(|error| error.to_string())
            });
        match checked {
            Err(told) => {
                wrong += 1;
                if let Ok(config) = &config {
                    assert_eq!(
                        config.install_in(&registry).unwrap_err().to_string(),
                        told,
                        "{document}"
                    );
                }
                assert!(
                    told.lines().count() > 1 && !told.contains('\u{1b}'),
                    "{document}: {told}"
                );
                assert_eq!(registry.dump().to_string(), before, "{document}");
            }
            Ok(()) => {
                right += 1;
                let applied = config.unwrap().install_in(&tree());
                assert!(applied.is_ok(), "{document}: {applied:?}");
            }
        }
    }
    assert!(wrong > 5_000 && right > 50, "{wrong} wrong, {right} right");
}

/// An error that a check cannot find: a file that cannot be opened, after handlers that can be
/// built.
#[test]
fn what_fails_in_the_making_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let kept = directory.path().join("kept.log");
    fs::write(&kept, "kept\n").unwrap();
    let registry = tree();
    let before = registry.dump().to_string();
    let config = DictConfig::from_value(&json!({
        "version": 1,
        "handlers": {
            "undone": {"class": "file", "filename": "kept.log", "mode": "w"},
            "b": {"class": "file", "filename": "no/such/directory/b.log"},
            "c": {"class": "file", "filename": "."},
            "d": {"class": "memory", "capacity": 1, "target": "b"},
            "q": {"class": "queue", "handlers": ["undone"]}
        },
        "loggers": {"new": {"level": "DEBUG"}},
        "root": {"handlers": ["undone", "b"], "level": "DEBUG"}
    }));
    let config = config.unwrap().directory(directory.path());
    config.check_in(&registry).unwrap();
    let error = config.install_in(&registry).unwrap_err();
    let paths: Vec<_> = error
        .problems()
        .iter()
        .map(|problem| problem.path().to_owned())
        .collect();
    assert_eq!(paths, ["handlers.b", "handlers.c", "handlers.d"], "{error}");
    assert_eq!(registry.dump().to_string(), before);
    assert_eq!(
        fs::read_to_string(&kept).unwrap(),
        "kept\n",
        "a file of mode `w` is not emptied"
    );
    // Names belong to the process: no other test has this one.
    assert!(handler_by_name("undone").is_none());
}

/// The second of two configurations gives what it would have given alone.
#[test]
fn a_second_configuration_replaces_the_first() {
    let (registry, text) = (Registry::new(), Text::default());
    let apply = |document: Value| {
        install(&document, &text, &registry).unwrap();
    };
    let with = |name: &str| {
        json!({
            "version": 1,
            "filters": {"own": {"name": "a"}},
            "handlers": {name: {"class": "memory", "capacity": 100, "target": "out"}, "out": {"class": "stream", "stream": "ext://test"}},
            "loggers": {"a": {"filters": ["own"], "handlers": [name]}},
            "root": {"level": "INFO"}
        })
    };
    apply(with("transaction-1"));
    let first = handler_by_name("transaction-1").unwrap();
    logtree::info!(registry.get_logger("a"), "held back");
    assert_eq!(text.get(), "");
    apply(with("transaction-2"));
    assert_eq!(
        text.get(),
        "held back\n",
        "what the old one held back is written"
    );
    assert!(handler_by_name("transaction-1").is_none());
    assert!(first.name().is_none());
    assert_eq!(registry.get_logger("a").handlers().len(), 1);
    assert_eq!(
        registry.get_logger("a").filters().len(),
        1,
        "filters do not add up"
    );
}

/// A configuration that moves a handler from the root to a logger: a record on its way meets it in
/// the one place or the other.
#[test]
fn every_record_meets_one_configuration_whole() {
    let (registry, written, last_resort) = (Registry::new(), Text::default(), Text::default());
    registry.set_last_resort(Some(StreamHandler::new(last_resort.clone()).into()));
    let config = |place: &str| {
        let mut document = json!({
            "version": 1,
            "handlers": {"swap": {"class": "stream", "stream": "ext://test"}},
            "loggers": {"a": {"level": "INFO"}},
            "root": {"level": "INFO"}
        });
        document.pointer_mut(place).unwrap()["handlers"] = json!(["swap"]);
        DictConfig::from_value(&document)
            .unwrap()
            .factories(factories_with(&written))
    };
    let (root, logger) = (config("/root"), config("/loggers/a"));
    root.install_in(&registry).unwrap();
    let stop = AtomicBool::new(false);
    let counts: Vec<usize> = thread::scope(|scope| {
        let log = || {
            let logger = registry.get_logger("a.b");
            let mut count = 0;
            while !stop.load(Ordering::Relaxed) {
                logtree::info!(logger, "on its way");
                count += 1;
            }
            count
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(log)).collect();
        for turn in 0..400 {
            let config = if turn % 2 == 0 { &logger } else { &root };
            config.install_in(&registry).unwrap();
        }
        stop.store(true, Ordering::Relaxed);
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(last_resort.get(), "", "a record met no handler");
    assert_eq!(
        written.lines().len(),
        counts.iter().sum::<usize>(),
        "each once"
    );
}

#[test]
fn incremental_changes_levels_only() {
    let (registry, text) = (Registry::new(), Text::default());
    let apply =
        |document: Value| install(&document, &text, &registry).map_err(|error| error.to_string());
    apply(json!({
        "version": 1,
        "handlers": {"incremental": {"class": "stream", "stream": "ext://test", "level": "ERROR"}},
        "loggers": {"a": {"level": "ERROR"}},
        "root": {"handlers": ["incremental"]}
    }))
    .unwrap();
    // Python would ignore 0.
    apply(json!({
        "version": 1, "incremental": true,
        "handlers": {"incremental": {"level": 0}},
        "loggers": {"a": {"level": "DEBUG"}, "new": {"propagate": false}}
    }))
    .unwrap();
    logtree::debug!(registry.get_logger("a"), "shown");
    assert_eq!(text.get(), "shown\n");
    assert!(!registry.get_logger("new").propagate());
    let error = apply(
        json!({"version": 1, "incremental": true, "handlers": {"incrementl": {"level": 0}}, "root": {"level": 1}}),
    );
    assert!(error.unwrap_err().contains("did you mean \"incremental\"?"));
    assert_eq!(registry.root().level(), Level::WARNING);
}

#[test]
fn more_loggers_than_allowed_are_an_error() {
    let registry = Registry::builder().max_loggers(5).build();
    let config = |names: &[&str]| {
        let loggers: serde_json::Map<_, _> = names
            .iter()
            .map(|name| ((*name).to_owned(), json!({"level": 10})))
            .collect();
        DictConfig::from_value(&json!({"version": 1, "loggers": loggers})).unwrap()
    };
    let before = registry.dump().to_string();
    let error = config(&["a.b", "a.c", "d.e"])
        .install_in(&registry)
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("expected at most 4 new logger names, found 5"),
        "{error}"
    );
    assert_eq!(registry.dump().to_string(), before);
    config(&["a.b", "a.c"]).install_in(&registry).unwrap();
    config(&["a.b", "a.c", "a"]).install_in(&registry).unwrap();
}

/// Mode `x`: a file that is there is refused, be it the program's own, and neither it nor anything
/// else is touched.
#[test]
fn a_file_that_must_be_new() {
    for class in ["file", "watched_file", "rotating_file"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.log");
        let read = || fs::read_to_string(&path).unwrap();
        let document = json!({
            "version": 1,
            "handlers": {"h": {"class": class, "filename": "x.log", "mode": "x"}},
            "root": {"level": "INFO", "handlers": ["h"]}
        });
        let apply = |registry: &Registry| {
            let config = DictConfig::from_value(&document).unwrap();
            config.directory(directory.path()).install_in(registry)
        };
        fs::write(&path, "there before\n").unwrap();
        let registry = tree();
        let before = registry.dump().to_string();
        let error = apply(&registry).unwrap_err();
        let problem = error.problems()[0].to_string();
        assert!(problem.contains("handlers.h") && problem.contains("x.log"));
        assert_eq!(registry.dump().to_string(), before, "{class}");
        assert_eq!(read(), "there before\n", "{class}");

        fs::remove_file(&path).unwrap();
        apply(&registry).unwrap();
        logtree::info!(registry.root(), "one");
        assert!(apply(&registry).is_err());
        logtree::info!(registry.root(), "two");
        assert_eq!(read(), "one\ntwo\n", "{class}");
    }
}

/// What a configuration created before it failed does not obstruct the next one.
#[test]
fn a_file_that_must_be_new_is_none_after_a_failure() {
    let directory = tempfile::tempdir().unwrap();
    let of = |name: &str| directory.path().join(name);
    let configuration = |second: &str| {
        let file =
            |name: &str| json!({"class": "logging.FileHandler", "filename": of(name), "mode": "x"});
        let handlers = json!({"a": file("first"), "b": file(second)});
        let root = json!({"handlers": ["a", "b"]});
        DictConfig::from_value(&json!({"version": 1, "handlers": handlers, "root": root})).unwrap()
    };
    let registry = Registry::new();
    assert!(configuration("none/second").install_in(&registry).is_err());
    assert!(!of("first").exists());
    configuration("second").install_in(&registry).unwrap();
    registry.root().warning("x");
    drop(registry);
    for name in ["first", "second"] {
        assert_eq!(fs::read_to_string(of(name)).unwrap(), "x\n");
    }
}

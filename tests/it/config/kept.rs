//! What a configuration leaves unchanged.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use logtree::config::{DictConfig, Reloader};
use logtree::filter::{LevelRange, SharedFilter};
use logtree::time::{ManualClock, Timestamp};
use logtree::{Formatter, Level, Record, Registry};
use serde_json::{Value, json};

use crate::support::Text;

fn apply(document: &Value, registry: &Registry) {
    let config = DictConfig::from_value(document).unwrap();
    config.install_in(registry).unwrap();
}

/// A logger that is named is switched on; its children, and the root, stay as they are. The other
/// loggers are switched on, unless they are to be switched off. As CPython 3.13 has it.
#[test]
fn loggers_that_were_switched_off() {
    let states = |document: Value| {
        let registry = Registry::new();
        let names = ["", "a", "a.b", "a.b.c", "other", "other.x"];
        for name in names {
            registry.get_logger(name).set_disabled(true);
        }
        apply(&document, &registry);
        names.map(|name| registry.get_logger(name).is_disabled())
    };
    assert_eq!(
        states(json!({"version": 1, "loggers": {"a": {}}})),
        [true, false, true, true, false, false]
    );
    assert_eq!(
        states(
            json!({"version": 1, "root": {"level": "INFO"}, "loggers": {"a.b": {}}, "disable_existing_loggers": true})
        ),
        [true, true, false, true, true, true]
    );
    assert_eq!(
        states(
            json!({"version": 1, "incremental": true, "root": {"level": "INFO"}, "loggers": {"a": {"level": "INFO"}}})
        ),
        [true, false, true, true, true, true]
    );
}

/// Filters of earlier configurations are replaced; filters that the program added stay.
#[test]
fn filters_that_the_program_added() {
    let registry = Registry::new();
    let own = SharedFilter::from(|record: &mut Record<'_>| {
        record.set_message("own");
        true
    });
    let logger = registry.get_logger("svc");
    logger.add_filter(own.clone());
    registry.root().add_filter(own.clone());
    let document = |names: &[&str]| {
        json!({"version": 1, "filters": {"f": {"name": "svc"}, "g": {"name": "svc"}},
            "loggers": {"svc": {"filters": names}}, "root": {"level": "INFO", "filters": names}})
    };
    for (names, count) in [(&[][..], 1), (&["f", "g"], 3), (&["g"], 2), (&[], 1)] {
        apply(&document(names), &registry);
        assert_eq!(logger.filters().len(), count);
        assert_eq!(registry.root().filters().len(), count);
    }
    apply(&json!({"version": 1, "loggers": {"other": {}}}), &registry);
    assert!(logger.remove_filter(&own));
    assert!(logger.filters().is_empty());
}

/// A program's change of a configured handler applies to the next record of each logger.
#[test]
fn a_handler_that_the_program_changes_after_a_configuration() {
    let registry = Registry::new();
    let text = Text::default();
    let document = json!({
        "version": 1,
        "handlers": {"changes": {"class": "stream", "stream": "ext://test"}},
        "loggers": {"a": {"level": "DEBUG", "handlers": ["changes"]}}
    });
    let config = DictConfig::from_value(&document).unwrap();
    config
        .factories(super::factories_with(&text))
        .install_in(&registry)
        .unwrap();
    let leaf = registry.get_logger("a.b");
    leaf.info("0");
    let handlers = registry.get_logger("a").handlers();
    handlers[0].set_formatter(Formatter::new("new %(message)s").unwrap());
    leaf.info("1");
    handlers[0].add_filter(LevelRange::new(Level::ERROR..));
    leaf.info("2");
    assert_eq!(text.lines(), ["0", "new 1"]);
}

/// A reload that changes what handlers wear, and not what they are: nothing is opened, emptied or
/// lost, and each record is written in the form of its time.
#[test]
fn a_handler_whose_formatter_filters_or_level_change() {
    let directory = tempfile::tempdir().unwrap();
    let (log, path) = (
        directory.path().join("a.log"),
        directory.path().join("c.json"),
    );
    let write = |format: Option<&str>, filters: &[&str], level: &str| {
        let mut document = json!({
            "version": 1,
            "formatters": {"f": {"format": format.unwrap_or("%(message)s")}},
            "filters": {"low": {"class": "level_range", "max": "INFO"}, "own": {"name": "x"}},
            "handlers": {
                "file": {"class": "logging.FileHandler", "filename": log, "mode": "w", "filters": filters, "level": level},
                "memory": {"class": "memory", "capacity": 100, "target": "file"},
                "queue": {"class": "queue", "handlers": ["file"]}
            },
            "root": {"level": "DEBUG", "handlers": ["file", "memory", "queue"]}
        });
        if format.is_some() {
            document["handlers"]["file"]["formatter"] = json!("f");
        }
        fs::write(&path, document.to_string()).unwrap();
    };
    write(Some("A %(message)s"), &[], "DEBUG");
    let registry = Registry::new();
    let reloader = Reloader::builder(&path)
        .registry(&registry)
        .start()
        .unwrap();
    let handlers = registry.root().handlers();
    let own = SharedFilter::from(LevelRange::new(Level::DEBUG..));
    handlers[0].add_filter(own.clone());
    let mut expected = String::new();
    for (number, (format, filters, level, shown)) in [
        (Some("B %(message)s"), &[][..], "DEBUG", "B 0\n"),
        (Some("B %(message)s"), &["low", "own"], "DEBUG", ""),
        (None, &["own"], "DEBUG", "2\n"),
        (None, &["own"], "CRITICAL", ""),
        (Some("C %(message)s"), &[], "DEBUG", "C 4\n"),
    ]
    .into_iter()
    .enumerate()
    {
        write(format, filters, level);
        reloader.reload().unwrap();
        // Past the memory and the queue, which would write it once more.
        handlers[0].handle(
            &registry
                .record_builder()
                .name("x")
                .level(Level::ERROR)
                .message(number.to_string())
                .build(),
        );
        if Level::ERROR < handlers[0].level() {
            expected += &format!("{number}\n");
        } else {
            expected += shown;
        }
        let now = registry.root().handlers();
        assert!(now.iter().zip(&handlers).all(|(a, b)| a == b), "{number}");
        assert_eq!(now[0].filters().len(), filters.len() + 1);
        assert_eq!(fs::read_to_string(&log).unwrap(), expected);
    }
    assert!(handlers[0].remove_filter(&own));
}

/// Records are stamped by the registry's clock, so rotation goes by it as well.
#[test]
fn rotation_goes_by_the_registries_clock() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_nanos(
        1_700_000_000_000_000_000,
    )));
    let registry = Registry::builder().clock(clock.clone()).build();
    let document = json!({
        "version": 1,
        "handlers": {"h": {"class": "logging.handlers.TimedRotatingFileHandler", "filename": directory.path().join("a.log"),
            "when": "H", "utc": true, "backupCount": 3}},
        "root": {"handlers": ["h"]}
    });
    apply(&document, &registry);
    logtree::warn!(registry.get_logger("a"), "one");
    clock.advance(Duration::from_secs(3_700));
    logtree::warn!(registry.get_logger("a"), "two");
    assert_eq!(
        fs::read_to_string(directory.path().join("a.log")).unwrap(),
        "two\n"
    );
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
}

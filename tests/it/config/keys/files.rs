//! Keys of files, their rotation and compression.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use logtree::Registry;
use logtree::config::DictConfig;
use serde_json::{Value, json};

use crate::config::keys::{apply, log, names, with_handler};

fn read(directory: &Path, name: &str) -> String {
    fs::read_to_string(directory.join(name)).unwrap_or_else(|error| error.to_string())
}

#[test]
fn of_files() {
    for class in [
        "file",
        "watched_file",
        "rotating_file",
        "timed_rotating_file",
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let make = |more: Value| {
            let mut handler = json!({"class": class, "filename": "a.log"});
            handler
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            with_handler(path, &handler)
        };
        log(
            &make(json!({"mode": "a", "encoding": "utf-8", "errors": "strict"})),
            &["one"],
        );
        log(&make(json!({})), &["two"]);
        assert_eq!(read(path, "a.log"), "one\ntwo\n", "{class}");
        log(&make(json!({"mode": "w"})), &["three"]);
        assert_eq!(read(path, "a.log"), "three\n", "{class}");

        let registry = make(json!({"filename": "delayed.log", "delay": true}));
        assert!(!path.join("delayed.log").exists(), "{class}");
        log(&registry, &["now"]);
        assert!(path.join("delayed.log").exists(), "{class}");

        #[cfg(unix)]
        {
            drop(make(json!({"filename": "open.log", "permissions": "0640"})));
            let modes = ["a.log", "open.log"].map(|name| crate::support::mode(&path.join(name)));
            assert_eq!(modes, [0o600, 0o640], "{class}");
        }

        log(
            &make(json!({"filename": "made/for/it.log", "create_dirs": true})),
            &["x"],
        );
        assert_eq!(read(path, "made/for/it.log"), "x\n", "{class}");

        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(path.join("a.log"), path.join("link.log")).unwrap();
            log(
                &make(json!({"filename": "link.log", "follow_symlinks": true})),
                &["linked"],
            );
            assert_eq!(read(path, "a.log"), "three\nlinked\n", "{class}");
        }

        let registry = make(
            json!({"filename": "late.log", "buffered": 1000, "flush_interval": "1h", "flush_level": "WARNING"}),
        );
        log(&registry, &["kept back"]);
        assert_eq!(read(path, "late.log"), "", "{class}");
        logtree::warn!(registry.get_logger("app"), "and out");
        assert_eq!(read(path, "late.log"), "kept back\nand out\n", "{class}");
        let registry = make(json!({"filename": "soon.log", "flush_interval": 0.02}));
        log(&registry, &["after a while"]);
        let start = Instant::now();
        while read(path, "soon.log").is_empty() && start.elapsed() < Duration::from_secs(600) {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(read(path, "soon.log"), "after a while\n", "{class}");
        let registry =
            make(json!({"filename": "full.log", "buffered": 20, "flush_interval": "1h"}));
        log(
            &registry,
            &["a line that is too long for it", "and one more"],
        );
        assert!(!read(path, "full.log").is_empty(), "{class}");
    }
}

#[test]
fn of_rotation() {
    for (max_bytes, backup_count) in [("maxBytes", "backupCount"), ("max_bytes", "backup_count")] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let registry = with_handler(
            path,
            &json!({"class": "rotating_file", "filename": "r.log", max_bytes: 10, backup_count: 2}),
        );
        log(&registry, &["12345", "12345", "12345", "12345", "12345"]);
        assert_eq!(names(path), ["r.log", "r.log.1", "r.log.2"]);
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let registry = with_handler(
        path,
        &json!({
            "class": "logging.handlers.TimedRotatingFileHandler", "filename": "t.log", "when": "S", "interval": 1,
            "backupCount": 1, "maxBytes": 8, "utc": true
        }),
    );
    log(&registry, &["12345", "12345", "12345", "12345"]);
    assert_eq!(names(path).len(), 2, "{:?}", names(path));

    let registry = with_handler(
        path,
        &json!({"class": "rotating_file", "filename": "m.log", "maxBytes": 8, "backupCount": 3, "multi_process": true}),
    );
    log(&registry, &["12345", "12345"]);
    assert!(
        names(path)
            .iter()
            .any(|name| name.contains("m.log") && name.contains("lock")),
        "{:?}",
        names(path)
    );

    // When it is due: at the next 02:30 in UTC, and every other midnight.
    let timed = |more: Value| {
        let mut handler = json!({"class": "timed_rotating_file", "filename": "d.log", "when": "midnight", "delay": true});
        handler
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"version": 1, "handlers": {"h": handler}})
    };
    for wrong in [
        json!({"atTime": "25:00"}),
        json!({"atTime": "2"}),
        json!({"interval": 0}),
        json!({"when": "X"}),
        json!({"suffix": "%d.%m.%Y"}),
        json!({"suffix": "%Y%m%d", "when": "H"}),
        json!({".": {"suffix": "%Y"}}),
    ] {
        let config = DictConfig::from_value(&timed(wrong.clone())).unwrap();
        assert!(config.check_in(&Registry::new()).is_err(), "{wrong}");
    }
    apply(
        path,
        &timed(json!({"atTime": "02:30:15", "utc": true, "interval": 2})),
    );
    // Python has the suffix as an attribute.
    for suffix in [
        json!({"suffix": "%Y%m%d"}),
        json!({".": {"suffix": "%Y%m%d"}}),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let mut document = timed(suffix);
        document["root"] = json!({"level": 1, "handlers": ["h"]});
        document["handlers"]["h"]["maxBytes"] = json!(8);
        log(&apply(path, &document), &["12345", "12345"]);
        let names = names(path);
        let [_, rotated] = &*names else {
            panic!("{names:?}");
        };
        let date = rotated.strip_prefix("d.log.").unwrap();
        assert!(date.len() == 8 && date.parse::<u32>().is_ok(), "{rotated}");
    }
}

#[test]
fn of_routers() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let make = |more: Value| {
        let mut handler = json!({"class": "router", "key": "tenant", "filename": "{value}.log"});
        handler
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({
            "version": 1,
            "formatters": {"f": {"format": "%(levelname)s %(message)s %(tenant)s", "append_key_values": false}},
            "handlers": {"h": handler},
            "root": {"level": 1, "handlers": ["h"]}
        })
    };
    let registry = apply(path, &make(json!({"formatter": "f", "level": "INFO"})));
    let logger = registry.get_logger("app");
    logtree::info!(logger, tenant = "acme"; "one");
    logtree::info!(logger, tenant = "../x"; "two");
    logtree::info!(logger, other = 1; "three");
    logtree::debug!(logger, tenant = "acme"; "hidden");
    assert_eq!(names(path), ["%2E.%2Fx.log", "acme.log", "none.log"]);
    assert_eq!(read(path, "acme.log"), "INFO one acme\n");
    assert_eq!(read(path, "%2E.%2Fx.log"), "INFO two ../x\n");
    assert_eq!(read(path, "none.log"), "INFO three -\n");

    // With its own name; files in directories, of two values one is open, and limits of length.
    let keys = json!({
        "class": "logtree.RoutingHandler", "filename": "all/{value}/{value}.log", "create_dirs": true,
        "key": "user", "missing": "nobody", "max_open": 1, "maxBytes": 20, "backupCount": 1
    });
    let registry = apply(path, &make(keys));
    let logger = registry.get_logger("app");
    for number in 0..3 {
        logtree::info!(logger, user = "a"; "{number}");
        logtree::info!(logger, "{number}");
    }
    assert_eq!(names(&path.join("all")), ["a", "nobody"]);
    assert_eq!(names(&path.join("all/a")), ["a.log", "a.log.1"]);
    assert_eq!(read(path, "all/a/a.log.1"), "0 user=a\n1 user=a\n");
    assert_eq!(read(path, "all/nobody/nobody.log"), "0\n1\n2\n");

    for (wrong, problem) in [
        (
            json!({"max_open": 0}),
            "handlers.h.max_open: expected a whole number from 1, found 0",
        ),
        (
            json!({"filename": "all.log"}),
            "handlers.h.filename: expected a path with {value}",
        ),
        (
            json!({"mode": "w"}),
            "handlers.h.mode: expected \"a\": files are closed",
        ),
        (json!({"key": 3}), "handlers.h.key: expected"),
    ] {
        let config = DictConfig::from_value(&make(wrong)).unwrap();
        let error = config.check_in(&Registry::new()).unwrap_err();
        let [found] = error.problems() else {
            panic!("{:?}", error.problems());
        };
        assert!(found.to_string().contains(problem), "{found}");
    }
}

#[cfg(feature = "gzip")]
#[test]
fn of_compression() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let registry = with_handler(
        path,
        &json!({"class": "rotating_file", "filename": "z.log", "maxBytes": 8, "backupCount": 1, "compress": true}),
    );
    log(&registry, &["12345", "12345"]);
    let start = Instant::now();
    while !names(path).contains(&"z.log.1.gz".to_owned())
        && start.elapsed() < Duration::from_secs(600)
    {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(
        names(path).contains(&"z.log.1.gz".to_owned()),
        "{:?}",
        names(path)
    );
}

//! Each key of each kind changes what happens: one that is read and then ignored would be worse
//! than an unknown one.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use logtree::Registry;
use logtree::config::DictConfig;
use logtree::handler::handler_by_name;
use serde_json::{Value, json};

use super::{factories_with, install};
use crate::support::Text;

/// Applies a document below a directory; returns its registry.
fn apply(directory: &Path, document: &Value) -> Registry {
    let registry = Registry::new();
    let config = DictConfig::from_value(document)
        .unwrap()
        .factories(factories_with(&Text::default()));
    config.directory(directory).install_in(&registry).unwrap();
    registry
}

/// A handler on the root, with the message alone.
fn with_handler(directory: &Path, handler: &Value) -> Registry {
    let document =
        json!({"version": 1, "handlers": {"h": handler}, "root": {"level": 1, "handlers": ["h"]}});
    apply(directory, &document)
}

fn log(registry: &Registry, messages: &[&str]) {
    for message in messages {
        logtree::info!(registry.get_logger("app"), "{message}");
    }
}

fn read(directory: &Path, name: &str) -> String {
    fs::read_to_string(directory.join(name)).unwrap_or_else(|error| error.to_string())
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
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
    ] {
        let config = DictConfig::from_value(&timed(wrong.clone())).unwrap();
        assert!(config.check_in(&Registry::new()).is_err(), "{wrong}");
    }
    apply(
        path,
        &timed(json!({"atTime": "02:30:15", "utc": true, "interval": 2})),
    );
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

/// Returns the lines that a handler writes to the test's stream through the handler `h`.
fn behind(handler: &Value, out: &Value, log: impl Fn(&Registry)) -> (Text, Registry) {
    let text = Text::default();
    let mut out_handler = json!({"class": "stream", "stream": "ext://test"});
    out_handler
        .as_object_mut()
        .unwrap()
        .extend(out.as_object().unwrap().clone());
    let document = json!({
        "version": 1,
        "handlers": {"h": handler, "out": out_handler},
        "root": {"level": 1, "handlers": ["h"]}
    });
    let registry = Registry::new();
    install(&document, &text, &registry).unwrap();
    log(&registry);
    (text, registry)
}

#[test]
fn of_memory_and_fallback() {
    let info = |registry: &Registry| log(registry, &["one", "two"]);
    let memory = |more: Value| {
        let mut handler = json!({"class": "memory", "capacity": 10, "target": "out"});
        handler
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        handler
    };
    let quiet = json!({});
    assert_eq!(behind(&memory(json!({})), &quiet, info).0.get(), "");
    assert_eq!(
        behind(&memory(json!({"capacity": 2})), &quiet, info)
            .0
            .get(),
        "one\ntwo\n"
    );
    assert_eq!(
        behind(&memory(json!({"flushLevel": "INFO"})), &quiet, info)
            .0
            .get(),
        "one\ntwo\n"
    );
    assert_eq!(
        behind(
            &memory(json!({"flush_level": "INFO"})),
            &json!({"level": "ERROR"}),
            info
        )
        .0
        .get(),
        "one\ntwo\n"
    );
    let respecting = memory(json!({"flush_level": "INFO", "respect_target_level": true}));
    assert_eq!(
        behind(&respecting, &json!({"level": "ERROR"}), info)
            .0
            .get(),
        ""
    );
    let close = |registry: &Registry| {
        info(registry);
        registry.root().handlers()[0].close().unwrap();
    };
    assert_eq!(
        behind(&memory(json!({})), &quiet, close).0.get(),
        "one\ntwo\n"
    );
    assert_eq!(
        behind(&memory(json!({"flushOnClose": false})), &quiet, close)
            .0
            .get(),
        ""
    );
    let no_target = json!({"class": "memory", "capacity": 1});
    assert_eq!(behind(&no_target, &quiet, info).0.get(), "");

    assert_eq!(
        behind(
            &json!({"class": "fallback", "handlers": ["out"]}),
            &quiet,
            info
        )
        .0
        .get(),
        "one\ntwo\n"
    );
    let none =
        DictConfig::from_value(&json!({"version": 1, "handlers": {"f": {"class": "fallback"}}}))
            .unwrap();
    assert!(
        none.check_in(&Registry::new())
            .unwrap_err()
            .to_string()
            .contains("at least one handler")
    );
}

#[test]
fn of_queues() {
    let queue = |more: Value| {
        let mut handler = json!({"class": "queue", "handlers": ["out"], "listener": "logging.handlers.QueueListener"});
        handler
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        handler
    };
    let info = |registry: &Registry| {
        log(registry, &["one"]);
        registry.root().handlers()[0].flush().unwrap();
    };
    let loud = json!({"level": "ERROR"});
    assert_eq!(behind(&queue(json!({})), &loud, info).0.get(), "one\n");
    assert_eq!(
        behind(&queue(json!({"respect_handler_level": true})), &loud, info)
            .0
            .get(),
        ""
    );

    // Records that do not fit are dropped as configured; the device is blocked so that they do not
    // fit.
    let slow = |more: &Value| {
        let (gate, text) = (
            std::sync::Arc::new(std::sync::Mutex::new(())),
            Text::default(),
        );
        let document = json!({
            "version": 1,
            "handlers": {"h": queue(more.clone()), "out": {"class": "test.Slow"}},
            "root": {"level": 1, "handlers": ["h"]}
        });
        let (waits, into) = (gate.clone(), text.clone());
        let factories = factories_with(&Text::default()).handler_deferred("test.Slow", move |_| {
            let (waits, into) = (waits.clone(), into.clone());
            move || {
                Ok(logtree::handler::StreamHandler::new(into).with_filter(
                    move |_: &mut logtree::Record<'_>| {
                        drop(waits.lock().unwrap());
                        true
                    },
                ))
            }
        });
        let registry = Registry::new();
        DictConfig::from_value(&document)
            .unwrap()
            .factories(factories)
            .install_in(&registry)
            .unwrap();
        let closed = gate.lock().unwrap();
        let messages: Vec<String> = (0..200).map(|n| format!("{n:0700}")).collect();
        log(
            &registry,
            &messages.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        drop(closed);
        let handler = &registry.root().handlers()[0];
        handler.flush().unwrap();
        handler.counters().dropped()
    };
    assert_eq!(slow(&json!({})), 0);
    assert!(slow(&json!({"max_records": 10, "overflow": "drop_newest"})) > 100);
    assert!(slow(&json!({"max_records": 10, "overflow": "drop_oldest"})) > 100);
    assert!(
        slow(&json!({"queue": {"()": "queue.Queue", "maxsize": 10}, "overflow": "drop_newest"}))
            > 100
    );
    assert!(slow(&json!({"bytes_per_thread": 4096, "overflow": "by_severity"})) > 100);
    assert!(slow(&json!({"max_bytes": 65536, "overflow": "drop_newest"})) > 0);
    assert!(slow(&json!({"max_records": 190, "block_at_most": "1ms"})) > 0);
    for wrong in [
        json!({"listener": "my.Listener"}),
        json!({"queue": {"()": "my.Queue"}}),
        json!({"queue": {"()": "queue.Queue", "size": 1}}),
    ] {
        let document = json!({"version": 1, "handlers": {"h": queue(wrong.clone()), "out": {"class": "null"}}});
        assert!(
            DictConfig::from_value(&document)
                .unwrap()
                .check_in(&Registry::new())
                .is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn of_streams() {
    let text = Text::default();
    let document = json!({
        "version": 1,
        "formatters": {"f": {"format": "%(levelname)s", "colors": true}},
        "handlers": {
            "plain": {"class": "stream", "stream": "ext://test", "formatter": "f", ".": {"terminator": "|"}},
            "colored": {"class": "stream", "stream": "ext://test", "formatter": "f", "color": "always"},
            "never": {"class": "stream", "stream": "ext://test", "formatter": "f", "color": "never"}
        },
        "root": {"level": 1, "handlers": ["plain", "colored", "never"]}
    });
    let registry = Registry::new();
    install(&document, &text, &registry).unwrap();
    log(&registry, &["x"]);
    assert_eq!(text.get(), "INFO|\u{1b}[32mINFO\u{1b}[0m\nINFO\n");

    for (stream, shown) in [
        ("stderr", "<stderr>"),
        ("ext://sys.stderr", "<stderr>"),
        ("stdout", "<stdout>"),
        ("ext://sys.stdout", "<stdout>"),
    ] {
        let registry = with_handler(
            Path::new("."),
            &json!({"class": "stream", "stream": stream}),
        );
        assert!(format!("{:?}", registry.root().handlers()[0]).contains(shown));
    }
    let (registry, stderr) = crate::support::registry_with_stderr();
    let config = DictConfig::from_json(
        r#"{"version": 1, "handlers": {"h": {"class": "stream"}}, "root": {"handlers": ["h"]}}"#,
    );
    config.unwrap().install_in(&registry).unwrap();
    logtree::warn!(registry.get_logger("a"), "to the registry's own");
    assert_eq!(stderr.get(), "to the registry's own\n");
}

/// What a formatter writes for one record.
fn formatted(formatter: &Value) -> String {
    let text = Text::default();
    let document = json!({
        "version": 1,
        "formatters": {"f": formatter},
        "handlers": {"h": {"class": "stream", "stream": "ext://test", "formatter": "f"}},
        "root": {"handlers": ["h"]}
    });
    let registry = Registry::new();
    install(&document, &text, &registry).unwrap();
    let record = registry.record_builder();
    let record = record
        .name("app")
        .level(logtree::Level::INFO)
        .message("a\nb")
        .time(logtree::time::Timestamp::from_nanos(
            1_709_210_096_789_000_000,
        ));
    registry.root().handlers()[0].handle(&record.key_value("k", 1).build());
    text.get()
}

#[test]
fn of_text_formatters() {
    let exact = |more: Value| {
        let mut formatter = json!({"append_key_values": false});
        formatter
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        formatted(&formatter)
    };
    assert_eq!(exact(json!({"format": "%(name)s"})), "app\n");
    assert_eq!(exact(json!({"fmt": "%(name)s"})), "app\n");
    assert_eq!(
        exact(json!({"()": "logging.Formatter", "fmt": "%(name)s"})),
        "app\n"
    );
    assert_eq!(
        exact(json!({"class": "text", "format": "{name}", "style": "{"})),
        "app\n"
    );
    assert_eq!(
        exact(json!({"format": "%(asctime)s", "datefmt": "%Y", "time_zone": "utc"})),
        "2024\n"
    );
    assert_eq!(
        exact(json!({"format": "%(asctime)s", "time_zone": "utc"})),
        "2024-02-29 12:34:56,789\n"
    );
    let attributes = json!({"converter": "ext://time.gmtime", "default_time_format": "%H:%M:%S", "default_msec_format": "%s.%03d"});
    assert_eq!(
        exact(json!({"format": "%(asctime)s", ".": attributes})),
        "12:34:56.789\n"
    );
    assert_eq!(
        exact(json!({"format": "plain", "validate": false})),
        "plain\n"
    );
    assert_eq!(
        exact(json!({"format": "%(req)s%(n)d", "defaults": {"req": "-", "n": 5}})),
        "-5\n"
    );
    assert_eq!(exact(json!({"format": "%(message)s"})), "a\n    b\n");
    assert_eq!(
        exact(json!({"format": "%(message)s", "multiline": "escape"})),
        "a\\nb\n"
    );
    assert_eq!(
        exact(json!({"format": "%(message)s", "multiline": "raw"})),
        "a\nb\n"
    );
    assert_eq!(formatted(&json!({"format": "%(name)s"})), "app k=1\n");
    assert_eq!(
        exact(json!({"format": "%(message)s", "sd_daemon": true})),
        "<6>a\n<6>    b\n"
    );
    assert_eq!(
        exact(json!({"format": "%(name)s", "sd_daemon": false})),
        "app\n"
    );
    let json = formatted(&json!({"class": "json", "sd_daemon": true}));
    assert!(json.starts_with("<6>{"), "{json}");
}

#[test]
fn of_json_formatters() {
    let parsed = |more: Value| {
        let mut formatter = json!({"class": "json"});
        formatter
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        serde_json::from_str::<Value>(&formatted(&formatter)).unwrap()
    };
    let plain = parsed(json!({}));
    for (key, adds) in [
        ("source", "line"),
        ("thread", "thread"),
        ("process", "process"),
    ] {
        let (on, off) = (parsed(json!({key: true})), parsed(json!({key: false})));
        assert_ne!(on, off, "{key} {adds}");
        assert!(plain == on || plain == off);
    }
    let times = [
        "millis",
        "nanos",
        "local_millis",
        "epoch_millis",
        "epoch_nanos",
        "omitted",
    ]
    .map(|time| parsed(json!({"time": time})).to_string());
    let distinct: std::collections::BTreeSet<_> = times.iter().collect();
    // In UTC, `millis` and `local_millis` can only differ in their offsets.
    assert!(distinct.len() >= 5, "{times:#?}");
}

#[test]
fn of_iot_json_formatters() {
    let written = formatted(&json!({"class": "iot_json", "account": "123456789012"}));
    let entry: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(
        (&entry["accountId"], &entry["eventType"]),
        (&json!("123456789012"), &json!("app"))
    );
}

#[test]
fn of_filters_loggers_and_handlers() {
    let text = Text::default();
    let document = json!({
        "version": 1,
        "filters": {
            "name": {"name": "app"},
            "class": {"()": "logging.Filter", "name": "app"},
            "low": {"class": "level_range", "max": "INFO"},
            "high": {"class": "level_range", "min": 30}
        },
        "handlers": {
            "by_name": {"class": "stream", "stream": "ext://test", "filters": ["name", "class"], ".": {"terminator": "n "}},
            "low": {"class": "stream", "stream": "ext://test", "filters": ["low"], ".": {"terminator": "l "}},
            "high": {"class": "stream", "stream": "ext://test", "filters": ["high"], ".": {"terminator": "h "}},
            "level": {"class": "stream", "stream": "ext://test", "level": "ERROR", ".": {"terminator": "e "}}
        },
        "loggers": {"cut": {"propagate": false}, "filtered": {"filters": ["name"]}, "loud": {"level": "OFF"}},
        "root": {"level": "INFO", "handlers": ["by_name", "low", "high", "level"]}
    });
    let registry = Registry::new();
    install(&document, &text, &registry).unwrap();
    logtree::info!(registry.get_logger("app"), "1");
    logtree::warn!(registry.get_logger("other"), "2");
    logtree::error!(registry.get_logger("app.x"), "3");
    logtree::critical!(registry.get_logger("cut"), "4");
    logtree::critical!(registry.get_logger("filtered"), "5");
    logtree::critical!(registry.get_logger("loud"), "6");
    assert_eq!(text.get(), "1n 1l 2h 3n 3h 3e ");
    assert!(handler_by_name("by_name").is_some());
}

#[test]
fn of_redaction() {
    const TEXT: &str =
        "password=a1 x-tenant=b2 page_token=c3 ann@example.com ghp_abcdefghij0123456789";
    let redacted = |filter: Value| {
        let text = Text::default();
        let document = json!({
            "version": 1,
            "filters": {"r": filter},
            "handlers": {"h": {"class": "stream", "stream": "ext://test", "filters": ["r"]}},
            "root": {"handlers": ["h"]}
        });
        let registry = Registry::new();
        install(&document, &text, &registry).unwrap();
        logtree::warn!(registry.get_logger("a"), "{TEXT} my_token=d4");
        text.get()
    };
    let rest = "ann@example.com ghp_abcdefghij0123456789 my_token=";
    let token = "ghp_abcdefghij0123456789";
    assert_eq!(
        redacted(json!({"class": "redact"})),
        format!("password=*** x-tenant=b2 page_token=c3 {rest}***\n").replace(token, "***")
    );
    assert!(redacted(json!({"class": "redact", "names": ["x-tenant"]})).contains("x-tenant=***"));
    assert!(redacted(json!({"class": "redact", "except": ["my_token"]})).contains("my_token=d4"));
    assert!(redacted(json!({"class": "redact", "personal_data": true})).contains("*** *** my"));
    assert!(
        redacted(json!({"class": "redact", "vendor_tokens": false}))
            .contains("ann@example.com ghp_abc")
    );
}

#[test]
fn disable_existing_loggers_is_what_it_says() {
    for (said, in_code, off) in [
        (None, None, false),
        (Some(true), None, true),
        (Some(false), None, false),
        (Some(true), Some(false), false),
        (None, Some(true), true),
    ] {
        let registry = Registry::new();
        let (old, child) = (
            registry.get_logger("old"),
            registry.get_logger("named.child"),
        );
        child.set_level(logtree::Level::DEBUG);
        let mut document = json!({"version": 1, "loggers": {"named": {"level": "INFO"}}});
        if let Some(said) = said {
            document["disable_existing_loggers"] = said.into();
        }
        let mut config = DictConfig::from_value(&document).unwrap();
        if let Some(in_code) = in_code {
            config = config.disable_existing_loggers(in_code);
        }
        config.install_in(&registry).unwrap();
        assert_eq!(old.is_disabled(), off, "{said:?} {in_code:?}");
        // Below a named logger it is as if new.
        assert_eq!(
            (child.is_disabled(), child.level()),
            (false, logtree::Level::NOTSET)
        );
    }
}

/// The arguments of all handlers that send to a receiver, and those of the journal.
#[test]
#[cfg(all(feature = "journald", target_os = "linux"))]
fn of_delivery_and_journald() {
    use std::os::unix::net::UnixDatagram;

    let directory = tempfile::tempdir().unwrap();
    let receiver = |name: &str| UnixDatagram::bind(directory.path().join(name)).unwrap();
    let received = |socket: &UnixDatagram| {
        let mut bytes = [0; 4096];
        let length = socket.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    let journald = |socket: &str, more: Value| {
        let mut handler = json!({"class": "journald", "socket": directory.path().join(socket)});
        let more = more.as_object().unwrap().clone();
        handler.as_object_mut().unwrap().extend(more);
        handler
    };
    let own = receiver("own");
    for (key, name) in [("identifier", "a"), ("SYSLOG_IDENTIFIER", "b")] {
        let registry = with_handler(directory.path(), &journald("own", json!({key: name})));
        log(&registry, &["x"]);
        assert!(received(&own).contains(&format!("SYSLOG_IDENTIFIER={name}\n")));
    }

    // Nothing is at this address: what each limit costs is seen by the counters.
    let dropped = |more: Value| {
        let mut more = more;
        more["close_within"] = json!(0);
        let registry = with_handler(directory.path(), &journald("none", more));
        let handler = registry.root().handlers().remove(0);
        handler.set_error_hook(|_| {});
        for _ in 0..50 {
            log(&registry, &["a message"]);
        }
        handler.counters().dropped()
    };
    assert_eq!(dropped(json!({})), 0);
    // One batch may be on its way.
    assert!(dropped(json!({"max_records": 2, "batch_records": 1})) >= 47);
    assert!(dropped(json!({"max_bytes": 400, "batch_records": 1})) > 0);
    let spool = json!({"directory": "spool", "max_bytes": 1_000_000, "sync_each": true});
    assert_eq!(dropped(json!({"max_records": 2, "spool": spool})), 0);
    let newest = json!({"max_records": 2, "batch_records": 1, "overflow": "drop_newest"});
    assert!(dropped(newest) >= 47);
    let waiting =
        json!({"max_records": 2, "batch_records": 1, "overflow": "block", "block_at_most": 0});
    assert!(dropped(waiting) >= 47);
    // A record waits for others, unless it is asked for.
    let lingering = journald("own", json!({"linger": 3600, "dead_letters": "out"}));
    let document = json!({
        "version": 1,
        "handlers": {"h": lingering, "out": {"class": "null"}},
        "root": {"level": 1, "handlers": ["h"]},
    });
    let registry = apply(directory.path(), &document);
    log(&registry, &["later"]);
    own.set_nonblocking(true).unwrap();
    assert!(own.recv(&mut [0; 10]).is_err());
    registry.root().handlers()[0].flush().unwrap();
    assert!(received(&own).starts_with("MESSAGE=later\n"));
}

/// The arguments of syslog, as Python has them and beyond.
#[test]
#[cfg(feature = "syslog")]
fn of_syslog() {
    use std::io::Read;
    use std::net::{TcpListener, UdpSocket};

    let directory = tempfile::tempdir().unwrap();
    let long = Some(Duration::from_secs(60));
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    receiver.set_read_timeout(long).unwrap();
    let port = receiver.local_addr().unwrap().port();
    let sent = |class: &str, more: Value| {
        let mut handler = json!({"class": class, "address": ["127.0.0.1", port]});
        let more = more.as_object().unwrap().clone();
        handler.as_object_mut().unwrap().extend(more);
        let registry = with_handler(directory.path(), &handler);
        logtree::info!(registry.get_logger("shop.cart"), key = 1; "x");
        let mut bytes = [0; 10_000];
        let length = receiver.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    let python = |more: Value| sent("logging.handlers.SysLogHandler", more);
    assert_eq!(python(json!({})), "<14>x\0");
    for facility in [
        json!("daemon"),
        json!(3),
        json!("ext://logging.handlers.SysLogHandler.LOG_DAEMON"),
    ] {
        assert_eq!(python(json!({"facility": facility})), "<30>x\0");
    }
    assert_eq!(
        python(json!({"ident": "a: ", "append_nul": false})),
        "<14>a: x"
    );
    let attributes = json!({".": {"ident": "a: ", "append_nul": false}});
    assert_eq!(python(attributes), "<14>a: x");
    assert_eq!(python(json!({"framing": "none"})), "<14>x");
    assert!(python(json!({"form": "rfc5424"})).starts_with("<14>1 "));
    assert!(python(json!({"socktype": "ext://socket.SOCK_DGRAM"})).starts_with("<14>"));

    let own = |more: Value| sent("syslog", more);
    let data = "[logtree@32473 logger=\"shop.cart\"";
    let message = own(json!({"host": "h", "app_name": "app"}));
    assert!(message.contains(" h app "), "{message}");
    assert!(
        message.contains(data) && message.ends_with("[meta sequenceId=\"1\"] x"),
        "{message}"
    );
    let other = own(json!({"enterprise": 1, "bom": true, "sequence_id": false}));
    assert!(
        other.contains("[logtree@1 ") && other.ends_with("\"] \u{feff}x"),
        "{other}"
    );
    assert!(own(json!({"append_nul": true})).ends_with("] x\0"));
    let limited = json!({"class": "syslog", "address": format!("udp:127.0.0.1:{port}"),
        "max_message_bytes": 1_024});
    log(
        &with_handler(directory.path(), &limited),
        &[&"x".repeat(2_000)],
    );
    let mut bytes = [0; 10_000];
    let length = receiver.recv(&mut bytes).unwrap();
    assert!((1_000..=1_024).contains(&length), "{length}");

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for handler in [
        json!({"address": ["127.0.0.1", address.port()], "socktype": "ext://socket.SOCK_STREAM"}),
        json!({"address": ["127.0.0.1", address.port()], "socktype": 1, "resend_bytes": 0}),
        json!({"address": format!("tcp:{address}")}),
    ] {
        let mut handler = handler;
        handler["class"] = json!("logging.handlers.SysLogHandler");
        let registry = with_handler(directory.path(), &handler);
        log(&registry, &["x"]);
        let (mut peer, _) = listener.accept().unwrap();
        peer.set_read_timeout(long).unwrap();
        let mut bytes = [0; 6];
        peer.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"<14>x\0");
    }
}

#[test]
#[cfg(feature = "syslog")]
fn wrong_arguments_of_syslog_are_found() {
    for (key, value, expected) in [
        ("address", json!(514), "an address"),
        ("address", json!(["localhost"]), "an address"),
        ("address", json!(["localhost", 0]), "an address"),
        ("facility", json!("deamon"), "did you mean \"daemon\"?"),
        ("facility", json!(24), "from 0 to 23"),
        ("socktype", json!("tcp"), "\"stream\", \"datagram\""),
        ("form", json!("5424"), "rfc5424"),
        ("framing", json!("lf"), "octet_counting"),
    ] {
        let handler = json!({"class": "syslog", key: value});
        let document = json!({"version": 1, "handlers": {"h": handler}});
        let config = DictConfig::from_value(&document).unwrap();
        let error = config.check_in(&Registry::new()).unwrap_err();
        let text = format!("{error:?}");
        assert!(text.contains(expected), "{text}");
    }
}

/// CloudWatch Logs, in both spellings of its keys, by a client that notes its calls.
#[test]
#[cfg(feature = "cloudwatch")]
fn of_cloudwatch() {
    use logtree::config::Factories;
    use logtree::delivery::{LogEvent, LogGroup, PutLogEvents, RejectedLogEvents, ServiceError};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Noted(Arc<Mutex<Vec<String>>>);

    impl Noted {
        fn note(&self, call: String) {
            self.0.lock().unwrap().push(call);
        }
    }

    impl PutLogEvents for Noted {
        fn put_log_events(
            &self,
            group: &str,
            stream: &str,
            events: &[LogEvent<'_>],
        ) -> Result<RejectedLogEvents, ServiceError> {
            let was_called = self
                .0
                .lock()
                .unwrap()
                .iter()
                .any(|call| call.starts_with("put"));
            let length = events[0].message.len();
            self.note(format!("put {group} {stream} {} {length}", events.len()));
            if was_called {
                return Ok(RejectedLogEvents::default());
            }
            Err(ServiceError::new("ResourceNotFoundException", "missing"))
        }
        fn create_log_group(&self, group: &LogGroup) -> Result<(), ServiceError> {
            self.note(format!("group {group:?}"));
            Ok(())
        }
        fn create_log_stream(&self, _: &str, _: &str) -> Result<(), ServiceError> {
            let has_group = self
                .0
                .lock()
                .unwrap()
                .iter()
                .any(|call| call.starts_with("group"));
            match has_group {
                true => Ok(()),
                false => Err(ServiceError::new("ResourceNotFoundException", "missing")),
            }
        }
        fn put_retention_policy(&self, _: &str, days: u32) -> Result<(), ServiceError> {
            self.note(format!("retention {days}"));
            Ok(())
        }
    }

    let with = |handler: Value, text: &str| {
        let noted = Noted::default();
        let client = noted.clone();
        let factories = Factories::new().cloudwatch(move |arguments| {
            let region: String = arguments.required("region");
            let client = client.clone();
            move || {
                client.note(region);
                Ok(client)
            }
        });
        let document = json!({
            "version": 1,
            "handlers": {"h": handler},
            "root": {"level": 1, "handlers": ["h"]},
        });
        let registry = Registry::new();
        let config = DictConfig::from_value(&document)
            .unwrap()
            .factories(factories);
        let applied = config
            .install_in(&registry)
            .map_err(|error| error.to_string());
        if let Err(error) = applied {
            return vec![error];
        }
        log(&registry, &[text]);
        let _ = registry.root().handlers()[0].flush();
        noted.0.lock().unwrap().clone()
    };
    let ours = json!({
        "class": "cloudwatch", "region": "eu", "group": "g", "stream": "s", "create": true,
        "retention_days": 7, "tags": {"a": "b"}, "log_group_class": "INFREQUENT_ACCESS",
        "oversize": "truncate", "linger": 3600, "pass_embedded_metrics": true,
    });
    let theirs = json!({
        "class": "watchtower.CloudWatchLogHandler", "region": "eu", "log_group_name": "g",
        "log_stream_name": "s", "create_log_group": true, "log_group_retention_days": 7,
        "log_group_tags": {"a": "b"}, "log_group_class": "INFREQUENT_ACCESS",
        "oversize": "truncate", "send_interval": 3600, "pass_embedded_metrics": true,
    });
    let metrics = r#"{"_aws": {}}"#;
    for handler in [ours, theirs] {
        let group =
            r#"group LogGroup { name: "g", class: Some(InfrequentAccess), tags: [("a", "b")] }"#;
        let expected = ["eu", "put g s 1 12", group, "retention 7", "put g s 1 12"];
        assert_eq!(with(handler.clone(), metrics), expected);
        let calls = with(handler, &"x".repeat(2_000_000));
        assert_eq!(calls.last().unwrap(), "put g s 1 1048549");
    }
    let split = json!({"class": "cloudwatch", "region": "eu", "group": "g", "stream": "s"});
    assert_eq!(with(split, &"x".repeat(2_000_000)).len(), 5);
    let never = json!({"class": "cloudwatch", "region": "eu", "group": "g", "create": false});
    let calls = with(never, "x");
    assert!(
        calls.iter().all(|call| !call.starts_with("group")),
        "{calls:?}"
    );
    let without = json!({"class": "cloudwatch", "region": "eu"});
    assert!(with(without, "x")[0].contains("expected the key \"group\", which is missing"));
}

/// The section means the same for each handler that can speak TLS.
#[test]
#[cfg(all(
    feature = "gelf",
    feature = "http-handler",
    feature = "otlp",
    feature = "smtp",
    feature = "syslog",
    feature = "tls"
))]
fn of_tls() {
    let directory = tempfile::tempdir().unwrap();
    let handlers = [
        json!({"class": "syslog", "address": "tls:localhost"}),
        json!({"class": "gelf", "address": "tls:localhost"}),
        json!({"class": "smtp", "mailhost": "tls:localhost", "fromaddr": "a@b.c", "toaddrs": "a@b.c"}),
        json!({"class": "smtp", "mailhost": "localhost", "fromaddr": "a@b.c", "toaddrs": "a@b.c", "secure": []}),
        json!({"class": "http", "url": "https://localhost"}),
        json!({"class": "gelf", "address": "https://localhost"}),
        json!({"class": "otlp", "endpoint": "https://localhost", "environment": false}),
    ];
    for mut handler in handlers {
        for (tls, expected) in [
            (json!({"ca_files": ["missing.pem"]}), "missing.pem"),
            (json!({"only_ca_files": true}), "no certificates"),
            (json!({"server_name": "not a name"}), "not a name"),
            (json!({"certificate": "c.pem", "key": "k.pem"}), "k.pem"),
            (json!({"certificate": "c.pem"}), "expected the key"),
            (json!({"key": "k.pem"}), "expected the certificate"),
            (json!({"other": 1}), "other"),
        ] {
            handler["tls"] = tls;
            let document = json!({"version": 1, "handlers": {"h": &handler}});
            let config = DictConfig::from_value(&document).unwrap();
            let error = config
                .directory(directory.path())
                .install_in(&Registry::new());
            let text = format!("{:?}", error.unwrap_err());
            assert!(text.contains(expected), "{handler}: {text}");
        }
    }
}

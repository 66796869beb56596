//! Keys of streams, memory and queues.

use std::path::Path;

use logtree::Registry;
use logtree::config::DictConfig;
use serde_json::{Value, json};

use crate::config::keys::{log, with_handler};
use crate::config::{factories_with, install};
use crate::support::Text;

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

//! Keys of formatters.

use logtree::Registry;
use serde_json::{Value, json};

use crate::config::install;
use crate::support::Text;

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
fn of_logfmt_formatters() {
    let line = |more: Value| {
        let mut formatter = json!({"class": "logfmt"});
        let more = more.as_object().unwrap().clone();
        formatter.as_object_mut().unwrap().extend(more);
        formatted(&formatter)
    };
    let rest = "level=info logger=app msg=\"a\\nb\"";
    assert_eq!(
        line(json!({})),
        format!("time=2024-02-29T12:34:56.789Z {rest} k=1\n")
    );
    let omitted = json!({"time": "omitted", "source": true, "sd_daemon": true});
    assert_eq!(line(omitted), format!("<6>{rest} caller=:0 k=1\n"));
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

//! The objects that Google Cloud's agents read.

use std::collections::BTreeSet;
use std::thread;

use logtree::formatter::JsonFormatter;
use logtree::record::OwnedValue;
use logtree::{Level, Record};
use serde_json::{Value, json};

use super::{object, record};

fn gcp(record: &Record<'_>) -> Value {
    object(&JsonFormatter::gcp("shop"), record).1
}

/// The table "Special fields in structured payloads" of Cloud Logging, with what it asks for.
#[test]
fn special_fields_have_the_forms_of_the_table() {
    let request = OwnedValue::Map(vec![
        ("requestMethod".into(), "GET".into()),
        ("status".into(), 200.into()),
    ]);
    let record = record(Level::INFO, "served")
        .key_value("trace_id", "4bf92f35")
        .key_value("span_id", "00f067aa")
        .key_value("trace_sampled", true)
        .key_value("timestamp", "2001-01-01T00:00:00Z")
        .key_value("httpRequest", request)
        .key_value("size", 3);
    let mut object = gcp(&record.build());
    let id = object
        .as_object_mut()
        .unwrap()
        .remove("logging.googleapis.com/insertId");
    assert!(id.unwrap().as_str().unwrap().len() < 64);
    assert_eq!(
        object,
        json!({
            "severity": "INFO",
            "time": "2024-02-29T12:34:56.789012345Z",
            "message": "served",
            // The line is text there.
            "logging.googleapis.com/sourceLocation":
                {"file": "src/s3.rs", "line": "41", "function": "put"},
            "logging.googleapis.com/trace": "projects/shop/traces/4bf92f35",
            "logging.googleapis.com/spanId": "00f067aa",
            "logging.googleapis.com/trace_sampled": true,
            "logging.googleapis.com/labels": {"logger": "botocore.client", "thread": "worker"},
            "httpRequest": {"requestMethod": "GET", "status": 200},
            // Not taken for the time.
            "timestamp_": "2001-01-01T00:00:00Z",
            "size": 3,
        })
    );
}

#[test]
fn severities_are_the_services() {
    for (level, severity) in [
        (0, "DEBUG"),
        (5, "DEBUG"),
        (10, "DEBUG"),
        (19, "DEBUG"),
        (20, "INFO"),
        (25, "NOTICE"),
        (30, "WARNING"),
        (40, "ERROR"),
        (49, "ERROR"),
        (50, "CRITICAL"),
        (900, "CRITICAL"),
    ] {
        let object = gcp(&record(Level::new(level), "m").build());
        assert_eq!(object["severity"], severity, "{level}");
    }
}

#[test]
fn errors_are_reported_with_their_service() {
    const TYPE: &str =
        "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent";
    let formatter = JsonFormatter::builder()
        .gcp("p")
        .service("shop")
        .service_version("1.2")
        .build();
    let report = |record: Record<'_>| {
        let (_, object) = object(&formatter, &record);
        ["@type", "serviceContext", "exception", "stack_trace"].map(|name| object[name].clone())
    };
    let context = json!({"service": "shop", "version": "1.2"});
    let none = Value::Null;
    let plain = record(Level::ERROR, "m").build();
    assert_eq!(
        report(plain),
        [json!(TYPE), context.clone(), none.clone(), none.clone()]
    );
    let error = record(Level::ERROR, "m").error_text("E").build();
    assert_eq!(
        report(error),
        [json!(TYPE), context.clone(), json!("E"), none.clone()]
    );
    let stack = record(Level::CRITICAL, "m")
        .error_text("E")
        .stack("0: main")
        .build();
    assert_eq!(
        report(stack),
        [json!(TYPE), context, none.clone(), json!("E\n0: main")]
    );
    let warning = record(Level::WARNING, "m").error_text("E").build();
    assert_eq!(
        report(warning),
        [none.clone(), none.clone(), json!("E"), none.clone()]
    );
    let object = gcp(&record(Level::ERROR, "m").build());
    assert_eq!(
        (&object["@type"], &object["serviceContext"]),
        (&json!(TYPE), &none)
    );
}

#[test]
fn an_entry_has_at_most_256_kib() {
    for unit in ["a", "é", "🦀", "\"", "\n", "\u{1b}", "a\u{202e}"] {
        for bytes in [1_000, 249_000, 251_000, 1 << 20] {
            let message = unit.repeat(bytes / unit.len());
            let record = record(Level::INFO, &message)
                .key_value("size", bytes)
                .build();
            let (text, object) = object(&JsonFormatter::gcp("p"), &record);
            assert!(text.len() <= 256 * 1024, "{unit:?} {bytes}: {}", text.len());
            let shown = object["message"].as_str().unwrap();
            let cut = &object["logging.googleapis.com/labels"]["message_bytes_cut"];
            let cut: usize = cut.as_str().map_or(0, |cut| cut.parse().unwrap());
            assert_eq!(shown.len() + cut, message.len(), "{unit:?} {bytes}");
            assert!(message.starts_with(shown));
            // No more than has to be, by the longest escape.
            assert!(
                cut == 0 || text.len() > 249_000 - 6 * cut.min(100) || unit != "a",
                "{cut}"
            );
        }
    }
}

#[test]
fn ids_are_the_records_own() {
    let ids = || {
        let record = record(Level::INFO, "m").build();
        let id = |_| gcp(&record)["logging.googleapis.com/insertId"].to_string();
        (0..100).map(id).collect::<Vec<_>>()
    };
    let threads: Vec<_> = (0..8).map(|_| thread::spawn(ids)).collect();
    let ids = threads
        .into_iter()
        .flat_map(|thread| thread.join().unwrap());
    assert_eq!(ids.collect::<BTreeSet<_>>().len(), 800);
}

//! The objects of ECS loggers.

use logtree::Level;
use logtree::formatter::JsonFormatter;
use serde_json::{Value, json};

use super::{object, record};

/// What `spec.json` of elastic/ecs-logging has of each field: its type, whether it is required, its
/// place, and whether it may be nested.
const SPECIFICATION: &[(&str, &str, bool, Option<usize>)] = &[
    ("@timestamp", "datetime", true, Some(0)),
    ("log.level", "string", true, Some(1)),
    ("message", "string", true, Some(2)),
    ("ecs.version", "string", true, None),
    ("trace.id", "string", false, None),
    ("transaction.id", "string", false, None),
    ("service.name", "string", false, None),
    ("event.dataset", "string", false, None),
];

/// Whether a text is `2024-02-29T12:34:56.789Z`.
fn is_time(value: &Value) -> bool {
    let shape = "0000-00-00T00:00:00.000Z";
    let text = value.as_str().unwrap_or_default();
    let is_alike = |(found, shape): (u8, u8)| match shape {
        b'0' => found.is_ascii_digit(),
        _ => found == shape,
    };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(is_alike)
}

fn check(text: &str, object: &Value) {
    for (name, kind, required, index) in SPECIFICATION {
        let Some(value) = object.get(name) else {
            assert!(!required, "{name}: {text}");
            continue;
        };
        match *kind {
            "datetime" => assert!(is_time(value), "{name}: {text}"),
            _ => assert!(value.is_string(), "{name}: {text}"),
        }
        if let Some(index) = index {
            let before = &text[..text.find(&format!("\"{name}\":")).unwrap()];
            assert_eq!(before.matches("\":").count(), *index, "{name}: {text}");
        }
    }
    for (name, value) in object.as_object().unwrap() {
        if let Some(label) = name.strip_prefix("labels.") {
            assert!(!label.contains(['.', '*', '\\']), "{label}");
            assert!(value.is_string() || value.is_null(), "{name}: {value}");
        }
        // Not nested.
        assert!(!value.is_object(), "{name}: {value}");
    }
}

#[test]
fn objects_of_ecs_are_as_specified() {
    let plain = JsonFormatter::ecs();
    let service = JsonFormatter::builder()
        .ecs()
        .service("shop")
        .service_version("1.2");
    let service = service.constant("service.environment", "prod").build();
    let records = [
        record(Level::INFO, ""),
        record(Level::CRITICAL, "m")
            .error_text("E\ncaused by: F")
            .stack("0: main"),
        record(Level::new(15), "m")
            .key_value("trace_id", "4bf9")
            .key_value("transaction_id", 7),
        record(Level::INFO, "m")
            .key_value("n", 1)
            .key_value("b", true)
            .key_value("f", 0.5),
        record(Level::INFO, "m")
            .key_value("a*b\\c", "x")
            .key_value("none", None::<i32>),
    ];
    for record in records.map(|record| record.build()) {
        for formatter in [&plain, &service] {
            let (text, object) = object(formatter, &record);
            assert!(text.starts_with("{\"@timestamp\":\"2024-"), "{text}");
            check(&text, &object);
        }
    }
}

#[test]
fn ecs_has_the_fields_of_record_and_service() {
    let formatter = JsonFormatter::builder()
        .ecs()
        .service("shop")
        .service_version("1.2");
    let record = record(Level::ERROR, "put object")
        .key_value("trace_id", "4bf9")
        .key_value("span_id", 8)
        .key_value("http.response.status_code", 503)
        .key_value("user", "ann")
        .key_value("size", 3)
        .error_text("E")
        .stack("0: main");
    let (_, object) = object(&formatter.build(), &record.build());
    assert_eq!(
        object,
        json!({
            "@timestamp": "2024-02-29T12:34:56.789Z",
            "log.level": "ERROR",
            "message": "put object",
            "ecs.version": "8.11.0",
            "log.logger": "botocore.client",
            "log.origin.file.name": "src/s3.rs",
            "log.origin.file.line": 41,
            "log.origin.function": "put",
            "process.pid": 99,
            "process.thread.id": 7,
            "process.thread.name": "worker",
            "trace.id": "4bf9",
            "span.id": "8",
            "service.name": "shop",
            "service.version": "1.2",
            "event.dataset": "shop.log",
            "http.response.status_code": 503,
            "labels.user": "ann",
            "labels.size": "3",
            "error.message": "E",
            "error.stack_trace": "0: main",
        })
    );
}

#[test]
fn the_dataset_may_be_chosen() {
    let formatter = JsonFormatter::builder().ecs().constant("service.name", "a");
    let record = record(Level::INFO, "m").build();
    let dataset = |formatter: JsonFormatter| object(&formatter, &record).1["event.dataset"].clone();
    assert_eq!(dataset(formatter.clone().build()), "a.log");
    let chosen = formatter.constant("event.dataset", "a.audit").build();
    assert_eq!(dataset(chosen), "a.audit");
    assert_eq!(dataset(JsonFormatter::ecs()), Value::Null);
}

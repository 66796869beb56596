//! JSON with chosen members, and as other systems read it.

mod ecs;
mod gcp;
mod macro_values;
mod members;
mod others;
#[cfg(all(feature = "kv-sval", feature = "serde"))]
mod structured;

use logtree::formatter::{Format, JsonFormatter, Line};
use logtree::handler::StreamHandler;
use logtree::record::{OwnedValue, RecordBuilder, Source};
use logtree::time::Timestamp;
use logtree::{Level, Record};
use serde_json::Value;

/// The object of a record, as text and parsed.
fn object(formatter: &JsonFormatter, record: &Record<'_>) -> (String, Value) {
    let mut line = Line::new();
    formatter.format(record, &mut line).unwrap();
    let text = line.as_str().to_owned();
    assert!(!text.contains(char::is_control), "{text:?}");
    let value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    (text, value)
}

fn record<'a>(level: Level, message: &'a str) -> RecordBuilder<'a> {
    let source = Source::default().with_file("src/s3.rs").with_line(41);
    let record = Record::builder()
        .name("botocore.client")
        .level(level)
        .message(message);
    let record = record
        .source(source.with_function("put"))
        .thread(7, "worker");
    let record = record.process(99, "MainProcess");
    record.time(Timestamp::from_nanos(1_709_210_096_789_012_345))
}

fn all() -> Vec<(&'static str, JsonFormatter)> {
    let fields = [
        "asctime",
        "levelname",
        "message",
        "exc_info",
        "level",
        "taskName",
    ];
    vec![
        ("plain", JsonFormatter::new()),
        (
            "renamed",
            JsonFormatter::builder().name("message", "msg").build(),
        ),
        (
            "chosen",
            JsonFormatter::builder()
                .members(["level", "user", "message"])
                .build(),
        ),
        ("python", JsonFormatter::builder().python(fields).build()),
        ("ecs", JsonFormatter::ecs()),
        (
            "own ecs",
            JsonFormatter::builder()
                .ecs()
                .ecs_custom_prefix("own")
                .build(),
        ),
        ("gcp", JsonFormatter::gcp("p")),
        ("pino", JsonFormatter::pino()),
        ("bunyan", JsonFormatter::bunyan()),
        ("logstash", JsonFormatter::logstash()),
        ("datadog", JsonFormatter::datadog()),
    ]
}

/// Names of members as keys, keys that look alike once written, and keys twice.
#[test]
fn no_preset_loses_a_value_or_writes_a_name_twice() {
    const OWN: &[&str] = &[
        "time",
        "level",
        "logger",
        "message",
        "error",
        "stack",
        "msg",
        "pid",
        "name",
        "v",
        "hostname",
        "err",
        "severity",
        "timestamp",
        "@timestamp",
        "log.level",
        "labels",
        "labels.a",
        "trace_id",
        "trace.id",
        "span_id",
        "span.id",
        "dd.trace_id",
        "trace_sampled",
        "exc_info",
        "user",
        "status",
        "taskName",
        "stack_trace",
        "@version",
        "httpRequest",
        "",
        "a",
        "a*b",
        "a\\b",
        "a_b",
        "a.b",
    ];
    for (name, formatter) in all() {
        // All, each of them, and each twice.
        for keys in [
            OWN.to_vec(),
            OWN.iter().flat_map(|key| [*key, *key]).collect(),
        ] {
            let pairs: Vec<_> = keys.iter().zip(1000..).collect();
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(key, value)| (**key, log::kv::Value::from(*value)))
                .collect();
            let registry = logtree::Registry::new();
            let text = crate::support::Text::default();
            registry
                .root()
                .add_handler(StreamHandler::new(text.clone()).with_formatter(formatter.clone()));
            let record = log::Record::builder()
                .level(log::Level::Error)
                .key_values(&pairs)
                .build();
            log::Log::log(&registry, &record);
            let line = text.get();
            let members: Value = serde_json::from_str(&line).unwrap();
            let shown = members.to_string();
            for (value, (key, _)) in (1000..).zip(&pairs) {
                assert!(
                    shown.contains(&value.to_string()),
                    "{name}: {key:?}: {shown}"
                );
            }
            let members = members.as_object().unwrap().len();
            assert_eq!(
                line.matches("\":").count(),
                members + inner(name),
                "{name}: {line}"
            );
        }
    }
}

/// How many names are inside of members.
fn inner(preset: &str) -> usize {
    match preset {
        // The labels; a record of the facade has no source here.
        "gcp" => 2,
        _ => 0,
    }
}

#[test]
fn nested_values_stay_json() {
    let metrics = OwnedValue::Map(vec![(
        "CloudWatchMetrics".into(),
        OwnedValue::List(vec![OwnedValue::Map(vec![(
            "Namespace".into(),
            "n".into(),
        )])]),
    )]);
    for (name, formatter) in all() {
        let record = record(Level::INFO, "m").key_value("_aws", metrics.clone());
        let (_, object) = object(&formatter, &record.key_value("a.list", list()).build());
        let expected = serde_json::json!({"CloudWatchMetrics": [{"Namespace": "n"}]});
        let found = match name {
            // Labels are text.
            "ecs" => serde_json::from_str(object["labels._aws"].as_str().unwrap()).unwrap(),
            "own ecs" => object["own._aws"].clone(),
            _ => object["_aws"].clone(),
        };
        assert_eq!(
            (found, &object["a.list"]),
            (expected, &serde_json::json!([1, "x"])),
            "{name}"
        );
    }
}

fn list() -> OwnedValue {
    OwnedValue::List(vec![1.into(), "x".into()])
}

#[test]
fn nothing_in_a_record_ends_or_forges_an_object() {
    let nasty = "a\"}\n{\"level\":\"CRITICAL\u{2028}\u{1b}[2J\\\u{202e}\u{7f}\u{85}";
    for (name, formatter) in all() {
        let record = record(Level::ERROR, nasty)
            .name(nasty)
            .thread(1, nasty)
            .error_text(nasty);
        let record = record.stack(nasty).level_name(nasty);
        let record = record.source(Source::default().with_file(nasty).with_function(nasty));
        let keys = ["trace_id", "span_id", nasty, "user"];
        let record = keys
            .iter()
            .fold(record, |record, key| record.key_value(*key, nasty));
        let (text, object) = object(&formatter, &record.build());
        let nested = object.as_object().unwrap().values().any(Value::is_object);
        assert!(
            !nested || matches!(name, "gcp" | "pino" | "bunyan"),
            "{text}"
        );
        assert!(object.to_string().contains("CRITICAL"), "{name}");
    }
}

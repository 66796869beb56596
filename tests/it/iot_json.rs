//! The log entries of AWS IoT.

use std::collections::BTreeSet;

use logtree::formatter::{Format, IotJsonFormatter, Line};
use logtree::record::RecordBuilder;
use logtree::time::Timestamp;
use logtree::{Level, Record};
use serde_json::{Value, json};

fn entry(record: RecordBuilder<'_>) -> (String, Value) {
    let mut line = Line::new();
    IotJsonFormatter::new()
        .with_account("123456789012")
        .format(&record.build(), &mut line)
        .unwrap();
    let text = line.as_str().to_owned();
    assert!(!text.contains('\n'), "one object is one line: {text}");
    let value = serde_json::from_str(&text).unwrap();
    (text, value)
}

fn keys(text: &str) -> Vec<String> {
    // In the order of the text, which a map would not keep.
    let marks = text
        .split("\":")
        .map(|part| part.rsplit('"').next().unwrap().to_owned());
    let mut keys: Vec<_> = marks.collect();
    keys.pop();
    keys
}

#[test]
fn i17_iot_json_has_the_members_of_every_entry_first() {
    let record = Record::builder()
        .name("mqtt.Connect")
        .level(Level::INFO)
        .time(Timestamp::from_nanos(1_511_294_177_799_999_999));
    let record = record
        .key_value("protocol", "MQTT")
        .key_value("clientId", "c")
        .key_value("sourcePort", 1234_u16)
        .message("hello");
    let (text, value) = entry(record);
    assert_eq!(
        keys(&text),
        [
            "timestamp",
            "logLevel",
            "traceId",
            "accountId",
            "status",
            "eventType",
            "protocol",
            "clientId",
            "sourcePort",
            "message"
        ]
    );
    assert_eq!(value["timestamp"], "2017-11-21 19:56:17.799");
    assert_eq!(
        (&value["sourcePort"], &value["eventType"], &value["message"]),
        (&json!(1234), &json!("Connect"), &json!("hello"))
    );
    let trace = value["traceId"].as_str().unwrap();
    assert_eq!((trace.len(), trace.as_bytes()[14]), (36, b'4'), "{trace}");
}

#[test]
fn i17_levels_and_status() {
    for (level, name, status) in [
        (5, "DEBUG", "Success"),
        (10, "DEBUG", "Success"),
        (20, "INFO", "Success"),
        (25, "INFO", "Success"),
        (30, "WARN", "Success"),
        (40, "ERROR", "Failure"),
        (50, "ERROR", "Failure"),
    ] {
        let (_, value) = entry(Record::builder().level(Level::new(level)));
        assert_eq!(
            (&value["logLevel"], &value["status"]),
            (&json!(name), &json!(status))
        );
        assert!(
            value.get("message").is_none(),
            "an empty message is left out"
        );
    }
}

#[test]
fn i17_key_values_give_members_and_keep_their_types() {
    let record = Record::builder()
        .name("x")
        .level(Level::ERROR)
        .message("m\u{1b}[31m\n\"é");
    let record = record
        .key_value("trace_id", "t")
        .key_value("accountId", "a")
        .key_value("status", "Success")
        .key_value("event_type", "Publish-In");
    let record = record
        .key_value("nan", f64::NAN)
        .key_value("inf", f64::INFINITY)
        .key_value("message", "theirs")
        .key_value("none", logtree::record::OwnedValue::Null)
        .key_value("ok", true);
    let (text, value) = entry(record.error_text("why").stack("where"));
    let expected = json!({
        "timestamp": value["timestamp"], "logLevel": "ERROR", "traceId": "t", "accountId": "a", "status": "Success", "eventType": "Publish-In",
        "nan": null, "inf": null, "message_": "theirs", "none": null, "ok": true, "message": "m\u{1b}[31m\n\"é", "error": "why", "stack": "where"
    });
    assert_eq!(value, expected);
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn i17_traces_are_new_for_each_record() {
    let traces: BTreeSet<_> = (0..1_000)
        .map(|_| entry(Record::builder()).1["traceId"].to_string())
        .collect();
    assert_eq!(traces.len(), 1_000);
}

//! The objects of pino, bunyan, logstash and Datadog.

use logtree::formatter::JsonFormatter;
use logtree::{Level, Record};
use serde_json::{Value, json};

use super::{object, record};

/// The object without the name of the machine.
fn without_host(formatter: &JsonFormatter, record: &Record<'_>) -> Value {
    let (_, mut object) = object(formatter, record);
    let host = object.as_object_mut().unwrap().remove("hostname").unwrap();
    assert!(!host.as_str().unwrap().is_empty());
    object
}

#[test]
fn pino_and_bunyan_are_as_node_writes_them() {
    let record = record(Level::ERROR, "failed")
        .key_value("rows", 3)
        .error_text("E")
        .stack("0: f");
    let record = record.build();
    let err = json!({"message": "E", "stack": "E\n0: f"});
    assert_eq!(
        without_host(&JsonFormatter::pino(), &record),
        json!({
            "level": 50, "time": 1_709_210_096_789_i64, "pid": 99, "name": "botocore.client",
            "msg": "failed", "rows": 3, "err": err,
        })
    );
    assert_eq!(
        without_host(&JsonFormatter::bunyan(), &record),
        json!({
            "name": "botocore.client", "pid": 99, "level": 50, "msg": "failed", "rows": 3,
            "time": "2024-02-29T12:34:56.789Z", "v": 0, "err": err,
        })
    );
}

#[test]
fn numbers_of_levels_ascend() {
    let numbers = |formatter: JsonFormatter, name: &str| {
        let number =
            |level| object(&formatter, &record(Level::new(level), "m").build()).1[name].clone();
        let known = [5, 10, 20, 30, 40, 50].map(|level| number(level).as_u64().unwrap());
        let all: Vec<_> = (0..100)
            .map(|level| number(level).as_u64().unwrap())
            .collect();
        assert!(all.is_sorted(), "{all:?}");
        known
    };
    let bunyan = [10, 20, 30, 40, 50, 60];
    assert_eq!(numbers(JsonFormatter::pino(), "level"), bunyan);
    assert_eq!(numbers(JsonFormatter::bunyan(), "level"), bunyan);
    let logback = [5_000, 10_000, 20_000, 30_000, 40_000, 50_000];
    assert_eq!(numbers(JsonFormatter::logstash(), "level_value"), logback);
}

#[test]
fn logstash_and_datadog_have_their_names() {
    let record = record(Level::WARNING, "slow")
        .key_value("trace_id", 7)
        .key_value("rows", 3)
        .error_text("E")
        .stack("0: f")
        .build();
    assert_eq!(
        object(&JsonFormatter::logstash(), &record).1,
        json!({
            "@timestamp": "2024-02-29T12:34:56.789Z", "@version": "1", "message": "slow",
            "logger_name": "botocore.client", "thread_name": "worker", "level": "WARNING",
            "level_value": 30_000, "trace_id": 7, "rows": 3, "stack_trace": "E\n0: f",
        })
    );
    let formatter = JsonFormatter::builder()
        .datadog()
        .service("shop")
        .service_version("1.2")
        .build();
    assert_eq!(
        object(&formatter, &record).1,
        json!({
            "timestamp": "2024-02-29T12:34:56.789Z", "status": "warning", "message": "slow",
            "logger.name": "botocore.client", "logger.thread_name": "worker", "dd.trace_id": "7",
            "service": "shop", "version": "1.2", "rows": 3, "error.message": "E",
            "error.stack": "E\n0: f",
        })
    );
}

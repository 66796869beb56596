//! The JSON Schema in the repository.

use std::path::Path;
use std::{env, fs};

use logtree::config::Factories;
use serde_json::{Value, json};

use super::problems;

/// It matches the factories. `LOGTREE_BLESS=1` rewrites it.
#[test]
fn the_file_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/logtree-config.schema.json");
    let generated = Factories::new().json_schema();
    if env::var_os("LOGTREE_BLESS").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), generated);
}

/// The schema and the crate accept the same documents, and refuse the same malformed ones.
#[test]
fn it_agrees_with_the_check() {
    let schema: Value = serde_json::from_str(&Factories::new().json_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let handler = |value: Value| json!({"version": 1, "handlers": {"h": value}});
    let logger = |value: Value| json!({"version": 1, "loggers": {"a": value}});
    let formatter = |value: Value| json!({"version": 1, "formatters": {"f": value}});
    let filter = |value: Value| json!({"version": 1, "filters": {"f": value}});
    let right = [
        json!({"version": 1}),
        json!({"version": 1, "root": {"level": "INFO", "handlers": []}, "incremental": false}),
        json!({"version": 1, "disable_existing_loggers": "cfg://incremental", "incremental": false}),
        handler(json!({"class": "logging.StreamHandler"})),
        handler(json!({"()": "ext://logging.StreamHandler", "level": 10, ".": {"terminator": ""}})),
        handler(
            json!({"class": "file", "filename": "a", "mode": "w", "buffered": 10, "flush_interval": "5s"}),
        ),
        handler(
            json!({"class": "rotating_file", "filename": "a", "max_bytes": 10, "backupCount": 1}),
        ),
        handler(
            json!({"class": "timed_rotating_file", "filename": "a", "when": "midnight", "utc": true, "atTime": "02:30"}),
        ),
        handler(json!({"class": "memory", "capacity": 10, "flushLevel": "ERROR"})),
        json!({"version": 1, "handlers": {
            "h": {"class": "queue", "handlers": ["o"], "overflow": "by_severity", "queue": {"()": "queue.Queue", "maxsize": 5}},
            "o": {"class": "null"}
        }}),
        logger(json!({"level": "info", "propagate": false, "filters": []})),
        logger(json!(null)),
        formatter(
            json!({"format": "%(message)s", "datefmt": "%H", "style": "%", "defaults": {"a": 1}}),
        ),
        formatter(json!({"class": "json", "time": "nanos", "source": true})),
        filter(json!({"name": "a"})),
        filter(json!({"class": "level_range", "min": 10, "max": "ERROR"})),
        filter(
            json!({"class": "logtree.RateLimitFilter", "rate": 10, "per": "1s", "burst": 100, "by": "call_site"}),
        ),
        filter(json!({"class": "dedup", "window": "10s", "fields": true})),
    ];
    for document in right {
        let errors: Vec<_> = validator
            .iter_errors(&document)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{document}: {errors:?}");
        assert_eq!(problems(&document.to_string()), [""; 0], "{document}");
    }
    let wrong = [
        json!({}),
        json!([]),
        json!({"version": 2}),
        json!({"version": 1, "root": []}),
        handler(json!({})),
        handler(json!({"class": "steam"})),
        handler(json!({"class": "stream", "colour": "red"})),
        handler(json!({"class": "stream", "color": "red"})),
        handler(json!({"class": "stream", "level": true})),
        handler(json!({"class": "file"})),
        handler(json!({"class": "file", "filename": 3})),
        handler(json!({"class": "rotating_file", "filename": "a", "maxBytes": -1})),
        handler(json!({"class": "timed_rotating_file", "filename": "a", "when": "fortnight"})),
        handler(json!({"class": "memory"})),
        handler(json!({"class": "queue", "handlers": ["h"], "block_at_most": "soon"})),
        handler(json!({"class": "queue"})),
        handler(json!({"class": "queue", "handlers": []})),
        handler(json!({"class": "fallback", "handlers": []})),
        logger(json!({"levle": 10})),
        logger(json!({"handlers": "h"})),
        logger(json!({"propagate": 2})),
        formatter(json!({"style": "!"})),
        formatter(json!({"class": "json", "time": "noon"})),
        filter(json!({"names": "a"})),
    ];
    for document in wrong {
        assert!(!validator.is_valid(&document), "{document}");
        assert_ne!(problems(&document.to_string()), [""; 0], "{document}");
    }
}

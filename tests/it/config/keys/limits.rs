//! Keys of the filters that limit.

use logtree::handler::handler_by_name;
use logtree::{Level, Registry};
use serde_json::{Value, json};

use crate::config::install;
use crate::support::Text;

/// What passes of some records of one moment, and what a flush reports.
fn passed(filter: &Value) -> String {
    let text = Text::default();
    let document = json!({
        "version": 1,
        "filters": {"limit": filter},
        "handlers": {"limited": {"class": "stream", "stream": "ext://test", "filters": ["limit"], ".": {"terminator": " "}}},
        "root": {"handlers": ["limited"]}
    });
    let registry = Registry::new();
    install(&document, &text, &registry).unwrap();
    for (logger, tenant, message) in [
        ("a", 1, "x"),
        ("a", 2, "y"),
        ("a", 1, "z"),
        ("b", 1, "x"),
        ("b", 1, "x"),
    ] {
        let logger = registry.get_logger(logger);
        logtree::log!(logger, Level::WARNING, tenant; "{message}");
    }
    logtree::error!(registry.get_logger("a"), "e");
    handler_by_name("limited").unwrap().flush().unwrap();
    text.get()
}

#[test]
fn of_rate_limits() {
    // None comes in during the test.
    let with = |keys: Value| {
        let mut filter = json!({"class": "rate_limit", "rate": 1, "per": "1000d"});
        let keys = keys.as_object().unwrap().clone();
        filter.as_object_mut().unwrap().extend(keys);
        passed(&filter)
    };
    let alike = with(json!({}));
    assert_eq!(alike, "x tenant=1 e suppressed=4 ");
    assert_eq!(with(json!({"class": "logtree.RateLimitFilter"})), alike);
    assert!(with(json!({"rate": 2})).starts_with("x tenant=1 y tenant=2 e "));
    assert!(with(json!({"per": "0s"})).contains("z tenant=1 x tenant=1"));
    assert!(with(json!({"burst": 3})).starts_with("x tenant=1 y tenant=2 z tenant=1 e "));
    assert!(with(json!({"by": "logger"})).starts_with("x tenant=1 x tenant=1 e suppressed=2 1 "));
    assert!(with(json!({"by": "message"})).starts_with("x tenant=1 y tenant=2 z tenant=1 e 2 "));
    assert!(with(json!({"by": "call_site"})).starts_with("x tenant=1 e 4 records"));
    assert!(with(json!({"field": "tenant"})).starts_with("x tenant=1 y tenant=2 e 3 records"));
    assert!(with(json!({"even_errors": true})).starts_with("x tenant=1 5 records suppressed"));
    let soon = json!({"summary_after": "1ms", "rate": 0, "even_errors": true});
    assert!(with(soon).ends_with("suppressed by RateLimitFilter suppressed=6 "));
}

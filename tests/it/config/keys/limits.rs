//! Keys of the filters that limit, and of those that change records.

use logtree::{Level, Registry};
use serde_json::{Value, json};

use crate::config::{install, problems};
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
    for handler in registry.root().handlers() {
        handler.flush().unwrap();
    }
    text.get()
}

/// The sum of the numbers of suppressed records: the timer may report some of them before others.
fn reported(text: &str) -> u64 {
    let numbers = text.split(" suppressed=").skip(1);
    numbers
        .map(|number| number.split(' ').next().unwrap().parse::<u64>().unwrap())
        .sum()
}

#[test]
fn of_samples() {
    let with = |keys: Value| {
        let mut filter = json!({"class": "sample", "per": "1000d"});
        let keys = keys.as_object().unwrap().clone();
        filter.as_object_mut().unwrap().extend(keys);
        passed(&filter)
    };
    let two = with(json!({"every": 3}));
    assert_eq!(two, "x tenant=1 x tenant=1 suppressed=2 e suppressed=1 ");
    assert_eq!(
        with(json!({"class": "logtree.SampleFilter", "every": 3})),
        two
    );
    assert!(with(json!({"first": 1})).starts_with("x tenant=1 e 4 records"));
    let then = with(json!({"first": 1, "then_every": 2}));
    assert!(then.starts_with("x tenant=1 z tenant=1 suppressed=1 x tenant=1 suppressed=1 e "));
    assert!(with(json!({"first": 1, "per": 1e-9})).starts_with("x tenant=1 y tenant=2 z"));
    assert!(with(json!({"first": 1, "by": "logger"})).starts_with("x tenant=1 x tenant=1 e"));
    assert!(with(json!({"every": 9, "field": "tenant"})).starts_with("x tenant=1 y tenant=2 e"));
    assert_eq!(with(json!({"ratio": 0})), "e suppressed=5 ");
    assert!(with(json!({"ratio": 1, "even_errors": true})).ends_with("x tenant=1 e "));
    let none = json!({"ratio": 0, "even_errors": true, "summary_after": "1ms"});
    assert_eq!(reported(&with(none)), 6);
    // Records without the key pass.
    let by_tenant = with(json!({"ratio": 0, "ratio_by": "tenant", "even_errors": true}));
    assert!(by_tenant.starts_with("e 5 records"), "{by_tenant}");
    let text = "expected one of `first`, `every` and `ratio`";
    for keys in ["", r#", "first": 1, "every": 2"#] {
        let document =
            format!(r#"{{"version": 1, "filters": {{"f": {{"class": "sample"{keys}}}}}}}"#);
        let problems = problems(&document);
        assert!(problems.iter().any(|it| it.contains(text)), "{problems:?}");
    }
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
    assert_eq!(reported(&with(soon)), 6);
}

#[test]
fn of_repetitions() {
    let with = |keys: Value| {
        let mut filter = json!({"class": "dedup", "window": "1000d"});
        let keys = keys.as_object().unwrap().clone();
        filter.as_object_mut().unwrap().extend(keys);
        let text = Text::default();
        let document = json!({
            "version": 1,
            "filters": {"dedup": filter},
            "handlers": {"h": {"class": "stream", "stream": "ext://test", "filters": ["dedup"], ".": {"terminator": "|"}}},
            "root": {"handlers": ["h"]}
        });
        let registry = Registry::new();
        install(&document, &text, &registry).unwrap();
        for (level, n) in [
            (Level::WARNING, 1),
            (Level::WARNING, 2),
            (Level::ERROR, 1),
            (Level::ERROR, 1),
        ] {
            logtree::log!(registry.root(), level, n; "x");
        }
        // The times of the records are those of the system.
        let text = text.get();
        let reported = text
            .split('|')
            .map(|line| line.split_once(" in ").map_or(line, |reported| reported.0));
        reported.collect::<Vec<_>>().join("|")
    };
    let alike = with(json!({}));
    assert_eq!(alike, "x n=1|last record repeated 1 time|x n=1|x n=1|");
    assert_eq!(with(json!({"class": "logtree.DedupFilter"})), alike);
    assert_eq!(with(json!({"fields": true})), "x n=1|x n=2|x n=1|x n=1|");
    assert_eq!(with(json!({"window": "0s"})), "x n=1|x n=2|x n=1|x n=1|");
    let errors = with(json!({"even_errors": true}));
    assert_eq!(errors, "x n=1|last record repeated 1 time|x n=1|");
    let document = r#"{"version": 1, "filters": {"f": {"class": "dedup"}}}"#;
    let problems = problems(document);
    assert!(
        problems.iter().any(|it| it.contains("window")),
        "{problems:?}"
    );
}

#[test]
fn of_edits() {
    let with = |keys: Value| {
        let mut filter = json!({"class": "edit"});
        let keys = keys.as_object().unwrap().clone();
        filter.as_object_mut().unwrap().extend(keys);
        let text = Text::default();
        let document = json!({
            "version": 1,
            "filters": {"edit": filter},
            "handlers": {"h": {"class": "stream", "stream": "ext://test", "filters": ["edit"]}},
            "root": {"handlers": ["h"]}
        });
        let registry = Registry::new();
        install(&document, &text, &registry).unwrap();
        let error = std::io::Error::other("the cause");
        logtree::error!(registry.root(), a = 1, b = 2, err = error; "failed");
        text.get()
    };
    assert_eq!(with(json!({})), "failed a=1 b=2\n    the cause\n");
    assert_eq!(with(json!({"without_error": true})), "failed a=1 b=2\n");
    assert_eq!(
        with(json!({"class": "logtree.EditingFilter", "remove": ["a", "b"]})),
        "failed\n    the cause\n"
    );
    let both = json!({"without_error": true, "remove": ["a"], "rename": {"b": "c", "x": "y"}});
    assert_eq!(with(both), "failed c=2\n");
    let stack = |without: bool| {
        let text = Text::default();
        let document = json!({
            "version": 1,
            "filters": {"edit": {"class": "edit", "without_stack": without}},
            "handlers": {"h": {"class": "stream", "stream": "ext://test", "filters": ["edit"]}},
            "root": {"handlers": ["h"]}
        });
        let registry = Registry::new();
        install(&document, &text, &registry).unwrap();
        logtree::error!(registry.root(), here:backtrace; "failed");
        text.lines().len()
    };
    assert_eq!(stack(true), 1);
    assert!(stack(false) > 1);
}

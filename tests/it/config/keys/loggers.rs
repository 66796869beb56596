//! Keys of loggers, filters and the whole document.

use logtree::Registry;
use logtree::config::DictConfig;
use logtree::handler::handler_by_name;
use serde_json::{Value, json};

use crate::config::install;
use crate::support::Text;

#[test]
fn of_filters_loggers_and_handlers() {
    let text = Text::default();
    let document = json!({
        "version": 1,
        "filters": {
            "name": {"name": "app"},
            "class": {"()": "logging.Filter", "name": "app"},
            "low": {"class": "level_range", "max": "INFO"},
            "high": {"class": "level_range", "min": 30}
        },
        "handlers": {
            "by_name": {"class": "stream", "stream": "ext://test", "filters": ["name", "class"], ".": {"terminator": "n "}},
            "low": {"class": "stream", "stream": "ext://test", "filters": ["low"], ".": {"terminator": "l "}},
            "high": {"class": "stream", "stream": "ext://test", "filters": ["high"], ".": {"terminator": "h "}},
            "level": {"class": "stream", "stream": "ext://test", "level": "ERROR", ".": {"terminator": "e "}}
        },
        "loggers": {"cut": {"propagate": false}, "filtered": {"filters": ["name"]}, "loud": {"level": "OFF"}},
        "root": {"level": "INFO", "handlers": ["by_name", "low", "high", "level"]}
    });
    let registry = Registry::new();
    install(&document, &text, &registry).unwrap();
    logtree::info!(registry.get_logger("app"), "1");
    logtree::warn!(registry.get_logger("other"), "2");
    logtree::error!(registry.get_logger("app.x"), "3");
    logtree::critical!(registry.get_logger("cut"), "4");
    logtree::critical!(registry.get_logger("filtered"), "5");
    logtree::critical!(registry.get_logger("loud"), "6");
    assert_eq!(text.get(), "1n 1l 2h 3n 3h 3e ");
    assert!(handler_by_name("by_name").is_some());
}

#[test]
fn of_redaction() {
    const TEXT: &str =
        "password=a1 x-tenant=b2 page_token=c3 ann@example.com ghp_abcdefghij0123456789";
    let redacted = |filter: Value| {
        let text = Text::default();
        let document = json!({
            "version": 1,
            "filters": {"r": filter},
            "handlers": {"h": {"class": "stream", "stream": "ext://test", "filters": ["r"]}},
            "root": {"handlers": ["h"]}
        });
        let registry = Registry::new();
        install(&document, &text, &registry).unwrap();
        logtree::warn!(registry.get_logger("a"), "{TEXT} my_token=d4");
        text.get()
    };
    let rest = "ann@example.com ghp_abcdefghij0123456789 my_token=";
    let token = "ghp_abcdefghij0123456789";
    assert_eq!(
        redacted(json!({"class": "redact"})),
        format!("password=*** x-tenant=b2 page_token=c3 {rest}***\n").replace(token, "***")
    );
    assert!(redacted(json!({"class": "redact", "names": ["x-tenant"]})).contains("x-tenant=***"));
    assert!(redacted(json!({"class": "redact", "except": ["my_token"]})).contains("my_token=d4"));
    assert!(redacted(json!({"class": "redact", "personal_data": true})).contains("*** *** my"));
    assert!(
        redacted(json!({"class": "redact", "vendor_tokens": false}))
            .contains("ann@example.com ghp_abc")
    );
}

#[test]
fn disable_existing_loggers_is_what_it_says() {
    for (said, in_code, off) in [
        (None, None, false),
        (Some(true), None, true),
        (Some(false), None, false),
        (Some(true), Some(false), false),
        (None, Some(true), true),
    ] {
        let registry = Registry::new();
        let (old, child) = (
            registry.get_logger("old"),
            registry.get_logger("named.child"),
        );
        child.set_level(logtree::Level::DEBUG);
        let mut document = json!({"version": 1, "loggers": {"named": {"level": "INFO"}}});
        if let Some(said) = said {
            document["disable_existing_loggers"] = said.into();
        }
        let mut config = DictConfig::from_value(&document).unwrap();
        if let Some(in_code) = in_code {
            config = config.disable_existing_loggers(in_code);
        }
        config.install_in(&registry).unwrap();
        assert_eq!(old.is_disabled(), off, "{said:?} {in_code:?}");
        // Below a named logger it is as if new.
        assert_eq!(
            (child.is_disabled(), child.level()),
            (false, logtree::Level::NOTSET)
        );
    }
}

//! What hooks and filters change of records.

use std::fmt;

use logtree::filter::{EditingFilter, filter_fn};
use logtree::logger::LoggerAdapter;
use logtree::test::Capture;
use logtree::{Level, Record, Registry, Scope};

use crate::support::{registry_with_stderr, to_text};

/// A hook sees the records of all loggers, before their filters, and once each.
#[test]
fn a_record_hook_sees_each_record_first() {
    let registry = Registry::new();
    let (handler, text) = to_text("%(name)s %(message)s %(n)s");
    registry.root().add_handler(handler);
    let before = registry.get_logger("before");
    let filtered = registry.get_logger("before.filtered");
    filtered.add_filter(filter_fn(|record| {
        let n = record.key_values().get("n").unwrap().to_i64().unwrap();
        record.set_key_value("n", n + 10);
        true
    }));
    registry.set_record_hook(|record| {
        let n = record
            .key_values()
            .get("n")
            .map_or(1, |n| n.to_i64().unwrap() + 100);
        record.set_key_value("n", n);
    });
    let after = registry.get_logger("before.filtered.after");
    let other = registry.get_logger("other");
    let apart = registry.get_logger("apart");
    apart.set_propagate(false);
    let (own, apart_text) = to_text("%(n)s");
    apart.add_handler(own);
    for logger in [&registry.root(), &before, &filtered, &after, &other, &apart] {
        logtree::warn!(logger, "x");
    }
    logtree::warn!(other, n = 1; "y");
    other.handle(&other.record_builder(Level::INFO).message("z").build());
    LoggerAdapter::new(other.clone()).warning("adapter");
    assert_eq!(
        text.take(),
        "root x 1\nbefore x 1\nbefore.filtered x 11\nbefore.filtered.after x 1\nother x 1\n\
         other y 101\nother z 1\nother adapter 1\n"
    );
    assert_eq!(apart_text.take(), "1\n");

    // Another one replaces it, and without one nothing is changed.
    registry.set_record_hook(|record| record.set_message("replaced"));
    let capture = Capture::new(&other);
    logtree::warn!(other, "x");
    registry.clear_record_hook();
    logtree::warn!(other, "x");
    assert_eq!(capture.messages(), ["replaced", "x"]);
}

/// A hook that panics costs no record.
#[test]
fn a_record_hook_that_panics_is_reported() {
    let (registry, stderr) = registry_with_stderr();
    let (handler, text) = to_text("%(message)s");
    registry.root().add_handler(handler);
    registry.set_record_hook(|_| panic!("on purpose"));
    logtree::warn!(registry.root(), "one");
    logtree::warn!(registry.root(), "two");
    assert_eq!(text.take(), "one\ntwo\n");
    assert_eq!(
        stderr.get(),
        "logtree: the record hook panicked: on purpose\n"
    );
    registry.clear_record_hook();
}

/// A hook that is dropped runs its destructor with no lock held, even if it logs.
#[test]
fn the_destructor_of_a_record_hook_may_log() {
    struct Logs(Registry);
    impl Drop for Logs {
        fn drop(&mut self) {
            self.0.get_logger("new").warning("dropped");
        }
    }
    let (registry, stderr) = registry_with_stderr();
    let logs = Logs(Registry::clone(&registry));
    registry.set_record_hook(move |record| {
        let _ = &logs;
        record.set_level(Level::ERROR);
    });
    registry.clear_record_hook();
    assert_eq!(stderr.get(), "dropped\n");
}

#[derive(Debug)]
struct Failure;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the failure")
    }
}

impl std::error::Error for Failure {}

/// Key-values of the scope, the adapter, the call and of filters are removed and renamed alike.
#[test]
fn filters_drop_errors_and_rename_key_values() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let capture = Capture::new(&logger);
    let filter = EditingFilter::new()
        .without_error(true)
        .without_stack(true)
        .remove("secret")
        .remove("absent")
        .rename("usr", "user.name")
        .rename("scoped", "call")
        .rename("set", "last")
        .rename("absent", "x");
    logger.add_filter(filter_fn(|record| {
        record.set_key_value("set", 3);
        true
    }));
    logger.add_filter(filter);
    let _scope = Scope::new().with("scoped", 1).with("secret", "s").enter();
    logtree::error!(logger, usr = "ann", secret = "t", call = 2, here:backtrace, err = Failure; "failed");
    assert_eq!(
        capture.snapshot(),
        "ERROR app: failed call=1 user.name=ann last=3\n"
    );
    logtree::error!(logger, err = Failure; "again");
    assert_eq!(capture.records()[1].error_text(), None);
}

/// A handler's filter changes what this handler writes, and nothing else.
#[test]
fn an_editing_filter_of_a_handler_is_its_own() {
    let registry = Registry::new();
    let (edited, edited_text) = to_text("%(message)s");
    let (plain, plain_text) = to_text("%(message)s");
    edited.add_filter(EditingFilter::new().without_error(true).rename("a", "b"));
    registry.root().add_handler(edited);
    registry.root().add_handler(plain);
    logtree::error!(registry.root(), a = 1, err = Failure; "failed");
    assert_eq!(edited_text.take(), "failed b=1\n");
    assert_eq!(plain_text.take(), "failed a=1\n    the failure\n");
}

#[test]
fn records_report_what_was_there() {
    let mut record = Record::builder()
        .key_value("a", 1)
        .key_value("b", 2)
        .build();
    assert!(!record.remove_key_value("c") && !record.rename_key_value("c", "d"));
    assert!(record.rename_key_value("a", "a"));
    assert_eq!(format!("{:?}", record.key_values()), r#"{"a": 1, "b": 2}"#);
    assert!(record.rename_key_value("a", "b"));
    assert_eq!(format!("{:?}", record.key_values()), r#"{"b": 1}"#);
    record.set_key_value("b", 5);
    assert!(record.remove_key_value("b") && record.key_values().is_empty());
}

//! Adapters.

use logtree::logger::LoggerAdapter;
use logtree::test::Capture;
use logtree::{Record, Registry};

#[test]
fn an_adapters_key_values_are_in_each_record_and_the_call_wins() {
    let registry = Registry::new();
    let logger = registry
        .get_logger("a")
        .with("request", 17)
        .with("user", "ann");
    let capture = Capture::new(logger.logger());
    logtree::warn!(logger, user = "bob", n = 1; "merged");
    logger.warning("method");
    let inner = logger.clone().with("part", "x").with("request", 18);
    logtree::warn!(inner, "nested");
    let shown = |at: usize| {
        let record = &capture.records()[at];
        record
            .key_values()
            .map(|(key, value)| format!("{key}={value}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(shown(0), "request=17 user=bob n=1");
    assert_eq!(shown(1), "request=17 user=ann");
    assert_eq!(shown(2), "request=18 user=ann part=x");
    assert_eq!(capture.records()[1].as_record().source().file(), file!());
}

#[test]
fn an_adapter_logs_errors_with_their_causes() {
    let registry = Registry::new();
    let adapter = registry.get_logger("a").with("request", 17);
    let capture = Capture::new(adapter.logger());
    adapter.exception("failed", &std::io::Error::other("disk on fire"));
    adapter.trace("fine");
    let records = capture.records();
    assert_eq!(records[0].error_text(), Some("disk on fire"));
    assert!(records[0].key_values().eq([("request", &17_i32.into())]));
    assert_eq!(records[1].message(), "fine");
}

/// Methods that do not log are the logger's.
#[test]
fn an_adapter_dereferences_to_its_logger() {
    let registry = Registry::new();
    let adapter = registry.get_logger("a").with("request", 17);
    adapter.set_level(30);
    assert_eq!(registry.get_logger("a").level(), logtree::Level::WARN);
    assert_eq!((adapter.name(), adapter.is_enabled_for(20)), ("a", false));
    adapter.add_handler(logtree::handler::NullHandler::new());
    assert!(adapter.has_handlers());
    adapter.clear_handlers();
    assert!(adapter.handlers().is_empty());
    let capture = Capture::new(&*adapter);
    adapter.warn("m");
    assert!(
        capture.records()[0]
            .key_values()
            .eq([("request", &17_i32.into())])
    );
}

#[test]
fn pythons_default_replaces() {
    let registry = Registry::new();
    let adapter = registry
        .get_logger("a")
        .with("a", 1)
        .with_call_values(false);
    let capture = Capture::new(adapter.logger());
    logtree::warn!(adapter, b = 2; "replaced");
    assert!(capture.records()[0].key_values().eq([("a", &1_i32.into())]));
}

#[test]
fn filters_of_an_adapter_run_from_the_newest_on_and_only_when_enabled() {
    let registry = Registry::new();
    let mark = |mark: &'static str| {
        move |record: &mut Record<'_>| {
            let text = format!("{mark}{}", record.message());
            record.set_message(text);
            true
        }
    };
    let inner = LoggerAdapter::new(registry.get_logger("a")).with_filter(mark("inner "));
    let outer = inner.with_filter(mark("outer "));
    let capture = Capture::builder(outer.logger()).level(30).start();
    outer.info("not");
    outer.warning("m");
    assert_eq!(capture.messages(), ["inner outer m"]);
    let refuses = outer.clone().with_filter(|_: &mut Record<'_>| false);
    refuses.warning("refused");
    let panics = outer.with_filter(|_: &mut Record<'_>| panic!("in a filter"));
    panics.warning("refused as well");
    assert_eq!(capture.len(), 1);
    assert_eq!(registry.dropped(), 1);
}

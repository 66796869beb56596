//! Regressions.

use logtree::formatter::{Format, Line};
use logtree::handler::{MemoryHandler, Sink};
use logtree::{Error, Formatter, Handler, Level, Record, Registry};

/// A target that logs to its own memory handler for each record must not keep the caller for ever.
#[test]
fn a_memory_handlers_target_may_log_to_it() {
    let registry = Registry::new();
    let logger = registry.get_logger("m");
    let memory = MemoryHandler::new(1);
    let again = logger.clone();
    let (target, _) = crate::support::to_text("%(message)s");
    target.add_filter(move |_: &mut Record<'_>| {
        again.error("from the target");
        true
    });
    memory.set_target(Some(target));
    logger.add_handler(memory);
    logger.error("first");
}

/// The destructor of a replaced formatter is user code: it runs under no lock, as it may use the
/// tree.
#[test]
fn a_formatters_end_may_use_the_tree() {
    struct Ends(Registry);
    impl Format for Ends {
        fn format(&self, _: &Record<'_>, _: &mut Line) -> Result<(), Error> {
            Ok(())
        }
    }
    impl Drop for Ends {
        fn drop(&mut self) {
            self.0.get_logger("made.at.the.end").set_level(Level::DEBUG);
        }
    }
    let registry = Registry::new();
    let (handler, _) = crate::support::to_text("%(message)s");
    registry.get_logger("a").add_handler(handler.clone());
    handler.set_formatter(Ends(registry.clone()));
    registry.get_logger("a").warning("formatted");
    handler.set_formatter(Formatter::default());
    assert_eq!(registry.get_logger("made.at.the.end").level(), Level::DEBUG);
}

/// Routes hold a handler's configuration: a change must reach the records of all its loggers.
#[test]
fn a_new_formatter_holds_from_the_return_of_the_call() {
    let registry = Registry::new();
    let (handler, text) = crate::support::to_text("old %(message)s");
    registry.get_logger("a").add_handler(handler.clone());
    let leaf = registry.get_logger("a.b.c");
    leaf.warning("1");
    handler.set_formatter(Formatter::new("new %(message)s").unwrap());
    leaf.warning("2");
    handler.add_filter(|_: &mut Record<'_>| false);
    leaf.warning("3");
    assert_eq!(text.lines(), ["old 1", "new 2"]);
}

/// Each thread caches the loggers of the facade's targets; the cache must not keep the handlers of
/// a dropped registry.
#[test]
fn the_end_of_a_registry_is_the_end_of_its_handlers() {
    struct Ends(#[expect(dead_code, reason = "for its end")] std::sync::mpsc::Sender<()>);
    impl Sink for Ends {
        fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            Ok(())
        }
    }
    let (sender, receiver) = std::sync::mpsc::channel();
    let registry = Registry::new();
    registry
        .get_logger("a")
        .add_handler(Handler::new(Ends(sender)));
    let record = log::Record::builder()
        .target("a::b")
        .level(log::Level::Error)
        .build();
    log::Log::log(&registry, &record);
    drop(registry);
    // This does not wait for ever: the sender is dropped.
    assert_eq!(receiver.recv(), Err(std::sync::mpsc::RecvError));
}

/// A registry's name for a level is used by that registry alone.
#[test]
fn level_names_are_the_registries_own() {
    let registry = Registry::new();
    registry.add_level_name(Level::new(33), "LOUD");
    let formatter = Formatter::new("%(levelname)s").unwrap();
    let shown = |registry: &Registry| {
        formatter
            .format_to_string(&registry.record_builder().level(33).build())
            .unwrap()
    };
    assert_eq!(
        (shown(&registry), shown(&Registry::new())),
        ("LOUD".into(), "Level 33".into())
    );
}

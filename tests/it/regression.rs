//! Bugs that were found once.

use logtree::{Formatter, Level, MemoryHandler, Record, Registry};

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

/// A level of a registry's own name is shown by it and not by another.
#[test]
fn level_names_are_the_registrys_own() {
    let registry = Registry::new();
    registry.add_level_name(Level::new(33), "LOUD");
    let formatter = Formatter::new("%(levelname)s").unwrap();
    let shown = |registry: &Registry| {
        formatter
            .format_to_string(&registry.record().level(33).build())
            .unwrap()
    };
    assert_eq!(
        (shown(&registry), shown(&Registry::new())),
        ("LOUD".into(), "Level 33".into())
    );
}

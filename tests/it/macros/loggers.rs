//! What stands for the logger in a call.

use std::cell::{LazyCell, RefCell};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::{Arc, LazyLock, OnceLock};

use logtree::logger::LoggerAdapter;
use logtree::test::Capture;
use logtree::{Level, Logger, Registry, StaticLogger};
use once_cell::sync::Lazy;

#[test]
fn without_a_logger_it_is_the_modules_own() {
    let logger = logtree::get_logger(module_path!());
    let capture = Capture::thread_local(&logger);
    let count = 2;
    logtree::warn!("plain");
    logtree::warn!("with {} {count}", 1);
    logtree::warn!(count = count; "kv");
    logtree::warn!(count:?; "captured");
    logtree::warn!(count; "alone");
    logtree::warn!("text key" = 1; "text");
    logtree::log!(Level::ERROR, "log");
    logtree::log!(Level::ERROR, count = 1, other = 2; "log kv");
    assert_eq!(capture.len(), 8);
    assert!(
        capture
            .records()
            .iter()
            .all(|record| record.name() == module_path!().replace("::", "."))
    );
    assert!(logtree::log_enabled!(Level::WARNING));
    assert!(logtree::log_enabled!(logger, Level::WARNING));
    assert!(!logtree::log_enabled!(Registry::new().root(), Level::INFO));
    assert!(logtree::log_enabled!(target: "macros.enabled", Level::WARNING));
}

#[test]
fn the_facades_macros_take_a_logger() {
    let logger = Registry::new().get_logger("s3");
    logger.set_level(Level::DEBUG);
    let capture = Capture::new(&logger);
    log::set_max_level(log::LevelFilter::Trace);
    log::info!(logger: logger, size = 3; "by the facade {}", 1);
    log::trace!(logger: logger, "a capture sees what the level hides");
    assert_eq!(
        capture.messages(),
        ["by the facade 1", "a capture sees what the level hides"]
    );
    let records = capture.records();
    assert_eq!(
        (records[0].name(), records[0].key_value("size")),
        ("s3", Some(&3_i32.into()))
    );
    assert_eq!(records[0].as_record().source().file(), file!());
}

/// A logger is accepted in any wrapper.
#[test]
fn a_logger_can_be_kept_anywhere() {
    static LAZY_LOCK: LazyLock<Logger> = LazyLock::new(|| logtree::get_logger("kept"));
    static LAZY: Lazy<Logger> = Lazy::new(|| logtree::get_logger("kept"));
    static ONCE: OnceLock<Logger> = OnceLock::new();
    static ADAPTER: LazyLock<LoggerAdapter> =
        LazyLock::new(|| logtree::get_logger("kept").with("id", 7));
    static STATIC: StaticLogger = logtree::logger!("kept");
    static MODULE: StaticLogger = logtree::logger!();
    /// A static as `lazy_static` defines it.
    struct Pointer;
    impl Deref for Pointer {
        type Target = Logger;
        fn deref(&self) -> &Logger {
            &LAZY
        }
    }
    struct Service<'s> {
        logger: &'s Arc<Logger>,
    }
    fn generic<L: Deref<Target = Logger>>(logger: L) {
        logtree::error!(logger, "generic");
    }
    fn count(calls: impl FnOnce()) -> usize {
        let capture = Capture::thread_local(&*LAZY);
        calls();
        capture.len()
    }
    log::set_max_level(log::LevelFilter::Trace);
    assert_eq!(MODULE.name(), module_path!().replace("::", "."));
    assert_eq!(format!("{STATIC:?}"), "StaticLogger(\"kept\")");
    let shared = Arc::new(logtree::get_logger("kept"));
    let service = Service { logger: &shared };
    let cell = RefCell::new(Arc::clone(&shared));
    let number = count(|| {
        logtree::error!(LAZY_LOCK, "1");
        logtree::error!(&LAZY_LOCK, a = 1; "2 {}", 2);
        logtree::error!(LAZY, "3");
        logtree::error!(ONCE.get_or_init(|| logtree::get_logger("kept")), "4");
        logtree::error!(STATIC, "5");
        logtree::error!(&STATIC, a = 1; "6");
        logtree::error!(shared, "7");
        logtree::error!(&&shared, "8");
        logtree::error!(Arc::clone(&shared), "9");
        logtree::error!(service.logger, "10");
        logtree::error!(Box::new(LAZY.clone()), "11");
        logtree::error!(Rc::new(Box::new(LAZY.clone())), "12");
        logtree::error!(&mut LAZY.clone(), "13");
        logtree::error!(LazyCell::new(|| LAZY.clone()), "14");
        logtree::error!(cell.borrow(), "16");
        logtree::error!(Pointer, "17");
        logtree::log!(LAZY_LOCK, Level::ERROR, "18");
        logtree::log!(logger: shared, Level::ERROR, a = 1; "19");
        log::error!(logger: STATIC, "20");
        generic(&*LAZY);
        generic(Pointer);
        generic(Arc::clone(&shared));
    });
    assert_eq!(number, 22);
    assert!(logtree::log_enabled!(LAZY_LOCK, Level::ERROR));
    assert!(!logtree::log_enabled!(STATIC, Level::TRACE));
    // The key-values that an adapter adds are kept.
    let capture = Capture::thread_local(&*LAZY);
    logtree::error!(ADAPTER, "1");
    logtree::error!(Arc::new(&ADAPTER), size = 1; "2");
    let records = capture.records();
    assert!(
        records
            .iter()
            .all(|record| record.key_value("id") == Some(&7.into()))
    );
    assert_eq!(records.len(), 2);
}

/// A record goes to the logger of a name, which need not be a literal.
#[test]
fn a_target_names_the_logger() {
    const NAME: &str = "macros.target";
    let logger = logtree::get_logger(NAME);
    logger.set_level(Level::INFO);
    let capture = Capture::thread_local(&logger);
    let size = 3;
    logtree::info!(target: "macros.target", "literal {}", 1);
    logtree::info!(target: "macros::target", size, a = 1; "Rust path");
    logtree::info!(target: NAME, "constant {size}");
    logtree::info!(target: format!("macros.{}", "target"), "made at run time");
    logtree::log!(target: "macros.target", Level::ERROR, size; "by log");
    logtree::log!(target: NAME, Level::ERROR, "by log and a constant");
    logtree::trace!(target: "macros.other", "elsewhere");
    assert_eq!(
        capture.messages(),
        [
            "literal 1",
            "Rust path",
            "constant 3",
            "made at run time",
            "by log",
            "by log and a constant"
        ]
    );
    assert!(logtree::log_enabled!(target: NAME, Level::INFO));
    assert!(logtree::log_enabled!(logger: logger, Level::INFO));
}

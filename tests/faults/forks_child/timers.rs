//! Timers, reloads and signals after a fork.

use std::fs;
use std::path::Path;
use std::time::Duration;

use logtree::control::{Control, LevelTarget};
use logtree::handler::FileHandler;
use logtree::{Level, Registry};

#[cfg(feature = "fleet")]
use crate::forks_child::LIMIT;
use crate::forks_child::{in_child, lines, log, until};

/// The timer writes out a buffer that no record fills.
pub(super) fn ticker(path: &Path) {
    let builder = FileHandler::builder(path).buffered(1 << 20);
    let handler = builder
        .flush_interval(Duration::from_millis(1))
        .open()
        .unwrap();
    log(&handler, "parent");
    until("the parent's ticker runs", || lines(path) == ["parent"]);
    in_child("ticker", || {
        log(&handler, "child");
        until("the child's ticker runs", || {
            lines(path) == ["parent", "child"]
        });
        true
    });
}

/// A temporary level ends in the child as well.
pub(super) fn expiry() {
    let registry = Registry::new();
    let control = Control::new(&registry);
    let logger = registry.get_logger("app");
    let target = LevelTarget::logger("app");
    control
        .set_level_for(target, Level::DEBUG, Duration::from_secs(1))
        .unwrap();
    assert_eq!(logger.effective_level(), Level::DEBUG);
    in_child("expiry", || {
        until("the child ends it", || {
            logger.effective_level() == Level::WARNING
        });
        true
    });
    until("the parent ends it", || {
        logger.effective_level() == Level::WARNING
    });
}

/// A child keeps the levels of a fleet until their end, and follows it no longer.
#[cfg(feature = "fleet")]
pub(super) fn fleet() {
    use logtree::control::fleet::{Condition, Identity, MemoryStore, Store};

    let (store, registry) = (MemoryStore::new(), Registry::new());
    store.put("set/for/all/LOGGER/app", r#"{"number":10,"for_s":1}"#);
    store.put("set/level/all/LOGGER/kept", r#"{"number":20}"#);
    let builder = Control::builder(&registry).fleet(store.clone(), Identity::new("shop"));
    let control = builder.fleet_wait(LIMIT).open().unwrap();
    let (timed, kept) = (registry.get_logger("app"), registry.get_logger("kept"));
    assert_eq!((timed.level(), kept.level()), (Level::DEBUG, Level::INFO));
    until("the instance reports", || {
        store.reports(LIMIT).unwrap().len() == 1
    });
    in_child("fleet", || {
        assert_eq!(timed.level(), Level::DEBUG);
        let health = control.fleet().unwrap().health().unwrap();
        assert_eq!(health.condition, Condition::Forked);
        store.put("set/level/all/LOGGER/kept", r#"{"number":40}"#);
        until("the child ends it", || timed.level() == Level::NOTSET);
        kept.level() == Level::INFO
    });
    until("the parent ends it", || timed.level() == Level::NOTSET);
    // What the child has put is in its own memory.
    assert_eq!(kept.level(), Level::INFO);
}

#[cfg(feature = "reload")]
pub(super) fn reload(path: &Path) {
    use logtree::config::Reloader;

    let path = path.with_extension("json");
    let level =
        |level: &str| format!(r#"{{"version": 1, "loggers": {{"app": {{"level": "{level}"}}}}}}"#);
    fs::write(&path, level("DEBUG")).unwrap();
    let registry = Registry::new();
    let builder = Reloader::builder(&path).registry(&registry);
    let reloader = builder.interval(Duration::from_millis(1)).start().unwrap();
    let logger = registry.get_logger("app");
    in_child("reload", || {
        fs::write(&path, level("ERROR")).unwrap();
        // By a call, and by the child's own thread.
        let _ = reloader.reload().unwrap();
        assert_eq!(logger.level(), Level::ERROR);
        fs::write(&path, level("CRITICAL")).unwrap();
        until("the child follows the file", || {
            logger.level() == Level::CRITICAL
        });
        true
    });
    until("the parent follows the file", || {
        logger.level() == Level::CRITICAL
    });
}

#[cfg(feature = "signal")]
#[expect(unsafe_code, reason = "to send a signal to the process itself")]
pub(super) fn sighup(path: &Path) {
    logtree::setup::reopen_on_sighup().unwrap();
    let handler = FileHandler::open(path).unwrap();
    log(&handler, "parent");
    in_child("sighup", || {
        fs::rename(path, path.with_extension("1")).unwrap();
        // SAFETY: it takes two numbers.
        unsafe { libc::kill(libc::getpid(), libc::SIGHUP) };
        log(&handler, "child");
        until("the record is in the new file", || {
            fs::read_to_string(path).is_ok_and(|text| text == "child\n")
        });
        true
    });
}

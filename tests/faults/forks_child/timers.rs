//! Timers, reloads and signals after a fork.

use std::fs;
use std::path::Path;
use std::time::Duration;

use logtree::control::{Control, LevelTarget};
use logtree::handler::FileHandler;
use logtree::{Level, Registry};

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

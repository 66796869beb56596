//! Loggers that are not set up: the last resort, and libraries.

use logtree::handler::NullHandler;
use logtree::setup::LevelOn;
use logtree::{Formatter, Level, StreamLogger};

use crate::support::registry_with_stderr;

/// After a one-line set-up, lines of other crates show their origin, and credentials are redacted.
#[test]
fn the_last_resort_names_level_and_logger() {
    let (registry, stderr) = registry_with_stderr();
    registry.get_logger("dep.part").warning("bare");
    StreamLogger::new("photolib", Level::DEBUG)
        .install_in(&registry)
        .unwrap();
    registry.get_logger("dep.part").warning("named");
    registry
        .get_logger("dep.part")
        .error("password=hunter2secret");
    registry.get_logger("dep.part").info("hidden");
    assert_eq!(
        stderr.lines(),
        [
            "bare",
            "WARNING dep.part: named",
            "ERROR dep.part: password=***"
        ]
    );
    // What the program chose stays.
    let (registry, stderr) = registry_with_stderr();
    registry.set_last_resort(Some(registry.stderr_handler().into()));
    StreamLogger::new("photolib", Level::DEBUG)
        .install_in(&registry)
        .unwrap();
    registry.get_logger("dep").warning("own");
    assert_eq!(stderr.take(), "own\n");
    let (registry, stderr) = registry_with_stderr();
    let own = Formatter::new("own %(message)s").unwrap();
    registry.last_resort().unwrap().set_formatter(own);
    StreamLogger::new("photolib", Level::DEBUG)
        .install_in(&registry)
        .unwrap();
    registry.get_logger("dep").warning("m");
    assert_eq!(stderr.take(), "own m\n");
}

#[test]
fn a_library_is_silent() {
    let (registry, stderr) = registry_with_stderr();
    registry.get_logger("boto3").add_handler(NullHandler::new());
    registry.get_logger("boto3.x").critical("not shown");
    assert_eq!(stderr.get(), "");
}

#[test]
fn botocores_rule() {
    let (registry, _) = registry_with_stderr();
    let handler = StreamLogger::new("botocore", Level::ERROR)
        .level_on(LevelOn::Handler)
        .install_in(&registry)
        .unwrap();
    assert_eq!(
        (registry.get_logger("botocore").level(), handler.level()),
        (Level::DEBUG, Level::ERROR)
    );
}

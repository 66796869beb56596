//! The features `max_level_…` of `log` remove calls from the program: here, those below `WARN`.

use std::process::ExitCode;

use logtree::test::Capture;
use logtree::{Level, Registry};

pub(crate) fn play() -> ExitCode {
    logtree::install().unwrap();
    let root = Registry::global().root();
    root.set_level(Level::TRACE);
    let capture = Capture::new(&root);
    log::info!("removed");
    logtree::info!("removed");
    logtree::debug!(root, "removed");
    logtree::info!(target: "app", a = never(); "removed");
    logtree::log!(Level::new(21), "removed");
    assert!(!logtree::log_enabled!(Level::INFO));
    root.info("a method");
    log::warn!("the facade");
    logtree::warn!("a macro");
    logtree::critical!(root, "a macro with a logger");
    assert!(logtree::log_enabled!(root, Level::WARNING));
    let left = ["a method", "the facade", "a macro", "a macro with a logger"];
    assert_eq!(capture.messages(), left);
    ExitCode::SUCCESS
}

fn never() -> u8 {
    unreachable!("the call is not in the program")
}

//! A capture cannot see records of the `log` macros if another backend is installed, and reports
//! so.

use std::panic::{self, AssertUnwindSafe};

use logtree::Level;
use logtree::test::{Capture, assert_logs};

struct Other;

impl log::Log for Other {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, _: &log::Record<'_>) {}

    fn flush(&self) {}
}

#[test]
fn another_backend_is_named_by_captures() {
    log::set_logger(&Other).unwrap();
    let capture = Capture::new("app");
    log::warn!(target: "app", "not seen");
    let failure = panic::catch_unwind(AssertUnwindSafe(|| {
        capture.assert_logged(Level::WARNING, "not seen");
    }));
    let text = *failure.unwrap_err().downcast::<String>().unwrap();
    assert!(text.contains("another log backend is installed"), "{text}");
    let failure = panic::catch_unwind(|| drop(assert_logs("app", Level::INFO, || {})));
    let text = *failure.unwrap_err().downcast::<String>().unwrap();
    assert!(text.contains("another log backend is installed"), "{text}");
    logtree::get_logger("app").warning("seen");
    capture.assert_logged(Level::WARNING, "seen");
}

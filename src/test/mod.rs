//! Help for tests: captured records, assertions on them, and output that the test harness captures.

mod assert;
mod capture;
mod init;
mod snapshot;

pub use self::assert::{assert_logs, assert_no_logs};
pub use self::capture::{Capture, CaptureBuilder};
pub use self::init::init;

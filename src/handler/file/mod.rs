//! Handlers of files: plain, watched, rotated by size, rotated by time.
//!
//! All share one [`sink`] over a [`log_file`], whose locked `state` says what is due before each
//! record. `options` open a file, `device` is one that is open, `tail` how it ends, `file_id` says
//! which one it is, `resolve` where a path leads. `rotation` knows when to rename it, `plan` in
//! which steps, `names` how, `suffix` with which times, `schedule` and `when` at which times;
//! `beside` notifies other handlers of it. The steps are the calls of `system`. `line_buffer`,
//! `compress`, its thread `compression`, `process_lock` are what their names say.

mod beside;
mod compress;
mod compression;
mod device;
mod file_id;
mod file_mode;
mod line_buffer;
mod log_file;
#[cfg(all(test, unix))]
mod model;
mod names;
mod options;
mod plain;
mod plan;
mod process_lock;
mod resolve;
mod rotating;
mod rotation;
mod schedule;
mod sink;
mod state;
mod suffix;
mod system;
mod tail;
mod timed;
mod watched;
mod when;

pub use self::file_mode::FileMode;
pub use self::plain::{FileHandler, FileHandlerBuilder};
pub use self::rotating::{RotatingFileHandler, RotatingFileHandlerBuilder};
#[cfg(feature = "config")]
pub(crate) use self::suffix::check_suffix;
pub use self::timed::{TimedRotatingFileHandler, TimedRotatingFileHandlerBuilder};
pub use self::watched::{WatchedFileHandler, WatchedFileHandlerBuilder};
pub use self::when::When;

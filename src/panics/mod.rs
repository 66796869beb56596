//! Panics as records: [`log_panics`](crate::log_panics) and [`PanicLogger`].
//!
//! # Examples
//! ```
//! use logtree::{Level, log_panics, set_stream_logger};
//!
//! set_stream_logger("", Level::INFO);
//! log_panics();
//! let worker = std::thread::Builder::new().name("worker".into());
//! // CRITICAL panic no job left thread=worker location=src/main.rs:8:42
//! let ended = worker.spawn(|| panic!("no job left"))?.join();
//! assert!(ended.is_err());
//! # Ok::<(), std::io::Error>(())
//! ```

mod destination;
mod guard;
mod helper;
mod hook;
mod limit;
mod module_name;
pub(crate) mod panic_logger;
mod report;

pub use self::guard::PanicGuard;
pub use self::panic_logger::PanicLogger;

//! One-line set-ups.

pub(crate) mod basic_config;
mod file_logger;
pub(crate) mod from_env;
mod last_resort;
pub(crate) mod level_spec;
mod name_doubt;
#[cfg(all(unix, feature = "reload"))]
mod reopen_on_sighup;
pub mod root;
pub(crate) mod stream_logger;
pub(crate) mod verbosity;

pub use self::basic_config::Applied;
pub use self::file_logger::set_file_logger;
pub use self::from_env::level_spec_from_env;
#[cfg(all(unix, feature = "reload"))]
pub use self::reopen_on_sighup::reopen_on_sighup;
pub use self::stream_logger::{LevelOn, debug_all, set_debug_logger};

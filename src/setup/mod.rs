//! Set-ups in one line: a stream, a file, the environment, the command line.

pub(crate) mod basic_config;
mod control_variable;
mod env_logger;
mod file_logger;
pub(crate) mod from_env;
mod preset;
#[cfg(feature = "pretty")]
pub(crate) mod pretty;
#[cfg(all(unix, feature = "signal"))]
mod reopen_on_sighup;
mod report;
pub mod root;
pub(crate) mod set_stream_logger;
pub(crate) mod stream_logger;
pub(crate) mod verbosity;

pub use crate::level_spec::Levels;

pub use self::basic_config::Installed;
pub use self::env_logger::EnvLogger;
pub use self::file_logger::set_file_logger;
pub use self::from_env::level_spec_from_env;
#[cfg(feature = "pretty")]
#[cfg_attr(docsrs, doc(cfg(feature = "pretty")))]
pub use self::pretty::set_stream_logger_pretty;
#[cfg(all(unix, feature = "signal"))]
pub use self::reopen_on_sighup::reopen_on_sighup;
pub use self::report::{AsError, main, report};
pub use self::set_stream_logger::{debug_all, set_debug_logger};
pub use self::stream_logger::LevelOn;

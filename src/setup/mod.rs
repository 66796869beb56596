//! One-line set-ups.

mod basic_config;
mod file_logger;
mod from_env;
mod last_resort;
mod level_spec;
mod name_doubt;
#[cfg(all(unix, feature = "reload"))]
mod reopen_on_sighup;
pub mod root;
mod stream_logger;
mod verbosity;

pub use self::basic_config::{Applied, BasicConfig, basic_config};
pub use self::file_logger::set_file_logger;
pub use self::from_env::{init_from_env, init_from_env_or, level_spec_from_env};
pub use self::level_spec::LevelSpec;
#[cfg(all(unix, feature = "reload"))]
pub use self::reopen_on_sighup::reopen_on_sighup;
pub use self::stream_logger::{
    LevelOn, StreamLogger, debug_all, set_debug_logger, set_stream_logger,
};
pub use self::verbosity::Verbosity;

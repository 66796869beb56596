//! One-line set-ups.

mod basic_config;
mod file_logger;
pub mod root;
mod stream_logger;

pub use self::basic_config::{Applied, BasicConfig, basic_config};
pub use self::file_logger::set_file_logger;
pub use self::stream_logger::{
    LevelOn, StreamLogger, debug_all, set_debug_logger, set_stream_logger,
};

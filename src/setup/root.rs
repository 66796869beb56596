//! Python's module-level functions: they log on the root, and set it up first if it has no handler.
//!
//! For scripts of ten lines. Programs set up logging with
//! [`set_stream_logger`](crate::set_stream_logger) or [`BasicConfig`], and log with the macros.
//!
//! # Python
//! `logging.debug`, `logging.info`, …: as there, a root without handlers gets one even if the
//! record itself is not shown.
//!
//! # Examples
//! ```
//! logtree::setup::root::warning("disk nearly full"); // WARNING:root:disk nearly full
//! ```

use std::fmt::Display;

use crate::level::Level;
use crate::registry::Registry;
use crate::setup::basic_config::BasicConfig;

/// Logs on the root of the global registry, after [`basic_config`](crate::basic_config) if it has
/// no handler.
#[track_caller]
pub fn log(level: impl Into<Level>, message: impl Display) {
    log_in(Registry::global(), level, message);
}

/// Logs on the root of a registry, after [`BasicConfig`] if it has no handler.
#[track_caller]
pub fn log_in(registry: &Registry, level: impl Into<Level>, message: impl Display) {
    let root = registry.root();
    if root.handlers().is_empty() {
        // Without options nothing can be wrong; another thread may have been faster.
        let _ = BasicConfig::new().install_in(registry);
    }
    root.log(level, message);
}

/// Logs at `DEBUG`.
#[track_caller]
pub fn debug(message: impl Display) {
    log(Level::DEBUG, message);
}

/// Logs at `INFO`.
#[track_caller]
pub fn info(message: impl Display) {
    log(Level::INFO, message);
}

/// Logs at `WARNING`.
#[track_caller]
pub fn warning(message: impl Display) {
    log(Level::WARNING, message);
}

/// Logs at `ERROR`.
#[track_caller]
pub fn error(message: impl Display) {
    log(Level::ERROR, message);
}

/// Logs at `CRITICAL`.
#[track_caller]
pub fn critical(message: impl Display) {
    log(Level::CRITICAL, message);
}

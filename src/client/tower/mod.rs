//! Layers that log what a `tower` service sends and receives (feature `tower`).

mod count_attempts;
mod log_layer;
mod log_service;

pub use self::count_attempts::{CountAttempts, CountedAttempts};
pub use self::log_layer::LogLayer;
pub use self::log_service::{LogService, LoggedCall};

//! The one-line set-ups, on isolated registries.

mod basic_config;
mod environment;
mod library;
mod stream_logger;

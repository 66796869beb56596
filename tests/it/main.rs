//! The crate's behaviour, each test on a separate registry.

mod accounting;
mod adapter;
mod capture;
mod chains;
mod client;
mod concurrency;
#[cfg(all(feature = "config-toml", feature = "config-yaml"))]
mod config;
mod control;
#[cfg(feature = "delivery")]
mod delivery;
mod edits;
mod files;
mod first_install;
#[cfg(feature = "fleet")]
mod fleet;
mod formats;
mod handler;
mod iot_json;
mod json;
mod lazy_gates;
mod limits;
mod logfmt;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod macro_errors;
mod macros;
mod owner_model;
mod owners;
mod platform;
mod presets;
#[cfg(feature = "pretty")]
mod pretty;
mod queue;
mod redaction;
mod regression;
#[cfg(feature = "reload")]
mod reload;
mod rotation;
mod rotation_model;
mod routing;
mod scope;
mod scope_model;
mod scope_tasks;
#[cfg(feature = "serde")]
mod serialize;
mod shared_lines;
mod sinks;
mod support;
mod templates;
mod torn_lines;
#[cfg(feature = "tracing")]
mod tracing_bridge;
mod tree;
mod tree_model;
mod user_code;

//! The crate's behaviour, each test on a registry of its own.

mod adapter;
mod capture;
#[cfg(unix)]
mod chains;
mod client;
#[cfg(feature = "tower")]
mod client_http;
mod concurrency;
#[cfg(all(unix, feature = "yaml"))]
mod config;
#[cfg(unix)]
mod control;
#[cfg(unix)]
mod files;
mod handler;
mod iot_json;
mod macros;
mod presets;
#[cfg(unix)]
mod queue;
mod redaction;
mod regression;
#[cfg(all(unix, feature = "reload"))]
mod reload;
#[cfg(unix)]
mod rotation;
#[cfg(unix)]
mod rotation_model;
mod scope;
mod support;
mod templates;
mod tree;
mod tree_model;

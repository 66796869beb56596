//! Each key of each kind changes what happens: one that is read and then ignored would be worse
//! than an unknown one.

#[cfg(any(
    all(feature = "journald", target_os = "linux"),
    feature = "cloudwatch",
    feature = "syslog"
))]
mod delivery;
mod files;
mod formatters;
mod handlers;
mod limits;
mod loggers;
#[cfg(feature = "pretty")]
mod pretty;

use std::fs;
use std::path::Path;

use logtree::Registry;
use logtree::config::DictConfig;
use serde_json::{Value, json};

use super::factories_with;
use crate::support::Text;

/// Applies a document below a directory; returns its registry.
fn apply(directory: &Path, document: &Value) -> Registry {
    let registry = Registry::new();
    let config = DictConfig::from_value(document)
        .unwrap()
        .factories(factories_with(&Text::default()));
    config.directory(directory).install_in(&registry).unwrap();
    registry
}

/// A handler on the root, with the message alone.
fn with_handler(directory: &Path, handler: &Value) -> Registry {
    let document =
        json!({"version": 1, "handlers": {"h": handler}, "root": {"level": 1, "handlers": ["h"]}});
    apply(directory, &document)
}

fn log(registry: &Registry, messages: &[&str]) {
    for message in messages {
        logtree::info!(registry.get_logger("app"), "{message}");
    }
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

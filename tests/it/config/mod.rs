//! Configurations as data.

mod bad_input;
mod documents;
mod errors;
mod kept;
mod keys;
mod real;
mod schema;
mod transaction;

use logtree::config::{DictConfig, Factories};
use logtree::{Error, Registry};
use serde_json::Value;

use crate::support::Text;

/// Returns factories whose stream `ext://test` is the text.
fn factories_with(text: &Text) -> Factories {
    let text = text.clone();
    Factories::new().stream("test", move || Box::new(text.clone()))
}

/// Installs a document whose stream `ext://test` is the text.
fn install(document: &Value, text: &Text, registry: &Registry) -> Result<(), Error> {
    let config = DictConfig::from_value(document)?;
    config.factories(factories_with(text)).install_in(registry)
}

/// Returns the problems of a JSON document, a line each.
fn problems(json: &str) -> Vec<String> {
    shown(DictConfig::from_json(json).and_then(|config| config.check_in(&Registry::new())))
}

fn shown(result: Result<(), Error>) -> Vec<String> {
    match result {
        Ok(()) => Vec::new(),
        Err(error) => {
            let problems = error.problems().iter();
            problems.map(ToString::to_string).collect()
        }
    }
}

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

use crate::support::Text;

/// Factories with a stream `ext://test` that is a text.
fn factories_with(text: &Text) -> Factories {
    let text = text.clone();
    Factories::new().stream("test", move || Box::new(text.clone()))
}

/// The problems of a JSON document, a line each; none where it is right.
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

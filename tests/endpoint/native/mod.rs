//! The endpoint's own dialect.

mod changes;
mod levels;
mod status;

use logtree::Level;
use logtree::control::LevelTarget;
use serde_json::{Value, json};

use crate::http::{Answer, Served};

fn patch(served: &Served, changes: &Value) -> Answer {
    let body = json!({ "changes": changes });
    served.unix("PATCH", "/v1/levels").json(&body).send()
}

pub(crate) fn get(served: &Served, path: &str) -> Value {
    served.unix("GET", path).send().expect(200).json()
}

fn level(served: &Served, name: &str) -> Option<Level> {
    served.control.level(&LevelTarget::logger(name))
}

//! What a process sends back: [`Response`].

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::Failure;

/// A response with its complete body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Response {
    /// Returns the JSON of a success; `null` for an empty body.
    ///
    /// # Errors
    /// The message of a response that is no success; a body that is not JSON.
    pub fn json(&self) -> Result<Value, Failure> {
        if !(200..300).contains(&self.status) {
            return Err(self.failure());
        }
        if self.body.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&self.body)
            .map_err(|error| Failure::new(format!("cannot read the response: {error}")))
    }

    /// Returns the JSON of a success as a value of a type.
    ///
    /// # Errors
    /// Those of [`json`](Self::json).
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_value(self.json()?)
            .map_err(|error| Failure::new(format!("cannot read the response: {error}")))
    }

    /// Returns what a response that is no success says.
    #[must_use]
    pub fn failure(&self) -> Failure {
        let body: Option<Value> = serde_json::from_str(&self.body).ok();
        let said = body.as_ref().and_then(|body| {
            let keys = ["message", "error", "__type"];
            keys.iter().find_map(|key| body.get(key)?.as_str())
        });
        let said = said.unwrap_or(match self.status {
            401 | 403 => "not allowed",
            404 => "not known there; the process may have an older version",
            412 => "the revision is another one",
            429 => "too many requests",
            _ => "refused",
        });
        Failure::new(format!("{said} (status {})", self.status))
    }
}

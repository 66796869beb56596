//! Values of events as values of records.

use logtree::record::OwnedValue;
use serde_json::Value;

/// Returns a value of a record.
fn owned(value: Value) -> OwnedValue {
    match value {
        Value::Null => OwnedValue::Null,
        Value::Bool(value) => value.into(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(value), _) => value.into(),
            (None, Some(value)) => value.into(),
            (None, None) => number.as_f64().into(),
        },
        Value::String(text) => text.into(),
        Value::Array(values) => OwnedValue::List(values.into_iter().map(owned).collect()),
        Value::Object(map) => {
            let members = map.into_iter();
            OwnedValue::Map(members.map(|(key, value)| (key, owned(value))).collect())
        }
    }
}

/// Adds a member to the key-values; the members of an object by paths such as `err.type`,
/// and an empty one not at all.
pub(crate) fn flatten(key: String, value: Value, to: &mut Vec<(String, OwnedValue)>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                flatten(format!("{key}.{name}"), value, to);
            }
        }
        value => to.push((key, owned(value))),
    }
}

/// Returns a string, or the JSON of another value that says something.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

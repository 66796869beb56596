//! Compares two answers.

use serde_json::{Map, Value};

/// Compares an answer with the expected one; the error shows the first difference.
pub(crate) fn answers(expected: &Value, actual: &Value) -> Result<(), String> {
    if let Some(why) = actual.get("unsupported") {
        return Err(format!("unsupported: {why}"));
    }
    let list = |answer: &Value| answer["obs"].as_array().cloned().unwrap_or_default();
    let (mut expected_list, actual_list) = (list(expected), list(actual));
    // CPython stops at the first error of a configuration; this crate reports all, so its place is
    // not compared.
    let observations = expected_list.iter_mut().filter_map(Value::as_object_mut);
    observations.for_each(|observation| drop(observation.remove("at")));
    for at in 0..expected_list.len().max(actual_list.len()) {
        let (expected, actual) = (expected_list.get(at), actual_list.get(at));
        let equal = expected
            .zip(actual)
            .is_some_and(|(expected, actual)| same(expected, actual));
        if !equal {
            return Err(format!(
                "observation {at} differs\n  expected {}\n  actual   {}\n  in all   {}",
                show(expected),
                show(actual),
                Value::from(actual_list)
            ));
        }
    }
    let (expected, actual) = (buffers(expected), buffers(actual));
    if expected == actual {
        Ok(())
    } else {
        Err(format!(
            "buffers differ\n  expected {}\n  actual   {}",
            Value::from(expected),
            Value::from(actual)
        ))
    }
}

fn show(observation: Option<&Value>) -> String {
    observation.map_or_else(|| "none".to_owned(), Value::to_string)
}

/// Empty buffers may be left out.
fn buffers(answer: &Value) -> Map<String, Value> {
    let mut buffers = answer["buffers"].as_object().cloned().unwrap_or_default();
    buffers.retain(|_, text| text != "");
    buffers
}

/// Numbers are compared as numbers: 1 is 1.0.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

//! Structures in the two syntaxes of the AWS command line.

use std::str::FromStr;

use serde_json::{Map, Value};

/// A `LogTarget`: `targetType=THING_GROUP,targetName=a.b` or JSON.
#[derive(Clone, Debug)]
pub(crate) struct LogTarget(pub(crate) Value);

/// `eventType=Connect,logLevel=DEBUG`, or JSON: one of them, or a list.
#[derive(Clone, Debug)]
pub(crate) struct EventConfiguration(pub(crate) Vec<Value>);

impl FromStr for LogTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        structure(text, &["targetType", "targetName"]).map(Self)
    }
}

impl FromStr for EventConfiguration {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let keys = ["eventType", "logLevel", "logDestination"];
        if text.trim_start().starts_with('[') {
            let list: Vec<_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
            let list = list.into_iter().map(|map| with_keys(map, &keys));
            return list.collect::<Result<_, _>>().map(Self);
        }
        Ok(Self(vec![structure(text, &keys)?]))
    }
}

/// Reads one structure.
fn structure(text: &str, keys: &[&str]) -> Result<Value, String> {
    let map = match text.trim_start().starts_with('{') {
        true => serde_json::from_str(text).map_err(|error| error.to_string())?,
        false => shorthand(text)?,
    };
    with_keys(map, keys)
}

/// Returns a structure that has no other keys.
fn with_keys(map: Map<String, Value>, keys: &[&str]) -> Result<Value, String> {
    match map.keys().find(|key| !keys.contains(&key.as_str())) {
        None => Ok(Value::Object(map)),
        Some(key) => Err(format!(
            "unknown key {key:?}: expected {}",
            keys.join(" or ")
        )),
    }
}

/// Reads `key=value,key=value`. A value with commas stands in quotes, in which a backslash escapes.
fn shorthand(text: &str) -> Result<Map<String, Value>, String> {
    let mut map = Map::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, after) = rest
            .split_once('=')
            .ok_or_else(|| format!("expected key=value, found {rest:?}"))?;
        let (value, after) = value(after)?;
        if map.insert(key.trim().to_owned(), value.into()).is_some() {
            return Err(format!("the key {key:?} occurs twice"));
        }
        rest = after;
    }
    Ok(map)
}

/// Returns a value, and what follows after its comma.
fn value(text: &str) -> Result<(String, &str), String> {
    let Some(quote) = text.chars().next().filter(|first| "\"'".contains(*first)) else {
        let (value, rest) = text.split_once(',').unwrap_or((text, ""));
        return Ok((value.to_owned(), rest));
    };
    let mut value = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            _ if character == quote => {
                let rest = &text[at + 1..];
                return match rest.strip_prefix(',') {
                    Some(rest) => Ok((value, rest)),
                    None if rest.is_empty() => Ok((value, rest)),
                    None => Err(format!("expected a comma, found {rest:?}")),
                };
            }
            _ => value.push(character),
        }
    }
    Err(format!("expected {quote} at the end of {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn target(text: &str) -> Result<Value, String> {
        text.parse().map(|LogTarget(value)| value)
    }

    #[test]
    fn both_syntaxes() {
        let expected = json!({"targetType": "THING_GROUP", "targetName": "a.b"});
        for text in [
            "targetType=THING_GROUP,targetName=a.b",
            "targetName=a.b,targetType=THING_GROUP",
            "targetType='THING_GROUP',targetName=\"a.b\"",
            r#"{"targetType": "THING_GROUP", "targetName": "a.b"}"#,
        ] {
            assert_eq!(target(text).unwrap(), expected, "{text}");
        }
        let quoted = target(r#"targetType=CLIENT_ID,targetName="a,\"b=c""#).unwrap();
        assert_eq!(quoted["targetName"], "a,\"b=c");
        let equals = target("targetType=CLIENT_ID,targetName=a=b").unwrap();
        assert_eq!(equals["targetName"], "a=b");
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in [
            "THING_GROUP",
            "{",
            "[]",
            "type=A,name=b",
            "targetType=A,targetType=B",
            "targetType='A",
            "targetType='A'b",
            r#"{"targetType": "A", "x": 1}"#,
        ] {
            assert!(target(text).is_err(), "{text}");
        }
    }
}

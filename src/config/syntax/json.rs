//! JSON, by `serde_json`; places come from the positions of its raw values in the text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::config::node::{Node, Value};
use crate::config::place::Place;
use crate::config::raw_problem::RawProblem;
use crate::config::syntax::limits::{MAX_DEPTH, too_deep};
use crate::config::syntax::map_builder::MapBuilder;

pub(super) fn read(text: &str) -> Result<Node, RawProblem> {
    // Validates the whole text, without recursion.
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| syntax(text, &error))?;
    let reader = Reader {
        start: text.as_ptr() as usize,
    };
    reader.node(raw, 0)
}

fn syntax(text: &str, error: &serde_json::Error) -> RawProblem {
    let message = error.to_string();
    // The place is reported apart from the message.
    let message = message.split(" at line ").next().unwrap_or_default();
    // Its columns are bytes, from 1.
    let lines = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    let start: usize = lines.map(str::len).sum();
    let place = Place::Byte(start + error.column().saturating_sub(1));
    RawProblem::new(place, format!("not JSON: {message}"))
}

struct Reader {
    start: usize,
}

impl Reader {
    fn place(&self, raw: &RawValue) -> Place {
        Place::Byte((raw.get().as_ptr() as usize).saturating_sub(self.start))
    }

    fn node(&self, raw: &RawValue, depth: usize) -> Result<Node, RawProblem> {
        let (text, place) = (raw.get(), self.place(raw));
        if depth > MAX_DEPTH {
            return Err(too_deep(place));
        }
        let wrong = |error: serde_json::Error| RawProblem::new(place, format!("not JSON: {error}"));
        let value = match text.as_bytes().first() {
            Some(b'{') => {
                let Entries(entries) = serde_json::from_str(text).map_err(wrong)?;
                let mut map = MapBuilder::default();
                for (key, value) in entries {
                    let name = serde_json::from_str(key.get()).map_err(wrong)?;
                    map.push(name, self.place(key), self.node(value, depth + 1)?)?;
                }
                map.finish()
            }
            Some(b'[') => {
                let list: Vec<&RawValue> = serde_json::from_str(text).map_err(wrong)?;
                let nodes = list.into_iter().map(|raw| self.node(raw, depth + 1));
                Value::List(nodes.collect::<Result<_, _>>()?)
            }
            Some(b'"') => Value::Text(serde_json::from_str(text).map_err(wrong)?),
            Some(b't') => Value::Bool(true),
            Some(b'f') => Value::Bool(false),
            Some(b'n') => Value::Null,
            _ => match text.parse() {
                Ok(whole) => Value::Whole(whole),
                Err(_) => Value::Float(serde_json::from_str(text).map_err(wrong)?),
            },
        };
        Ok(Node::new(value, place))
    }
}

/// An object with the places of its keys, including duplicate ones.
struct Entries<'t>(Vec<(&'t RawValue, &'t RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

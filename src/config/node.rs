//! A document as it was read: values, and where each one is ([`Node`]).

use std::fmt::Write;

use crate::config::place::Place;

/// A value and where it is.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) place: Place,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Whole(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Map),
}

/// Keys and values in the order of the text. Keys are unique.
#[derive(Clone, Debug, Default)]
pub(crate) struct Map(pub(crate) Vec<(Key, Node)>);

#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) place: Place,
    /// Whether its value is used elsewhere, through an anchor and its aliases.
    pub(crate) is_shared: bool,
}

impl Key {
    pub(crate) fn new(text: impl Into<String>, place: Place) -> Self {
        Self {
            text: text.into(),
            place,
            is_shared: false,
        }
    }
}

impl Node {
    pub(crate) fn new(value: Value, place: Place) -> Self {
        Self { value, place }
    }

    /// A value that is not in a text.
    pub(crate) fn loose(value: Value) -> Self {
        Self::new(value, Place::Nowhere)
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn map(&self) -> Option<&Map> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Describes the value in messages: `"text"`, `12`, `a list`.
    pub(crate) fn describe(&self) -> String {
        const LONGEST: usize = 60;
        match &self.value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Whole(value) => value.to_string(),
            Value::Float(value) => format!("{value:?}"),
            Value::Text(text) if text.chars().nth(LONGEST).is_some() => {
                format!("{:?}…", text.chars().take(LONGEST).collect::<String>())
            }
            Value::Text(text) => format!("{text:?}"),
            Value::List(list) if list.is_empty() => "an empty list".to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Map(map) if map.0.is_empty() => "an empty section".to_owned(),
            Value::Map(_) => "a section".to_owned(),
        }
    }

    /// Appends the value in a canonical form, so that two values can be compared. Each value inside
    /// is first passed to `resolve`, with its depth and the length appended so far.
    pub(super) fn write_canonical<'n>(
        &'n self,
        depth: usize,
        resolve: &impl Fn(&'n Self, usize, usize) -> &'n Self,
        out: &mut String,
    ) {
        let inner = |node: &'n Self, out: &mut String| {
            let node = resolve(node, depth, out.len());
            node.write_canonical(depth + 1, resolve, out);
            out.push(',');
        };
        let _ = match &self.value {
            Value::Null => write!(out, "null"),
            Value::Bool(value) => write!(out, "{value}"),
            Value::Whole(value) => write!(out, "{value}"),
            Value::Float(value) => write!(out, "{value:?}"),
            Value::Text(text) => write!(out, "{text:?}"),
            Value::List(list) => {
                out.push('[');
                for node in list {
                    inner(node, out);
                }
                write!(out, "]")
            }
            Value::Map(map) => {
                out.push('{');
                for (key, node) in &map.0 {
                    let _ = write!(out, "{:?}:", key.text);
                    inner(node, out);
                }
                write!(out, "}}")
            }
        };
    }
}

impl Map {
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let entry = self.0.iter().find(|(known, _)| known.text == key);
        entry.map(|(_, node)| node)
    }

    /// Sets the value of a key that is not in a text, replacing an earlier one.
    pub(crate) fn set(&mut self, key: &str, value: Node) {
        if let Some((_, node)) = self.0.iter_mut().find(|(known, _)| known.text == key) {
            *node = value;
            return;
        }
        self.push(key, Place::Nowhere, value);
    }

    /// Adds a value under a key that must not be present yet.
    pub(crate) fn push(&mut self, key: impl Into<String>, place: Place, value: Node) {
        self.0.push((Key::new(key, place), value));
    }
}

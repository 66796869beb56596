//! A document as it was read: values, and where each stands.

use std::fmt::Write;

/// Where something stands in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// In no text.
    #[default]
    Nowhere,
    /// That many bytes behind its start. Lines are counted only for what is reported.
    Byte(usize),
    /// In a line and column, both from 1.
    #[cfg(feature = "yaml")]
    Line(usize, usize),
}

impl Place {
    /// The line and the column, from 1.
    pub(super) fn position(self, text: &str) -> Option<(usize, usize)> {
        match self {
            Self::Nowhere => None,
            #[cfg(feature = "yaml")]
            Self::Line(line, column) => {
                // By a parser that counts in its own way: never beyond what is there.
                let lines = text.split('\n').count();
                let column = if line > lines { usize::MAX } else { column };
                let line = line.clamp(1, lines);
                let text = text.split('\n').nth(line - 1).unwrap_or_default();
                Some((line, column.clamp(1, text.chars().count() + 1)))
            }
            Self::Byte(byte) => {
                let before = &text.as_bytes()[..byte.min(text.len())];
                let line_start = before.iter().rposition(|&byte| byte == b'\n');
                let line_start = line_start.map_or(0, |at| at + 1);
                let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
                let characters = String::from_utf8_lossy(&before[line_start..])
                    .chars()
                    .count();
                Some((line, characters + 1))
            }
        }
    }
}

/// A value and where it stands.
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

/// Keys and values in the order of the text; no key is there twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Map(pub(crate) Vec<(Key, Node)>);

#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) place: Place,
    /// Whether what stands below it is used elsewhere, by an anchor and its aliases.
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

    /// A value that stands in no text.
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

    /// What it is, for messages: `"text"`, `12`, `a list`.
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

    /// Appends the value in one form for all ways of writing it, so that two values can be compared. Each value inside is replaced
    /// by what `resolve` makes of it, given how deep it lies and how much was appended so far.
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

    /// Puts a value under a key that stands in no text, in place of one that is there.
    pub(crate) fn set(&mut self, key: &str, value: Node) {
        if let Some((_, node)) = self.0.iter_mut().find(|(known, _)| known.text == key) {
            *node = value;
            return;
        }
        self.push(key, Place::Nowhere, value);
    }

    /// Adds a value under a key that is not there yet.
    pub(crate) fn push(&mut self, key: impl Into<String>, place: Place, value: Node) {
        self.0.push((Key::new(key, place), value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "a\nbé c";
        assert_eq!(Place::Byte(0).position(text), Some((1, 1)));
        assert_eq!(Place::Byte(2).position(text), Some((2, 1)));
        assert_eq!(Place::Byte(6).position(text), Some((2, 4)));
        assert_eq!(Place::Byte(99).position(text), Some((2, 5)));
    }
}

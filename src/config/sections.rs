//! The sections of a configuration in code.

use crate::config::node::{Map, Node, Value};
use crate::level::Level;
use crate::record::OwnedValue;

/// The section of a formatter.
#[derive(Clone, Debug)]
#[must_use]
pub struct FormatterSection(Map);

impl FormatterSection {
    /// A template in the `%` style.
    pub fn new(template: &str) -> Self {
        Self(Map::default()).with("format", template)
    }

    /// A formatter or filter of a class; see [`Factories`](super::Factories).
    pub fn class(class: &str) -> Self {
        Self(Map::default()).with("class", class)
    }
}

/// The section of a filter.
#[derive(Clone, Debug)]
#[must_use]
pub struct FilterSection(Map);

impl FilterSection {
    /// A filter by logger name.
    pub fn name(name: &str) -> Self {
        Self(Map::default()).with("name", name)
    }

    /// A formatter or filter of a class; see [`Factories`](super::Factories).
    pub fn class(class: &str) -> Self {
        Self(Map::default()).with("class", class)
    }
}

/// The section of a handler.
#[derive(Clone, Debug)]
#[must_use]
pub struct HandlerSection(Map);

impl HandlerSection {
    /// A handler of a class; see [`Factories`](super::Factories).
    pub fn new(class: &str) -> Self {
        Self(Map::default()).with("class", class)
    }

    /// Sets the level.
    pub fn level(mut self, level: impl Into<Level>) -> Self {
        self.0.set("level", level_node(level));
        self
    }

    /// Sets the formatter, by name.
    pub fn formatter(self, name: &str) -> Self {
        self.with("formatter", name)
    }

    /// Sets the filters, by name.
    pub fn filters<'n>(self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.with_list("filters", names)
    }
}

/// The section of a logger.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct LoggerSection(Map);

impl LoggerSection {
    pub(super) fn into_map(self) -> Map {
        self.0
    }

    /// An empty section: level and propagation stay, handlers and filters are removed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the level.
    pub fn level(mut self, level: impl Into<Level>) -> Self {
        self.0.set("level", level_node(level));
        self
    }

    /// Sets the handlers, by name.
    pub fn handlers<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.0.set("handlers", list(names));
        self
    }

    /// Sets the filters, by name.
    pub fn filters<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.0.set("filters", list(names));
        self
    }

    /// Sets whether records propagate to the ancestors' handlers.
    pub fn propagate(mut self, propagate: bool) -> Self {
        self.0.set("propagate", Node::loose(Value::Bool(propagate)));
        self
    }
}

/// The section of the endpoint, by which a running process is inspected and changed (feature
/// `control`). Without it, there is none; see `docs::control`.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ControlSection(Map);

impl ControlSection {
    pub(super) fn into_map(self) -> Map {
        self.0
    }

    /// Returns an empty section: a Unix socket in the directory of the user's sockets.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the path of the Unix socket.
    pub fn socket(self, path: &str) -> Self {
        self.set("socket", Value::Text(path.to_owned()))
    }

    /// Serves no Unix socket.
    pub fn without_socket(self) -> Self {
        self.set("socket", Value::Bool(false))
    }

    /// Serves TCP as well, with a token: a port, or an address of the loopback interface with a
    /// port.
    pub fn tcp(self, address: &str) -> Self {
        self.set("tcp", Value::Text(address.to_owned()))
    }

    /// Sets whether the console is served; off by default.
    pub fn console(self, console: bool) -> Self {
        self.set("console", Value::Bool(console))
    }

    /// Sets the file of the token.
    pub fn token_file(self, path: &str) -> Self {
        self.set("token_file", Value::Text(path.to_owned()))
    }

    /// Sets whether loggers of secrets can have levels below `INFO`; off by default.
    pub fn allow_sensitive(self, allow: bool) -> Self {
        self.set("allow_sensitive", Value::Bool(allow))
    }

    fn set(mut self, key: &str, value: Value) -> Self {
        self.0.set(key, Node::loose(value));
        self
    }
}

/// Arguments of a factory.
macro_rules! arguments {
    ($($section:ident),*) => {
        $(impl $section {
            pub(super) fn into_map(self) -> Map {
                self.0
            }

            /// Sets an argument.
            pub fn with(mut self, key: &str, value: impl Into<OwnedValue>) -> Self {
                self.0.set(key, node(value.into()));
                self
            }

            /// Sets an argument that is a list of strings.
            pub fn with_list<'n>(
                mut self,
                key: &str,
                texts: impl IntoIterator<Item = &'n str>,
            ) -> Self {
                self.0.set(key, list(texts));
                self
            }
        })*
    };
}

arguments!(FormatterSection, FilterSection, HandlerSection);

fn list<'n>(texts: impl IntoIterator<Item = &'n str>) -> Node {
    let texts = texts
        .into_iter()
        .map(|text| Node::loose(Value::Text(text.to_owned())));
    Node::loose(Value::List(texts.collect()))
}

fn level_node(level: impl Into<Level>) -> Node {
    Node::loose(Value::Whole(level.into().number().into()))
}

fn node(value: OwnedValue) -> Node {
    // A number that a document cannot hold becomes a string, which is refused where a number is
    // expected.
    let whole =
        |number: Option<i64>| number.map_or_else(|| Value::Text(value.to_string()), Value::Whole);
    Node::loose(match &value {
        OwnedValue::Null => Value::Null,
        OwnedValue::Bool(value) => Value::Bool(*value),
        OwnedValue::Signed(number) => whole(i64::try_from(*number).ok()),
        OwnedValue::Unsigned(number) => whole(i64::try_from(*number).ok()),
        OwnedValue::Float(float) => Value::Float(*float),
        OwnedValue::Text(text) => Value::Text(text.clone()),
        OwnedValue::List(values) => Value::List(values.iter().cloned().map(node).collect()),
        other => Value::Text(other.to_string()),
    })
}

//! A configuration in code: [`DictConfigBuilder`] and its sections.

use crate::config::dict_config::DictConfig;
use crate::config::node::{Map, Node, Value};
use crate::level::Level;
use crate::record::OwnedValue;

/// Makes a [`DictConfig`] in code.
///
/// It is the same as a document, with the same checks: names can be wrong, so nothing is known to be right before
/// [`check`](DictConfig::check) or [`apply`](DictConfig::apply).
///
/// # Examples
/// ```
/// use logtree::config::{DictConfig, FormatterSection, HandlerSection, LoggerSection};
/// use logtree::{Level, Registry};
///
/// let config = DictConfig::builder()
///     .formatter("brief", FormatterSection::new("%(name)s: %(message)s"))
///     .handler("console", HandlerSection::new("stream").formatter("brief").with("stream", "stdout"))
///     .logger("boto3", LoggerSection::new().level(Level::DEBUG))
///     .root(LoggerSection::new().level(Level::WARNING).handlers(["console"]))
///     .build();
/// let registry = Registry::new();
/// config.apply_to(&registry)?;
/// assert_eq!(registry.get_logger("boto3").level(), Level::DEBUG);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct DictConfigBuilder {
    formatters: Map,
    filters: Map,
    handlers: Map,
    loggers: Map,
    root: Option<Map>,
    disable_existing_loggers: bool,
    incremental: bool,
}

impl DictConfigBuilder {
    /// Adds a formatter, or puts it in place of one of the same name.
    pub fn formatter(mut self, name: &str, formatter: FormatterSection) -> Self {
        self.formatters.set(name, section(formatter.0));
        self
    }

    /// Adds a filter.
    pub fn filter(mut self, name: &str, filter: FilterSection) -> Self {
        self.filters.set(name, section(filter.0));
        self
    }

    /// Adds a handler.
    pub fn handler(mut self, name: &str, handler: HandlerSection) -> Self {
        self.handlers.set(name, section(handler.0));
        self
    }

    /// Says what a logger gets.
    pub fn logger(mut self, name: &str, logger: LoggerSection) -> Self {
        self.loggers.set(name, section(logger.0));
        self
    }

    /// Says what the root gets.
    pub fn root(mut self, root: LoggerSection) -> Self {
        self.root = Some(root.0);
        self
    }

    /// Switches loggers that are not named off.
    pub fn disable_existing_loggers(mut self, disable: bool) -> Self {
        self.disable_existing_loggers = disable;
        self
    }

    /// Changes levels and propagation only, of what is there.
    pub fn incremental(mut self, incremental: bool) -> Self {
        self.incremental = incremental;
        self
    }

    /// The configuration.
    #[must_use]
    pub fn build(self) -> DictConfig {
        let mut document = Map::default();
        document.set("version", Node::loose(Value::Whole(1)));
        document.set("formatters", section(self.formatters));
        document.set("filters", section(self.filters));
        document.set("handlers", section(self.handlers));
        document.set("loggers", section(self.loggers));
        if let Some(root) = self.root {
            document.set("root", section(root));
        }
        let disable = Value::Bool(self.disable_existing_loggers);
        document.set("disable_existing_loggers", Node::loose(disable));
        document.set("incremental", Node::loose(Value::Bool(self.incremental)));
        DictConfig::of(section(document), "", "the configuration")
    }
}

/// What a formatter is made of.
#[derive(Clone, Debug)]
#[must_use]
pub struct FormatterSection(Map);

impl FormatterSection {
    /// A template in the `%` style.
    pub fn new(template: &str) -> Self {
        Self(Map::default()).with("format", template)
    }

    /// Another [kind](super::Kinds).
    pub fn of(class: &str) -> Self {
        Self(Map::default()).with("class", class)
    }
}

/// What a filter is made of.
#[derive(Clone, Debug)]
#[must_use]
pub struct FilterSection(Map);

impl FilterSection {
    /// A filter by the name of loggers.
    pub fn name(name: &str) -> Self {
        Self(Map::default()).with("name", name)
    }

    /// Another [kind](super::Kinds).
    pub fn of(class: &str) -> Self {
        Self(Map::default()).with("class", class)
    }
}

/// What a handler is made of.
#[derive(Clone, Debug)]
#[must_use]
pub struct HandlerSection(Map);

impl HandlerSection {
    /// A handler of a [kind](super::Kinds).
    pub fn new(class: &str) -> Self {
        Self(Map::default()).with("class", class)
    }

    /// Its level.
    pub fn level(mut self, level: impl Into<Level>) -> Self {
        self.0.set("level", level_node(level));
        self
    }

    /// Its formatter, by name.
    pub fn formatter(self, name: &str) -> Self {
        self.with("formatter", name)
    }

    /// Its filters, by name.
    pub fn filters<'n>(self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.with_list("filters", names)
    }
}

/// What a logger gets.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct LoggerSection(Map);

impl LoggerSection {
    /// Nothing: its level and propagation stay, its handlers and filters go.
    pub fn new() -> Self {
        Self::default()
    }

    /// Its level.
    pub fn level(mut self, level: impl Into<Level>) -> Self {
        self.0.set("level", level_node(level));
        self
    }

    /// Its handlers, by name.
    pub fn handlers<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.0.set("handlers", list(names));
        self
    }

    /// Its filters, by name.
    pub fn filters<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.0.set("filters", list(names));
        self
    }

    /// Whether its records go on to its ancestors' handlers.
    pub fn propagate(mut self, propagate: bool) -> Self {
        self.0.set("propagate", Node::loose(Value::Bool(propagate)));
        self
    }
}

/// Arguments of any name.
macro_rules! arguments {
    ($($section:ident),*) => {
        $(impl $section {
            /// An argument of the kind.
            pub fn with(mut self, key: &str, value: impl Into<OwnedValue>) -> Self {
                self.0.set(key, node(value.into()));
                self
            }

            /// An argument of the kind that is a list of texts.
            pub fn with_list<'n>(mut self, key: &str, texts: impl IntoIterator<Item = &'n str>) -> Self {
                self.0.set(key, list(texts));
                self
            }
        })*
    };
}

arguments!(FormatterSection, FilterSection, HandlerSection);

fn section(map: Map) -> Node {
    Node::loose(Value::Map(map))
}

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
    // What no document can say becomes a text, and is refused where a number is expected.
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

//! A configuration in code: [`DictConfigBuilder`].

use crate::config::dict_config::DictConfig;
use crate::config::node::{Map, Node, Value};
use crate::config::sections::{
    ControlSection, FilterSection, FormatterSection, HandlerSection, LoggerSection,
};

/// Builder for a [`DictConfig`] in code; see [`DictConfig::builder`].
///
/// The result equals a document, with the same checks: names can be wrong, so it is validated by
/// [`check`](DictConfig::check) or [`install`](DictConfig::install) only.
///
/// # Examples
/// ```
/// use logtree::config::{DictConfig, FormatterSection, HandlerSection, LoggerSection};
/// use logtree::{Level, Registry};
///
/// let config = DictConfig::builder()
///     .formatter("brief", FormatterSection::new("%(name)s: %(message)s"))
///     .handler("out", HandlerSection::new("stream").formatter("brief").with("stream", "stdout"))
///     .logger("boto3", LoggerSection::new().level(Level::DEBUG))
///     .root(LoggerSection::new().level(Level::WARNING).handlers(["out"]))
///     .build();
/// let registry = Registry::new();
/// config.install_in(&registry)?;
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
    control: Option<Map>,
    disable_existing_loggers: bool,
    incremental: bool,
}

impl DictConfig {
    /// Returns a builder for a configuration in code.
    pub fn builder() -> DictConfigBuilder {
        DictConfigBuilder::default()
    }
}

impl DictConfigBuilder {
    /// Adds a formatter, replacing an earlier one of the name.
    pub fn formatter(mut self, name: &str, formatter: FormatterSection) -> Self {
        self.formatters.set(name, section(formatter.into_map()));
        self
    }

    /// Adds a filter, replacing an earlier one of the name.
    pub fn filter(mut self, name: &str, filter: FilterSection) -> Self {
        self.filters.set(name, section(filter.into_map()));
        self
    }

    /// Adds a handler, replacing an earlier one of the name.
    pub fn handler(mut self, name: &str, handler: HandlerSection) -> Self {
        self.handlers.set(name, section(handler.into_map()));
        self
    }

    /// Configures a logger.
    pub fn logger(mut self, name: &str, logger: LoggerSection) -> Self {
        self.loggers.set(name, section(logger.into_map()));
        self
    }

    /// Configures the root logger.
    pub fn root(mut self, root: LoggerSection) -> Self {
        self.root = Some(root.into_map());
        self
    }

    /// Has the registry served to other programs, until a configuration without this is installed.
    /// An error without the feature `control`.
    pub fn control(mut self, control: ControlSection) -> Self {
        self.control = Some(control.into_map());
        self
    }

    /// Sets whether loggers that are not named are disabled; off by default.
    pub fn disable_existing_loggers(mut self, disable: bool) -> Self {
        self.disable_existing_loggers = disable;
        self
    }

    /// Sets whether only levels and propagation of existing handlers and loggers are changed; off
    /// by default.
    pub fn incremental(mut self, incremental: bool) -> Self {
        self.incremental = incremental;
        self
    }

    /// Returns the configuration.
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
        if let Some(control) = self.control {
            document.set("control", section(control));
        }
        let disable = Value::Bool(self.disable_existing_loggers);
        document.set("disable_existing_loggers", Node::loose(disable));
        document.set("incremental", Node::loose(Value::Bool(self.incremental)));
        DictConfig::of(section(document), "", "the configuration")
    }
}

fn section(map: Map) -> Node {
    Node::loose(Value::Map(map))
}

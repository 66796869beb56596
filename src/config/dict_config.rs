//! A configuration as data: [`DictConfig`].

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::config::apply::InPlace;
use crate::config::builder::DictConfigBuilder;
use crate::config::check::Settings;
use crate::config::kinds::Kinds;
use crate::config::node::{Node, Place, Value};
use crate::config::problems::{self, Trouble};
use crate::config::read::{Defaults, Syntax};
use crate::config::{file, plan};
use crate::error::{Error, ErrorKind};
use crate::registry::Registry;

/// A configuration: what handlers there are, how they format, and what each logger gets.
///
/// It is read from [JSON](Self::from_json), [TOML](Self::from_toml), YAML, [INI](Self::from_ini), a [file](Self::from_file), any
/// [serializable value](Self::from_value), or [built](Self::builder). The schema is that of Python's `logging.config`, version 1: a file
/// that configures a Python program configures a Rust one. [`Kinds`] has the classes and their arguments.
///
/// [`apply`](Self::apply) checks all of it, makes all of it, and only then changes the tree, in one step: a record that is logged
/// meanwhile meets what was before or what is after. Whatever is wrong, nothing is changed then, and the error tells
/// [all of it](Error::problems), each with its line and column. [`check`](Self::check) tells the same and makes nothing.
///
/// Texts are read up to 1 MiB and 64 levels deep, whatever stands in them. Nothing in a configuration is evaluated or looked up in the
/// environment.
///
/// # The document
/// - `version`: 1.
/// - `formatters`, `filters`, `handlers`: sections by name, each with its `class` (or `()`, as Python calls a factory) and its arguments.
///   Attributes stand in a section `"."`.
/// - Every handler takes `level`, `formatter` (a name) and `filters` (names).
/// - `loggers`: by name, with `level`, `handlers`, `filters`, `propagate`. A key that is absent leaves level and propagation as they are,
///   and takes handlers and filters away. `root` is the same for the root, and so are the names `root` and the empty one.
/// - `disable_existing_loggers`: whether loggers that are not named are switched off; no unless said.
/// - `incremental`: changes levels and propagation only, of handlers (by name) and loggers that are there.
/// - A text `cfg://handlers.console.level` stands for the value there, `cfg://list[0]` likewise. A key at the top that is none of the
///   above may be there for that, or for an anchor of YAML; keys that start with `x-`, `_`, `$`, `.` or `//` are remarks.
///
/// # Python
/// `logging.config.dictConfig` (statements 102 to 113) and `fileConfig` (114). What differs:
///
/// | Python | here | why |
/// |---|---|---|
/// | closes all handlers first, then fails half-way | all is made before anything changes | a typing error must not end logging |
/// | the first error, in a chain of exceptions | all errors, with their places | so one mends them at once |
/// | unknown keys are passed over | errors, with what may be meant; in INI only nearly known ones are | a misspelt key must not be silent |
/// | loggers not named are switched off unless said otherwise | only when said | nobody expects it |
/// | filters of loggers add up | those of an earlier configuration are replaced, the program's stay | a second configuration must give the same as the first |
/// | `incremental` passes over the level 0 | takes it | it is a level |
/// | all handlers of the process are closed | those that this registry used, when nobody has them any more | others may use them |
/// | `()`, `class` and `ext://` import anything; INI evaluates code | names of [`Kinds`] and literals | configuration is no program |
/// | a listener has to be started | it runs | records would pile up |
/// | a file of mode `w` is emptied at once | with its first record | a configuration that fails must not empty files |
/// | `..` in paths | [when allowed](Self::allow_parent_paths) | so that a path stays where it says |
///
/// # Examples
/// ```
/// use logtree::config::DictConfig;
/// use logtree::{Level, Registry};
///
/// let registry = Registry::new();
/// DictConfig::from_json(
///     r#"{
///         "version": 1,
///         "formatters": {"brief": {"format": "%(levelname)s %(name)s: %(message)s"}},
///         "handlers": {
///             "console": {"class": "logging.StreamHandler", "formatter": "brief", "stream": "ext://sys.stdout"}
///         },
///         "loggers": {"boto3": {"level": "DEBUG"}},
///         "root": {"level": "WARNING", "handlers": ["console"]}
///     }"#,
/// )?
/// .apply_to(&registry)?;
/// assert_eq!(registry.get_logger("boto3.session").effective_level(), Level::DEBUG);
///
/// let wrong = r#"{"version": 1, "loggers": {"boto3": {"level": "DEBIG"}}}"#;
/// let error = DictConfig::from_json(wrong)?.apply_to(&registry).unwrap_err();
/// assert_eq!(error.problems()[0].path(), "loggers.boto3.level");
/// assert_eq!(error.problems()[0].column(), Some(47));
/// assert_eq!(error.problems()[0].suggestion(), Some("DEBUG"));
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct DictConfig {
    root: Node,
    /// For the lines and columns of what is wrong.
    text: String,
    /// What it is called in errors.
    source: String,
    kinds: Kinds,
    settings: Settings,
}

impl DictConfig {
    /// Reads JSON.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with the place, where it is none, or has a key twice in a section.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        Self::from_text(text, Syntax::Json)
    }

    /// Reads TOML.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with the place, where it is none.
    ///
    /// # Examples
    /// ```
    /// let config = logtree::config::DictConfig::from_toml(
    ///     r#"
    ///     version = 1
    ///     [handlers.file]
    ///     class = "rotating_file"
    ///     filename = "app.log"
    ///     max_bytes = 10_000_000
    ///     backup_count = 5
    ///     [root]
    ///     level = "INFO"
    ///     handlers = ["file"]
    ///     "#,
    /// )?;
    /// config.check()?;
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        Self::from_text(text, Syntax::Toml)
    }

    /// Reads YAML 1.2: one document, with anchors and `<<`. `yes`, `no`, `on` and `off` are texts, which do as truth values where one is
    /// expected. Aliases stand for 10,000 values at most.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with the place, where it is none, or has a key twice in a section.
    #[cfg(feature = "yaml")]
    pub fn from_yaml(text: &str) -> Result<Self, Error> {
        Self::from_text(text, Syntax::Yaml)
    }

    /// Reads the INI files of Python's `logging.config.fileConfig`. `args` and `kwargs` are Python's literals, with arithmetic on whole
    /// numbers, and names like `sys.stdout` and `ERROR`; whatever is more than that is an error. `%(name)s` stands for another value of
    /// the section or of `[DEFAULT]`. As in Python, keys that are unknown are passed over; one that is nearly a known one is an error.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with the places of all that is wrong.
    ///
    /// # Python
    /// `logging.config.fileConfig` (statement 114), which evaluates them as code. Its argument `disable_existing_loggers` is
    /// [a method](Self::disable_existing_loggers).
    pub fn from_ini(text: &str) -> Result<Self, Error> {
        Self::from_text(text, Syntax::Ini)
    }

    /// [`from_ini`](Self::from_ini) with values that the text can name as `%(name)s`, where its `[DEFAULT]` does not say them itself.
    /// They are taken as they are.
    ///
    /// # Errors
    /// Those of [`from_ini`](Self::from_ini).
    ///
    /// # Python
    /// The argument `defaults` of `fileConfig`.
    ///
    /// # Examples
    /// ```
    /// use logtree::config::DictConfig;
    ///
    /// let ini = "[loggers]\nkeys=root\n[handlers]\nkeys=file\n[formatters]\nkeys=\n[logger_root]\nhandlers=file\n\
    ///            [handler_file]\nclass=FileHandler\nargs=('%(logs)s/app.log', 'a')\n";
    /// DictConfig::from_ini_with(ini, [("logs", "/var/log/app")])?.check()?;
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn from_ini_with<K: Into<String>, V: Into<String>>(
        text: &str,
        defaults: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, Error> {
        let defaults = defaults.into_iter();
        let defaults = defaults.map(|(key, value)| (key.into(), value.into()));
        Self::read(text, Syntax::Ini, &defaults.collect(), "the configuration")
    }

    /// Reads a text in one of the notations.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with the place.
    pub fn from_text(text: &str, syntax: Syntax) -> Result<Self, Error> {
        Self::read(text, syntax, &Defaults::new(), "the configuration")
    }

    /// Reads a file, by the end of its name: `.json`, `.toml`, `.yaml` or `.yml`, and `.ini`, `.cfg` or `.conf` for INI.
    ///
    /// An INI file can name its directory as `%(here)s` and itself as `%(__file__)s`, as Pyramid and Paste have it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be read; [`ErrorKind::InvalidConfig`] when it is no regular file, when everybody can write it, when
    /// it is longer than 1 MiB, and for what stands in it.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        Self::from_file_as(path, Syntax::by_name(path)?)
    }

    /// Reads a file in one of the notations, whatever its name.
    ///
    /// # Errors
    /// Those of [`from_file`](Self::from_file).
    pub fn from_file_as(path: impl AsRef<Path>, syntax: Syntax) -> Result<Self, Error> {
        let path = path.as_ref();
        Self::read_file(path, &file::read(path)?, syntax)
    }

    /// Takes the text of a file.
    pub(super) fn read_file(path: &Path, text: &str, syntax: Syntax) -> Result<Self, Error> {
        let source = path.display().to_string();
        Self::read(text, syntax, &file::defaults(path), &source)
    }

    fn read(text: &str, syntax: Syntax, defaults: &Defaults, source: &str) -> Result<Self, Error> {
        let root = syntax
            .read(text, defaults)
            .map_err(|troubles| problems::error(source, text, troubles))?;
        Ok(Self::of(root, text, source))
    }

    /// Takes any value that can be serialized: a part of the application's own configuration, say. What is wrong has no line then.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] when it cannot be serialized.
    ///
    /// # Examples
    /// ```
    /// use logtree::config::DictConfig;
    ///
    /// let config = DictConfig::from_value(&serde_json::json!({"version": 1, "root": {"level": "INFO"}}))?;
    /// config.check()?;
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn from_value(value: &impl Serialize) -> Result<Self, Error> {
        let text = serde_json::to_string(value).map_err(|error| {
            let message = "cannot take the value as a configuration";
            Error::new(ErrorKind::InvalidConfig, message).with_source(error)
        })?;
        let root = Syntax::Json.read(&text, &Defaults::new());
        // The places are those of a text that nobody has seen.
        let root = root.map_err(|troubles| {
            let troubles = troubles.into_iter().map(|trouble| Trouble {
                place: Place::Nowhere,
                ..trouble
            });
            problems::error("the configuration", "", troubles.collect())
        })?;
        Ok(Self::of(forget_places(root), "", "the configuration"))
    }

    /// Starts a configuration in code.
    pub fn builder() -> DictConfigBuilder {
        DictConfigBuilder::default()
    }

    pub(super) fn of(root: Node, text: &str, source: &str) -> Self {
        Self {
            root,
            text: text.to_owned(),
            source: source.to_owned(),
            kinds: Kinds::new(),
            settings: Settings::default(),
        }
    }

    /// The part of the document under a key, such as `logging` or `tool.logging`: for a file that configures more than logging.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] when there is none.
    ///
    /// # Examples
    /// ```
    /// use logtree::config::DictConfig;
    ///
    /// let text = "port = 80\n[logging]\nversion = 1\nroot = {level = 'INFO'}\n";
    /// DictConfig::from_toml(text)?.below("logging")?.check()?;
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn below(mut self, path: &str) -> Result<Self, Error> {
        for key in path.split('.') {
            let Value::Map(map) = &mut self.root.value else {
                return Err(self.missing(path, key));
            };
            let Some(at) = map.0.iter().position(|(known, _)| known.text == key) else {
                return Err(self.missing(path, key));
            };
            self.root = map.0.swap_remove(at).1;
        }
        Ok(self)
    }

    fn missing(&self, path: &str, key: &str) -> Error {
        let message = format!("expected the key {key:?}, which is missing");
        let trouble = Trouble::new(self.root.place, message).at(path);
        problems::error(&self.source, &self.text, vec![trouble])
    }

    /// What it can ask for by name, in place of the kinds of this crate alone.
    #[must_use]
    pub fn kinds(mut self, kinds: Kinds) -> Self {
        self.kinds = kinds;
        self
    }

    #[cfg(feature = "reload")]
    pub(super) fn with(self, kinds: Kinds, settings: Settings) -> Self {
        Self {
            kinds,
            settings,
            ..self
        }
    }

    /// The directory below which relative paths lie; that of the process unless set.
    #[must_use]
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.settings.directory = Some(directory.into());
        self
    }

    /// Whether paths may go up by `..`; not unless set.
    #[must_use]
    pub fn allow_parent_paths(mut self, allow: bool) -> Self {
        self.settings.allow_parent = allow;
        self
    }

    /// Whether loggers that are not named are switched off, whatever the document says.
    ///
    /// # Python
    /// The argument of `fileConfig`; on by default there.
    #[must_use]
    pub fn disable_existing_loggers(mut self, disable: bool) -> Self {
        self.settings.disable_existing = Some(disable);
        self
    }

    /// Tells what is wrong, for the global registry, and makes nothing: no file is opened, no thread started. What only shows when things
    /// are made, such as a file that cannot be opened, is [`apply`](Self::apply)'s to tell.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with [all that is wrong](Error::problems).
    pub fn check(&self) -> Result<(), Error> {
        self.check_for(Registry::global())
    }

    /// [`check`](Self::check) for a registry, whose level names count.
    ///
    /// # Errors
    /// Those of [`check`](Self::check).
    pub fn check_for(&self, registry: &Registry) -> Result<(), Error> {
        self.plan(registry).map(drop)
    }

    /// Configures the global registry, and makes it the backend of the `log` facade where there is no other.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with [all that is wrong](Error::problems); nothing is changed then. Files that were made for
    /// handlers which went well may stay, empty.
    pub fn apply(&self) -> Result<(), Error> {
        self.apply_to(Registry::global())?;
        // Another backend stays: this crate's own macros work without the facade.
        let _ = crate::facade::install();
        Ok(())
    }

    /// Configures a registry.
    ///
    /// # Errors
    /// Those of [`apply`](Self::apply).
    pub fn apply_to(&self, registry: &Registry) -> Result<(), Error> {
        self.apply_after(registry, &InPlace::default()).map(drop)
    }

    /// Configures a registry where an earlier configuration is in place.
    pub(super) fn apply_after(
        &self,
        registry: &Registry,
        earlier: &InPlace,
    ) -> Result<Option<InPlace>, Error> {
        let plan = self.plan(registry)?;
        let applied = plan.apply(registry, earlier);
        applied.map_err(|troubles| problems::error(&self.source, &self.text, troubles))
    }

    fn plan(&self, registry: &Registry) -> Result<plan::Plan, Error> {
        plan::check(&self.root, &self.kinds, registry, &self.settings)
            .map_err(|troubles| problems::error(&self.source, &self.text, troubles))
    }
}

impl fmt::Debug for DictConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DictConfig")
            .field("source", &self.source)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

fn forget_places(node: Node) -> Node {
    let value = match node.value {
        Value::List(list) => Value::List(list.into_iter().map(forget_places).collect()),
        Value::Map(mut map) => {
            for (key, node) in &mut map.0 {
                key.place = Place::Nowhere;
                let value = std::mem::replace(node, Node::loose(Value::Null));
                *node = forget_places(value);
            }
            Value::Map(map)
        }
        value => value,
    };
    Node::loose(value)
}

//! A configuration as data: [`DictConfig`].

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::config::apply::InPlace;
use crate::config::factories::Factories;
use crate::config::node::{Node, Value};
use crate::config::place::Place;
use crate::config::raw_problem::{self, RawProblem};
use crate::config::settings::Settings;
use crate::config::syntax::{Defaults, Syntax};
use crate::config::{file, plan};
use crate::error::{Error, ErrorKind};
use crate::registry::Registry;

/// A configuration: handlers, their formatters and filters, and what each logger gets.
///
/// It is read from [JSON](Self::from_json), [TOML](Self::from_toml), YAML, [INI](Self::from_ini), a
/// [file](Self::from_file) or any [serializable value](Self::from_value), or [built](Self::builder)
/// in code. The schema is version 1 of Python's `logging.config`: a file that configures a Python
/// program configures a Rust one. [`Factories`] lists the classes and their arguments.
///
/// [`install`](Self::install) checks the whole document, builds all objects, and only then changes
/// the tree, in one step: a record that is logged meanwhile sees the tree before or after the
/// change. If anything is wrong, nothing is changed, and the error lists [all
/// problems](Error::problems), each with its line and column. [`check`](Self::check) reports the
/// same and builds nothing.
///
/// Texts of up to 1 MiB and 64 levels are read. Nothing in a configuration is evaluated, and
/// environment variables are not expanded.
///
/// # The document
/// - `version`: 1.
/// - `formatters`, `filters`, `handlers`: sections by name, each with its `class` (or `()`, which
///   Python calls a factory) and its arguments. A section `"."` holds attributes.
/// - Every handler takes `level`, `formatter` (a name) and `filters` (names).
/// - `loggers`: by name, with `level`, `handlers`, `filters`, `propagate`. Without `level` or
///   `propagate` these stay unchanged; without `handlers` or `filters` these are removed. `root`,
///   and the names `root` and `""`, configure the root logger.
/// - `disable_existing_loggers`: whether loggers that are not named are disabled; false by default.
/// - `incremental`: only changes levels and propagation, of existing handlers (by name) and
///   loggers.
/// - `control`: serves the registry to the command line `logtree`, browsers and other programs
///   (feature `control`; see `docs::control`), with `socket` (a path, true
///   or false; true by default), `tcp` (a port, or an address of the loopback interface; none by
///   default), `console` and `allow_sensitive` (false by default), and `token_file`.
/// - A string `cfg://handlers.console.level` is replaced by the value at that path, as is
///   `cfg://list[0]`. Other top-level keys are allowed if such a reference, or a YAML alias, uses
///   them; keys that start with `x-`, `_`, `$`, `.` or `//` are comments.
///
/// # Python
/// `logging.config.dictConfig` and `fileConfig`. Differences:
///
/// | Python | here | why |
/// |---|---|---|
/// | closes all handlers first, then fails half-way | everything is built before anything changes | a typo must not end logging |
/// | the first error, in a chain of exceptions | all errors, with their places | to fix them at once |
/// | ignores unknown keys | errors, with suggestions; in INI only for near misses | a misspelled key must be noticed |
/// | disables loggers that are not named by default | only on request | surprising default |
/// | filters of loggers add up | replaces those of an earlier configuration, keeps the program's | applying twice equals applying once |
/// | `incremental` ignores the level 0 | sets it | it is a level |
/// | closes all handlers of the process | releases those that only this registry used | others may use them |
/// | `()`, `class` and `ext://` import anything; INI evaluates code | names of [`Factories`] and literals | configuration must not run code |
/// | a listener has to be started | it runs | records would pile up |
/// | truncates a file of mode `w` at once | with its first record | a failing configuration must not empty files |
/// | `..` in paths | [on request](Self::allow_parent_paths) | paths stay below their directory |
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
///             "console": {
///                 "class": "logging.StreamHandler",
///                 "formatter": "brief",
///                 "stream": "ext://sys.stdout"
///             }
///         },
///         "loggers": {"boto3": {"level": "DEBUG"}},
///         "root": {"level": "WARNING", "handlers": ["console"]}
///     }"#,
/// )?
/// .install_in(&registry)?;
/// assert_eq!(registry.get_logger("boto3.session").effective_level(), Level::DEBUG);
///
/// let wrong = r#"{"version": 1, "loggers": {"boto3": {"level": "DEBIG"}}}"#;
/// let error = DictConfig::from_json(wrong)?.install_in(&registry).unwrap_err();
/// assert_eq!(error.problems()[0].path(), "loggers.boto3.level");
/// assert_eq!(error.problems()[0].column(), Some(47));
/// assert_eq!(error.problems()[0].suggestion(), Some("DEBUG"));
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct DictConfig {
    root: Node,
    /// For the lines and columns of problems.
    text: String,
    /// Its name in errors.
    source: String,
    factories: Factories,
    settings: Settings,
}

impl DictConfig {
    /// Reads JSON.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with the place, for invalid syntax or a duplicate key.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        Self::from_text(text, Syntax::Json)
    }

    /// Reads TOML.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with the place, for invalid syntax.
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
    #[cfg(feature = "config-toml")]
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        Self::from_text(text, Syntax::Toml)
    }

    /// Reads YAML 1.2: one document, with anchors and `<<`. `yes`, `no`, `on` and `off` are
    /// strings, and are accepted where a boolean is expected. Aliases expand to 10,000 values at
    /// most.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with the place, for invalid syntax or a duplicate key.
    #[cfg(feature = "config-yaml")]
    pub fn from_yaml(text: &str) -> Result<Self, Error> {
        Self::from_text(text, Syntax::Yaml)
    }

    /// Reads the INI files of Python's `logging.config.fileConfig`. `args` and `kwargs` are Python
    /// literals, with integer arithmetic and names like `sys.stdout` and `ERROR`; any other code is
    /// an error. `%(name)s` is replaced by another value of the section or of `[DEFAULT]`. As in
    /// Python, unknown keys are ignored, but a key similar to a known one is an error.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with the places of all problems.
    ///
    /// # Python
    /// `logging.config.fileConfig`, which evaluates `args` and `kwargs` as code. Its argument
    /// `disable_existing_loggers` is [a method](Self::disable_existing_loggers) here.
    pub fn from_ini(text: &str) -> Result<Self, Error> {
        Self::from_text(text, Syntax::Ini)
    }

    /// [`from_ini`](Self::from_ini) with values for `%(name)s` that the file's own `[DEFAULT]`
    /// lacks. They are taken literally.
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
    /// let ini = "[loggers]\nkeys=root\n[handlers]\nkeys=file\n[formatters]\nkeys=\n\
    ///            [logger_root]\nhandlers=file\n[handler_file]\nclass=FileHandler\n\
    ///            args=('%(logs)s/app.log', 'a')\n";
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

    /// Reads a text in the given syntax.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with the place.
    pub fn from_text(text: &str, syntax: Syntax) -> Result<Self, Error> {
        Self::read(text, syntax, &Defaults::new(), "the configuration")
    }

    /// Reads a file in the syntax of its extension: `.json`, `.toml`, `.yaml` or `.yml`, and
    /// `.ini`, `.cfg` or `.conf` for INI.
    ///
    /// As with Pyramid and Paste, an INI file can use `%(here)s` for its directory and
    /// `%(__file__)s` for its own path.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the file cannot be read; [`ErrorKind::InvalidConfig`] if it is not a
    /// regular file, is writable by everyone, is longer than 1 MiB, or has invalid content.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        Self::from_file_as(path, Syntax::by_name(path)?)
    }

    /// Reads a file in the given syntax, whatever its name.
    ///
    /// # Errors
    /// Those of [`from_file`](Self::from_file).
    pub fn from_file_as(path: impl AsRef<Path>, syntax: Syntax) -> Result<Self, Error> {
        let path = path.as_ref();
        Self::read_file(path, &file::read(path)?, syntax)
    }

    /// Reads the text of a file.
    pub(super) fn read_file(path: &Path, text: &str, syntax: Syntax) -> Result<Self, Error> {
        let source = path.display().to_string();
        Self::read(text, syntax, &file::defaults(path), &source)
    }

    fn read(text: &str, syntax: Syntax, defaults: &Defaults, source: &str) -> Result<Self, Error> {
        let root = syntax
            .read(text, defaults)
            .map_err(|problems| raw_problem::error(source, text, problems))?;
        Ok(Self::of(root, text, source))
    }

    /// Reads any serializable value, such as a part of the application's own configuration.
    /// Problems then have no line.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if the value cannot be serialized.
    ///
    /// # Examples
    /// ```
    /// use logtree::config::DictConfig;
    ///
    /// let value = serde_json::json!({"version": 1, "root": {"level": "INFO"}});
    /// let config = DictConfig::from_value(&value)?;
    /// config.check()?;
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn from_value(value: &impl Serialize) -> Result<Self, Error> {
        let text = serde_json::to_string(value).map_err(|error| {
            let message = "cannot serialize the value for a configuration";
            Error::new(ErrorKind::InvalidConfig, message).with_source(error)
        })?;
        let root = Syntax::Json.read(&text, &Defaults::new());
        // The places are those of the intermediate text.
        let root = root.map_err(|problems| {
            let problems = problems.into_iter().map(|problem| RawProblem {
                place: Place::Nowhere,
                ..problem
            });
            raw_problem::error("the configuration", "", problems.collect())
        })?;
        Ok(Self::of(forget_places(root), "", "the configuration"))
    }

    pub(super) fn of(root: Node, text: &str, source: &str) -> Self {
        Self {
            root,
            text: text.to_owned(),
            source: source.to_owned(),
            factories: Factories::new(),
            settings: Settings::default(),
        }
    }

    /// Returns the section of the document under a key, such as `logging` or `tool.logging`: for a
    /// file that also configures other things.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if there is no such key.
    ///
    /// # Examples
    /// ```
    /// use logtree::config::DictConfig;
    ///
    /// let text = "port = 80\n[logging]\nversion = 1\nroot = {level = 'INFO'}\n";
    /// DictConfig::from_toml(text)?.section("logging")?.check()?;
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn section(mut self, path: &str) -> Result<Self, Error> {
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
        let problem = RawProblem::new(self.root.place, message).at(path);
        raw_problem::error(&self.source, &self.text, vec![problem])
    }

    /// Sets the objects that the document can name; those of this crate by default.
    #[must_use]
    pub fn factories(mut self, factories: Factories) -> Self {
        self.factories = factories;
        self
    }

    #[cfg(feature = "reload")]
    pub(super) fn with(self, factories: Factories, settings: Settings) -> Self {
        Self {
            factories,
            settings,
            ..self
        }
    }

    /// Sets the directory of relative paths; the working directory by default.
    #[must_use]
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.settings.directory = Some(directory.into());
        self
    }

    /// Sets whether paths may contain `..`; off by default.
    #[must_use]
    pub fn allow_parent_paths(mut self, allow: bool) -> Self {
        self.settings.allow_parent = allow;
        self
    }

    /// Sets whether loggers that are not named are disabled, whatever the document says.
    ///
    /// # Python
    /// The argument of `fileConfig`, which is on by default there.
    #[must_use]
    pub fn disable_existing_loggers(mut self, disable: bool) -> Self {
        self.settings.disable_existing = Some(disable);
        self
    }

    /// Validates the configuration for the global registry without opening files or starting
    /// threads. Problems that only show when objects are built, such as a file that cannot be
    /// opened, are reported by [`install`](Self::install).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with [all problems](Error::problems).
    pub fn check(&self) -> Result<(), Error> {
        self.check_in(Registry::global())
    }

    /// Validates the configuration for a registry, whose level names apply; see
    /// [`check`](Self::check).
    ///
    /// # Errors
    /// Those of [`check`](Self::check).
    pub fn check_in(&self, registry: &Registry) -> Result<(), Error> {
        self.plan(registry).map(drop)
    }

    /// Configures the global registry, and installs it as the `log` backend unless another one is
    /// installed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with [all problems](Error::problems); nothing is changed then.
    /// Empty files of handlers that were built successfully may remain.
    pub fn install(&self) -> Result<(), Error> {
        self.install_in(Registry::global())?;
        // Another backend stays installed: this crate's own macros work without the facade.
        let _ = crate::facade::install();
        Ok(())
    }

    /// Configures a registry.
    ///
    /// # Errors
    /// Those of [`install`](Self::install).
    pub fn install_in(&self, registry: &Registry) -> Result<(), Error> {
        self.install_after(registry, &InPlace::default()).map(drop)
    }

    /// Configures a registry in which an earlier configuration is in place.
    pub(super) fn install_after(
        &self,
        registry: &Registry,
        earlier: &InPlace,
    ) -> Result<Option<InPlace>, Error> {
        let plan = self.plan(registry)?;
        let applied = plan.apply(registry, earlier);
        applied.map_err(|problems| raw_problem::error(&self.source, &self.text, problems))
    }

    fn plan(&self, registry: &Registry) -> Result<plan::Plan, Error> {
        plan::check(&self.root, &self.factories, registry, &self.settings)
            .map_err(|problems| raw_problem::error(&self.source, &self.text, problems))
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

/// Configures the global registry from a file in JSON, TOML, YAML or INI, chosen by its extension,
/// and installs it as the `log` backend unless another one is installed.
///
/// # Errors
/// Those of [`DictConfig::from_file`] and [`DictConfig::install`]; nothing is changed then.
///
/// # Python
/// `logging.config.fileConfig`, or reading a file and calling `dictConfig`.
///
/// # Examples
/// ```no_run
/// logtree::config::init_from_file("logging.toml")?;
/// # Ok::<(), logtree::Error>(())
/// ```
pub fn init_from_file(path: impl AsRef<Path>) -> Result<(), Error> {
    DictConfig::from_file(path)?.install()
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

//! A simple set-up of the root: [`basic_config`].

use std::path::PathBuf;

use crate::error::{Error, ErrorKind};
use crate::handler::{FileHandler, Handler, StreamHandler};
use crate::level::Level;
use crate::registry::Registry;
use crate::setup::preset::{self, Layout, Preset, Template};
use crate::sys::sync::Arc;

/// Adds a handler to the root of the global registry that writes `LEVEL:name:message` to standard
/// error, and installs the registry as the `log` backend. Does nothing if the root has a handler.
///
/// # Python
/// `logging.basicConfig()`. For its arguments, see [`BasicConfig`].
///
/// # Examples
/// ```
/// logtree::basic_config();
/// log::warn!("WARNING:…: on standard error");
/// ```
#[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
pub fn basic_config() -> Installed {
    // Without options nothing can be wrong.
    let installed = BasicConfig::new().install();
    installed.unwrap_or(Installed::HadHandlers)
}

/// Whether a set-up took place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Installed {
    /// The root is set up.
    Done,
    /// Nothing was changed: the root has handlers, and [`force`](BasicConfig::force) is off. Python
    /// does not report this.
    HadHandlers,
}

/// A simple set-up of the root: level, format and destination.
///
/// All options are checked before anything changes.
///
/// Colors are shown if the stream is a terminal. Known credentials are redacted
/// ([`RedactingFilter`](crate::filter::RedactingFilter)). A record that a handler nearer to its
/// logger has written to the same stream or file is not written again
/// ([`with_once_per_stream`](Handler::with_once_per_stream)). None of this applies to handlers
/// passed to [`handler`](Self::handler).
///
/// # Python
/// The arguments of `logging.basicConfig`. `encoding` and `errors` are left out, as all text is
/// UTF-8. A call that does nothing says so. Python writes a record once for each handler on its
/// way.
///
/// # Examples
/// ```
/// use logtree::setup::Installed;
/// use logtree::{BasicConfig, Level, Registry};
///
/// let registry = Registry::new();
/// let installed = BasicConfig::new()
///     .level(Level::INFO)
///     .format("%(asctime)s %(message)s")
///     .date_format("%H:%M:%S")
///     .stream(std::io::stdout())
///     .install_in(&registry)?;
/// assert_eq!(installed, Installed::Done);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "nothing happens until `install`"]
pub struct BasicConfig {
    level: Option<Level>,
    layout: Layout,
    stream: Option<StreamHandler>,
    file: Option<PathBuf>,
    truncate: bool,
    handlers: Option<Vec<Handler>>,
    force: bool,
    redact: bool,
    is_test: bool,
}

preset::layout_methods!(BasicConfig, "`LEVEL:name:message`");

impl BasicConfig {
    /// Returns a set-up with a handler that writes `LEVEL:name:message` to standard error; the
    /// root's level stays.
    pub fn new() -> Self {
        Self {
            level: None,
            layout: Layout::default(),
            stream: None,
            file: None,
            truncate: false,
            handlers: None,
            force: false,
            redact: true,
            is_test: false,
        }
    }

    /// Sets the root's level.
    pub fn level(mut self, level: impl Into<Level>) -> Self {
        self.level = Some(level.into());
        self
    }

    /// Sets a file to append to. Python's `filename`.
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// Sets whether the file is truncated first; off by default. Python's `filemode="w"`.
    pub fn truncate(mut self, truncate: bool) -> Self {
        self.truncate = truncate;
        self
    }

    /// Adds a handler. It gets the set-up's formatter if it has none.
    pub fn handler(mut self, handler: impl Into<Handler>) -> Self {
        self.handlers.get_or_insert_default().push(handler.into());
        self
    }

    /// Adds handlers; see [`handler`](Self::handler). With none at all, the root gets no handler.
    pub fn handlers<H: Into<Handler>>(mut self, handlers: impl IntoIterator<Item = H>) -> Self {
        let handlers = handlers.into_iter().map(Into::into);
        self.handlers.get_or_insert_default().extend(handlers);
        self
    }

    /// Sets whether the root's handlers are removed and closed first; off by default.
    pub fn force(mut self, force: bool) -> Self {
        self.force = force;
        self
    }

    /// Sets whether known credentials are redacted, by
    /// [`RedactingFilter::preset`](crate::filter::RedactingFilter::preset); on by default.
    pub fn redact(mut self, redact: bool) -> Self {
        self.redact = redact;
        self
    }

    /// Sets whether standard error is written to through `eprint!`, so that the test harness
    /// captures it ([`StreamHandler::for_tests`]); off by default.
    pub fn is_test(mut self, is_test: bool) -> Self {
        self.is_test = is_test;
        self
    }

    /// Sets up the global registry, and installs it as the `log` backend unless another backend is
    /// installed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidFormat`]; [`ErrorKind::InvalidConfig`] if options exclude each other;
    /// [`ErrorKind::Io`] if the file cannot be opened. Nothing is changed then.
    pub fn install(self) -> Result<Installed, Error> {
        let installed = self.install_in(Registry::global())?;
        preset::install_backend();
        Ok(installed)
    }

    /// Sets up a registry.
    ///
    /// # Errors
    /// As [`install`](Self::install).
    pub fn install_in(self, registry: &Registry) -> Result<Installed, Error> {
        let destinations = [
            self.handlers.is_some(),
            self.stream.is_some(),
            self.file.is_some(),
        ];
        if destinations.into_iter().filter(|given| *given).count() > 1 {
            let message =
                "cannot set up the root: a stream, a file and handlers exclude each other";
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        }
        let formatter = self.layout.build(&Template::BASIC, false)?;
        let root = registry.root();
        if !self.force && !root.handlers().is_empty() {
            return Ok(Installed::HadHandlers);
        }
        let preset = Preset {
            made_by: None,
            redact: self.redact,
            ..Preset::STDERR
        };
        let handlers = match (self.handlers, self.stream, self.file) {
            (Some(handlers), ..) => {
                for handler in handlers.iter().filter(|handler| !handler.has_formatter()) {
                    handler.configure(Some(Arc::clone(&formatter)), None);
                }
                handlers
            }
            (_, Some(stream), _) => vec![preset.handler(stream, &formatter)],
            (.., Some(path)) => {
                let file = FileHandler::builder(path).truncate(self.truncate).open()?;
                vec![preset.handler(file, &formatter)]
            }
            _ => {
                let stderr = if self.is_test {
                    StreamHandler::for_tests()
                } else {
                    registry.stderr_handler()
                };
                let preset = Preset {
                    redact: self.redact,
                    ..Preset::STDERR
                };
                vec![preset.handler(stderr, &formatter)]
            }
        };
        if self.force {
            for old in root.replace_handlers([]) {
                // It is out of use; what it could not write is counted and reported.
                let _ = old.close();
            }
        }
        drop(root.replace_handlers(handlers));
        if let Some(level) = self.level {
            root.set_level(level);
        }
        preset::name_loggers_in_last_resort(registry, self.redact);
        Ok(Installed::Done)
    }
}

impl Default for BasicConfig {
    fn default() -> Self {
        Self::new()
    }
}

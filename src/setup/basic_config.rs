//! A simple set-up of the root: [`basic_config`].

use std::io::Write;
use std::path::PathBuf;

use crate::error::{Error, ErrorKind};
use crate::filter::RedactingFilter;
use crate::formatter::{Colors, Formatter, TemplateStyle};
use crate::handler::{FileHandler, Handler, MadeBy, StreamHandler};
use crate::level::Level;
use crate::registry::Registry;
use crate::setup::last_resort;

/// Gives the root of the global registry a handler to standard error with `LEVEL:name:message`, and makes it the backend of the
/// `log` facade; nothing happens if the root has a handler.
///
/// # Python
/// `logging.basicConfig()`. For its arguments, see [`BasicConfig`].
///
/// # Examples
/// ```
/// logtree::basic_config();
/// log::warn!("WARNING:…: on standard error");
/// ```
#[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
pub fn basic_config() -> Applied {
    // Without options there is nothing to be wrong.
    BasicConfig::new().apply().unwrap_or(Applied::HadHandlers)
}

/// Whether a set-up was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It was.
    Done,
    /// It was not, as the root has handlers and [`force`](BasicConfig::force) was not asked for. Python reports nothing then.
    HadHandlers,
}

/// A simple set-up of the root: level, format, and where to.
///
/// Nothing is changed before all of it is found to be right.
///
/// Colours are shown where the stream is a terminal. Known credentials are written as `***` ([`RedactingFilter`]). A record that a
/// handler nearer to its logger has written to the same stream or file is not written again
/// ([`with_once_per_stream`](Handler::with_once_per_stream)). Handlers that are [given](Self::handlers) stay as they are.
///
/// # Python
/// The arguments of `logging.basicConfig`. `encoding` and `errors` are left out, as all text is UTF-8. Errors come before
/// anything is done, and a call that does nothing says so. Python writes a record once for each handler on its way.
///
/// # Examples
/// ```
/// use logtree::{BasicConfig, Level, Registry};
/// use logtree::setup::Applied;
///
/// let registry = Registry::new();
/// let applied = BasicConfig::new()
///     .level(Level::INFO)
///     .format("%(asctime)s %(message)s")
///     .date_format("%H:%M:%S")
///     .stream(std::io::stdout())
///     .apply_to(&registry)?;
/// assert_eq!(applied, Applied::Done);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Debug, Default)]
#[must_use = "nothing happens until `apply`"]
pub struct BasicConfig {
    level: Option<Level>,
    format: Option<String>,
    date_format: Option<String>,
    style: TemplateStyle,
    stream: Option<StreamHandler>,
    file: Option<PathBuf>,
    truncate: bool,
    handlers: Option<Vec<Handler>>,
    force: bool,
    keep_secrets: bool,
}

impl BasicConfig {
    /// Standard error, `LEVEL:name:message`, the root's level as it is.
    pub fn new() -> Self {
        Self::default()
    }

    /// The root's level.
    pub fn level(mut self, level: impl Into<Level>) -> Self {
        self.level = Some(level.into());
        self
    }

    /// The template; an empty one means `LEVEL:name:message`.
    pub fn format(mut self, template: impl Into<String>) -> Self {
        self.format = Some(template.into()).filter(|template| !template.is_empty());
        self
    }

    /// A pattern of `strftime` for the time. Python's `datefmt`.
    pub fn date_format(mut self, pattern: impl Into<String>) -> Self {
        self.date_format = Some(pattern.into());
        self
    }

    /// The syntax of the template.
    pub fn style(mut self, style: TemplateStyle) -> Self {
        self.style = style;
        self
    }

    /// A writer, in place of standard error.
    pub fn stream(mut self, writer: impl Write + Send + 'static) -> Self {
        self.stream = Some(StreamHandler::new(writer));
        self
    }

    /// A file to append to, in place of standard error. Python's `filename`.
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// Whether the file is emptied first; off by default. Python's `filemode="w"`.
    pub fn truncate(mut self, truncate: bool) -> Self {
        self.truncate = truncate;
        self
    }

    /// Handlers, in place of one to standard error; those without a formatter get the set-up's.
    pub fn handlers<H: Into<Handler>>(mut self, handlers: impl IntoIterator<Item = H>) -> Self {
        self.handlers = Some(handlers.into_iter().map(Into::into).collect());
        self
    }

    /// Whether handlers that the root has are taken away and closed first; off by default.
    pub fn force(mut self, force: bool) -> Self {
        self.force = force;
        self
    }

    /// Whether known credentials are taken out of what is written, by [`RedactingFilter::preset`]; on by default. Handlers that are
    /// [given](Self::handlers) stay as they are.
    pub fn redact(mut self, redact: bool) -> Self {
        self.keep_secrets = !redact;
        self
    }

    /// Sets up the global registry, and makes it the backend of the `log` facade where there is no other.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidFormat`]; [`ErrorKind::InvalidConfig`] where options exclude one another; [`ErrorKind::Io`] when the file
    /// cannot be opened.
    pub fn apply(self) -> Result<Applied, Error> {
        let applied = self.apply_to(Registry::global())?;
        // Another backend stays: this crate's own macros work without the facade.
        let _ = crate::facade::install();
        Ok(applied)
    }

    /// Sets up a registry.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidFormat`]; [`ErrorKind::InvalidConfig`] where options exclude one another; [`ErrorKind::Io`] when the file
    /// cannot be opened.
    pub fn apply_to(self, registry: &Registry) -> Result<Applied, Error> {
        let ways = [
            self.handlers.is_some(),
            self.stream.is_some(),
            self.file.is_some(),
        ];
        if ways.into_iter().filter(|given| *given).count() > 1 {
            let message =
                "cannot set up the root: a stream, a file and handlers exclude one another";
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        }
        let formatter = self.formatter()?;
        let root = registry.root();
        if !self.force && !root.handlers().is_empty() {
            return Ok(Applied::HadHandlers);
        }
        let are_given = self.handlers.is_some();
        let handlers = match (self.handlers, self.stream, self.file) {
            (Some(handlers), ..) => handlers,
            (_, Some(stream), _) => vec![stream.into()],
            (.., Some(path)) => {
                let file = FileHandler::builder(path).truncate(self.truncate).open()?;
                vec![file.into()]
            }
            _ => {
                let stderr = Handler::from(registry.stderr());
                // So that a later `set_stream_logger` for the root takes its place.
                stderr.note_maker(MadeBy::StreamLogger);
                vec![stderr]
            }
        };
        let handlers = if are_given {
            handlers
        } else {
            let once = |handler: Handler| handler.with_once_per_stream(true);
            handlers.into_iter().map(once).collect()
        };
        if self.force {
            for old in root.replace_handlers([]) {
                // It is out of use; what it could not write any more, it has counted and reported.
                let _ = old.close();
            }
        }
        for handler in &handlers {
            if !are_given && !self.keep_secrets {
                handler.add_filter(RedactingFilter::shared_preset());
            }
            if !handler.has_formatter() {
                handler.set_formatter(formatter.clone());
            }
        }
        drop(root.replace_handlers(handlers));
        if let Some(level) = self.level {
            root.set_level(level);
        }
        last_resort::name_loggers(registry, !self.keep_secrets);
        Ok(Applied::Done)
    }

    fn formatter(&self) -> Result<Formatter, Error> {
        let template = self.format.as_deref().unwrap_or(match self.style {
            TemplateStyle::Percent => Formatter::BASIC,
            TemplateStyle::Brace => "{levelname}:{name}:{message}",
            TemplateStyle::Dollar => "${levelname}:${name}:${message}",
        });
        let mut formatter = Formatter::builder()
            .format(template)
            .style(self.style)
            .colors(Colors::default());
        if let Some(pattern) = &self.date_format {
            formatter = formatter.date_format(pattern);
        }
        formatter.build()
    }
}

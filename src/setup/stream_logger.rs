//! Boto3's one-line set-up: [`set_stream_logger`].

use std::io::Write;

use crate::formatter::{ColorChoice, Colors};
use crate::handler::Handler;
use crate::{Error, Formatter, Level, RedactingFilter, Registry, StreamHandler};

/// Shows a logger's records, and those of all below it, from a level on, on standard error; every crate's records land in the
/// tree. One line sets up what a program shows, per service:
///
/// ```
/// use logtree::{set_stream_logger, Level};
///
/// set_stream_logger("boto3", Level::DEBUG);
/// set_stream_logger("botocore.client.S3", Level::INFO);
/// log::debug!(target: "boto3::session", "shown");
/// ```
///
/// It sets the level of the logger and adds a handler of that level, with the format `%(asctime)s %(name)s [%(levelname)s] %(message)s`,
/// and makes the global registry the backend of the `log` facade where there is no other. `""` is the root: everything.
/// Known credentials are shown as `***` ([`RedactingFilter`]). Called again for a name, it replaces its own handler. For more, see [`StreamLogger`].
///
/// # Python
/// `boto3.set_stream_logger`, which adds a further handler at each call, so that everything is printed twice
/// ([`keep_earlier`](StreamLogger::keep_earlier) does so).
pub fn set_stream_logger(name: impl AsRef<str>, level: impl Into<Level>) -> Handler {
    let logger = StreamLogger::new(name, level);
    let formatter = Formatter::preset(Formatter::BOTO3)
        .colors(Colors::default())
        .build_preset();
    let handler = logger.install_with(Registry::global(), formatter);
    // Another backend stays: this crate's own macros work without the facade.
    let _ = crate::install();
    handler
}

/// [`set_stream_logger`] at `DEBUG`, by botocore's rule and in its format.
///
/// # Python
/// `botocore.session.Session.set_debug_logger`.
pub fn set_debug_logger(name: impl AsRef<str>) -> Handler {
    let logger = StreamLogger::new(name, Level::DEBUG).level_on(LevelOn::Handler);
    let formatter = Formatter::preset(Formatter::BOTOCORE)
        .colors(Colors::default())
        .build_preset();
    let handler = logger.install_with(Registry::global(), formatter);
    let _ = crate::install();
    handler
}

/// [`set_debug_logger`] for several names at once, with the name of the thread in each line.
///
/// # Python
/// What the AWS command line does for `--debug`, with `botocore`, `awscli`, `s3transfer` and `urllib3`.
///
/// # Examples
/// ```
/// logtree::debug_all(["boto3", "botocore", "s3transfer", "urllib3"]);
/// ```
pub fn debug_all<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Vec<Handler> {
    const FORMAT: &str = "%(asctime)s - %(threadName)s - %(name)s - %(levelname)s - %(message)s";
    let formatter = Formatter::preset(FORMAT)
        .colors(Colors::default())
        .build_preset();
    let set_up = |name: N| {
        let logger = StreamLogger::new(name, Level::DEBUG).level_on(LevelOn::Handler);
        logger.install_with(Registry::global(), formatter.clone())
    };
    let handlers = names.into_iter().map(set_up).collect();
    let _ = crate::install();
    handlers
}

/// What gets the level that a [`StreamLogger`] is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LevelOn {
    /// The logger and the handler: Boto3's rule, and the default.
    #[default]
    Both,
    /// The handler alone; the logger goes to `DEBUG`, so that other handlers still see everything. botocore's rule.
    Handler,
}

/// [`set_stream_logger`] with more to say: format, stream, colours, which level goes where.
///
/// # Examples
/// ```
/// use logtree::{Level, Registry, StreamLogger};
///
/// let registry = Registry::new();
/// StreamLogger::new("botocore", Level::INFO)
///     .format("%(levelname)s %(message)s")
///     .stream(std::io::stdout())
///     .install_in(&registry)?;
/// assert_eq!(registry.get_logger("botocore").level(), Level::INFO);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "nothing happens until `install`"]
pub struct StreamLogger {
    name: String,
    level: Level,
    level_on: LevelOn,
    format: Option<String>,
    stream: Option<StreamHandler>,
    color: ColorChoice,
    keep_earlier: bool,
    propagate_once: bool,
    redact: bool,
}

impl StreamLogger {
    /// For a logger and a level: standard error, Boto3's format and rule.
    pub fn new(name: impl AsRef<str>, level: impl Into<Level>) -> Self {
        Self {
            name: name.as_ref().to_owned(),
            level: level.into(),
            level_on: LevelOn::default(),
            format: None,
            stream: None,
            color: ColorChoice::default(),
            keep_earlier: false,
            propagate_once: false,
            redact: true,
        }
    }

    /// The template, in the `%` style; an empty one means Boto3's.
    pub fn format(mut self, template: impl Into<String>) -> Self {
        self.format = Some(template.into()).filter(|template| !template.is_empty());
        self
    }

    /// A writer, in place of standard error.
    pub fn stream(mut self, writer: impl Write + Send + 'static) -> Self {
        self.stream = Some(StreamHandler::new(writer));
        self
    }

    /// Standard output, in place of standard error.
    pub fn stdout(mut self) -> Self {
        self.stream = Some(StreamHandler::stdout());
        self
    }

    /// Whether colours are shown; by default where the stream is a terminal.
    pub fn color(mut self, choice: ColorChoice) -> Self {
        self.color = choice;
        self
    }

    /// What gets the level.
    pub fn level_on(mut self, rule: LevelOn) -> Self {
        self.level_on = rule;
        self
    }

    /// Leaves handlers of earlier calls for the same name where they are, so that a record is shown once for each: Boto3's
    /// behaviour.
    pub fn keep_earlier(mut self) -> Self {
        self.keep_earlier = true;
        self
    }

    /// Leaves out what an earlier handler on the record's way has written to the same stream: with handlers for `botocore` and for
    /// `botocore.client.S3`, a record of the latter is shown once.
    pub fn propagate_once(mut self) -> Self {
        self.propagate_once = true;
        self
    }

    /// Whether known credentials are taken out of what is shown, by [`RedactingFilter::preset`]; on by default.
    pub fn redact(mut self, redact: bool) -> Self {
        self.redact = redact;
        self
    }

    /// Sets up the global registry, and makes it the backend of the `log` facade where there is no other. Answers with the
    /// handler.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidFormat`](crate::ErrorKind::InvalidFormat); nothing is changed then.
    pub fn install(self) -> Result<Handler, Error> {
        let handler = self.install_in(Registry::global())?;
        let _ = crate::install();
        Ok(handler)
    }

    /// Sets up a registry. Answers with the handler.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidFormat`](crate::ErrorKind::InvalidFormat); nothing is changed then.
    pub fn install_in(self, registry: &Registry) -> Result<Handler, Error> {
        let template = self.format.as_deref().unwrap_or(Formatter::BOTO3);
        let formatter = Formatter::builder()
            .format(template)
            .colors(Colors::default())
            .build()?;
        Ok(self.install_with(registry, formatter))
    }

    fn install_with(self, registry: &Registry, formatter: Formatter) -> Handler {
        let logger = registry.get_logger(&self.name);
        let stream = self.stream.unwrap_or_else(|| registry.stderr());
        let mut handler = Handler::from(stream.with_color(self.color))
            .with_level(self.level)
            .with_formatter(formatter);
        if self.redact {
            handler.add_filter(RedactingFilter::shared_preset());
        }
        if self.propagate_once {
            handler = handler.with_propagate_once();
        }
        let earlier = registry
            .inner()
            .note_stream_handler(logger.node().id(), handler.clone());
        let earlier = earlier.filter(|_| !self.keep_earlier);
        logger.set_level(match self.level_on {
            LevelOn::Both => self.level,
            LevelOn::Handler => Level::DEBUG,
        });
        logger.exchange_handler(earlier.as_ref(), handler.clone());
        handler
    }
}

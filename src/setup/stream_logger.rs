//! Boto3's one-line set-up: [`set_stream_logger`].

use std::io::Write;

use crate::error::Error;
use crate::filter::RedactingFilter;
use crate::formatter::{ColorChoice, Colors, Formatter};
use crate::handler::{Handler, MadeBy, StreamHandler};
use crate::level::Level;
use crate::registry::Registry;
use crate::setup::last_resort;

/// Shows a logger's records, and those of all below it, from a level on, on standard error; every crate's records land in the
/// tree. One line sets up what a program shows, per service:
///
/// ```
/// use logtree::{Level, get_logger, set_stream_logger};
///
/// set_stream_logger("", Level::INFO); // everything
/// set_stream_logger("botocore.client.S3", Level::DEBUG); // more of one service; no line comes twice
/// get_logger("boto3").set_level(Level::DEBUG); // and later, more of another
/// log::debug!(target: "boto3::session", "shown");
/// ```
///
/// It gives the level to the logger and adds a handler with the format `%(asctime)s %(name)s [%(levelname)s] %(message)s`, and makes
/// the global registry the backend of the `log` facade where there is no other. `""` is the root: everything.
///
/// The handler itself passes all that reaches it, so whatever makes a logger more verbose later is seen:
/// [`Logger::set_level`](crate::Logger::set_level), [`LevelSpec`](crate::LevelSpec), [`Verbosity`](crate::Verbosity),
/// [`Control`](crate::control::Control), [`Scope::level`](crate::Scope::level). With handlers on a logger and on an ancestor, a record
/// is shown once, by the nearest one. Known credentials are shown as `***` ([`RedactingFilter`]). Called again for a name, it
/// replaces its own handler, and for the root that of [`basic_config`](crate::basic_config) and
/// [`init_from_env`](crate::init_from_env) too. For further options, see [`StreamLogger`].
///
/// # Python
/// `boto3.set_stream_logger`, which gives the level to logger and handler, so that nothing shows more later, and shows a record once
/// for each handler and each call. [`boto3_exact`](StreamLogger::boto3_exact) does so.
pub fn set_stream_logger(name: impl AsRef<str>, level: impl Into<Level>) -> Handler {
    set_up([name], level.into(), Formatter::BOTO3).remove(0)
}

/// [`set_stream_logger`] at `DEBUG`, in botocore's format.
///
/// # Python
/// `botocore.session.Session.set_debug_logger`.
pub fn set_debug_logger(name: impl AsRef<str>) -> Handler {
    set_up([name], Level::DEBUG, Formatter::BOTOCORE).remove(0)
}

/// [`set_debug_logger`] for several names at once, with the name of the thread in each line.
///
/// # Python
/// What the AWS command line does for `--debug`, with `botocore`, `awscli`, `s3transfer` and `urllib3`.
///
/// # Examples
/// ```
/// logtree::setup::debug_all(["boto3", "botocore", "s3transfer", "urllib3"]);
/// ```
pub fn debug_all<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Vec<Handler> {
    const FORMAT: &str = "%(asctime)s - %(threadName)s - %(name)s - %(levelname)s - %(message)s";
    set_up(names, Level::DEBUG, FORMAT)
}

/// Sets up names of the global registry; one handler for each.
fn set_up<N: AsRef<str>>(
    names: impl IntoIterator<Item = N>,
    level: Level,
    format: &'static str,
) -> Vec<Handler> {
    let formatter = Formatter::preset(format)
        .colors(Colors::default())
        .build_preset();
    let registry = Registry::global();
    let set_up = |name: N| StreamLogger::new(name, level).install_with(registry, formatter.clone());
    let handlers = names.into_iter().map(set_up).collect();
    // Another backend stays: this crate's own macros work without the facade.
    let _ = crate::facade::install();
    handlers
}

/// What gets the level that a [`StreamLogger`] is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LevelOn {
    /// The logger alone; the handler passes what reaches it, so that whatever makes a logger more verbose later is seen. The default.
    #[default]
    Logger,
    /// The logger and the handler: Boto3's rule. A level that is raised later shows nothing more.
    Both,
    /// The handler alone; the logger goes to `DEBUG`, so that other handlers still see everything. botocore's rule.
    Handler,
}

/// [`set_stream_logger`] with further options: format, stream, colours, which level goes where.
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
    once_per_stream: bool,
    redact: bool,
    spans: bool,
    is_exact: bool,
}

/// The logger of the records by which `tracing`, with its feature `log`, reports that spans are made, entered, left and closed.
const SPANS: &str = "tracing.span";

impl StreamLogger {
    /// For a logger and a level: standard error, Boto3's format, the level on the logger.
    pub fn new(name: impl AsRef<str>, level: impl Into<Level>) -> Self {
        Self {
            name: name.as_ref().to_owned(),
            level: level.into(),
            level_on: LevelOn::default(),
            format: None,
            stream: None,
            color: ColorChoice::default(),
            keep_earlier: false,
            once_per_stream: true,
            redact: true,
            spans: false,
            is_exact: false,
        }
    }

    /// Boto3's `set_stream_logger` to the letter: the level on logger and handler ([`LevelOn::Both`]), handlers of earlier calls
    /// kept, a record shown once for each handler, messages raw and key-values only where the format names them
    /// ([`python_exact`](crate::formatter::FormatterBuilder::python_exact)), no colours, credentials in clear, the last resort as it is.
    pub fn boto3_exact(mut self) -> Self {
        self.is_exact = true;
        self.level_on(LevelOn::Both)
            .keep_earlier(true)
            .once_per_stream(false)
            .redact(false)
            .spans(true)
            .color(ColorChoice::Never)
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

    /// What gets the level; the logger by default.
    pub fn level_on(mut self, rule: LevelOn) -> Self {
        self.level_on = rule;
        self
    }

    /// Whether the handler of an earlier call for the same name stays, in place of being replaced; off by default. A record is shown by
    /// both only where they write to two streams, or with [`once_per_stream(false)`](Self::once_per_stream).
    pub fn keep_earlier(mut self, keep: bool) -> Self {
        self.keep_earlier = keep;
        self
    }

    /// Whether a record is left out that another handler before this one on the record's way has written to the same stream; on by
    /// default. With handlers for `botocore` and for `botocore.client.S3`, a record of the latter is shown once, by the handler
    /// nearest to its logger that takes it; see [`with_once_per_stream`](Handler::with_once_per_stream).
    pub fn once_per_stream(mut self, once: bool) -> Self {
        self.once_per_stream = once;
        self
    }

    /// Whether known credentials are removed from what is shown, by [`RedactingFilter::preset`]; on by default. It holds for the
    /// registry's last resort too.
    pub fn redact(mut self, redact: bool) -> Self {
        self.redact = redact;
        self
    }

    /// Whether a set-up of the root shows the records by which `tracing`'s feature `log` reports that spans are made, entered, left and
    /// closed; off by default, as they are nearly half of what a client of AWS logs. Then the logger `tracing.span` gets the
    /// level `WARNING`, unless it has a level of its own.
    pub fn spans(mut self, show: bool) -> Self {
        self.spans = show;
        self
    }

    /// Sets up the global registry, and makes it the backend of the `log` facade where there is no other. Returns the handler.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidFormat`](crate::ErrorKind::InvalidFormat); nothing is changed then.
    pub fn install(self) -> Result<Handler, Error> {
        let handler = self.install_in(Registry::global())?;
        let _ = crate::facade::install();
        Ok(handler)
    }

    /// Sets up a registry. Returns the handler.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidFormat`](crate::ErrorKind::InvalidFormat); nothing is changed then.
    pub fn install_in(self, registry: &Registry) -> Result<Handler, Error> {
        let template = self.format.as_deref().unwrap_or(Formatter::BOTO3);
        let mut formatter = Formatter::builder()
            .format(template)
            .colors(Colors::default());
        if self.is_exact {
            formatter = formatter.python_exact();
        }
        let formatter = formatter.build()?;
        Ok(self.install_with(registry, formatter))
    }

    fn install_with(self, registry: &Registry, formatter: Formatter) -> Handler {
        let logger = registry.get_logger(&self.name);
        let stream = self.stream.unwrap_or_else(|| registry.stderr());
        let handler = Handler::from(stream.with_color(self.color))
            .with_formatter(formatter)
            .with_once_per_stream(self.once_per_stream);
        handler.note_maker(MadeBy::StreamLogger);
        if self.redact {
            handler.add_filter(RedactingFilter::shared_preset());
        }
        if self.level_on != LevelOn::Logger {
            handler.set_level(self.level);
        }
        logger.set_level(match self.level_on {
            LevelOn::Handler => Level::DEBUG,
            LevelOn::Logger | LevelOn::Both => self.level,
        });
        let is_earlier =
            |known: &Handler| !self.keep_earlier && known.made_by() == Some(MadeBy::StreamLogger);
        // The end of the earlier one runs a writer's code, so out of the tree's lock.
        drop(logger.exchange_handler(is_earlier, handler.clone()));
        if !self.is_exact {
            last_resort::name_loggers(registry, self.redact);
        }
        if !self.spans && logger.is_root() {
            let spans = registry.get_logger(SPANS);
            if spans.level() == Level::NOTSET {
                spans.set_level(Level::WARNING);
            }
        }
        handler
    }
}

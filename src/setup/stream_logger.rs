//! A set-up of one logger that writes to a stream, and its options: [`StreamLogger`].

use crate::error::Error;
use crate::formatter::{ColorChoice, Format};
use crate::handler::{Handler, MadeBy, StreamHandler};
use crate::level::Level;
use crate::registry::Registry;
use crate::setup::preset::{self, Layout, Preset, Template};
use crate::sys::sync::Arc;

/// Where a [`StreamLogger`] applies its level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LevelOn {
    /// The logger only. The handler accepts every record that reaches it, so that a logger can be
    /// made more verbose later. The default.
    #[default]
    Logger,
    /// The logger and the handler: Boto3's rule. Lowering the logger's level later shows nothing
    /// more.
    Both,
    /// The handler only; the logger is set to `DEBUG`, so that other handlers still see everything:
    /// botocore's rule.
    Handler,
}

/// A builder for [`set_stream_logger`](crate::set_stream_logger) with more options, such as the
/// format, the stream and the colors.
///
/// # Examples
/// ```
/// use logtree::formatter::JsonFormatter;
/// use logtree::{Level, Registry, StreamLogger};
///
/// let registry = Registry::new();
/// StreamLogger::new("botocore", Level::INFO)
///     .formatter(JsonFormatter::new())
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
    layout: Layout,
    stream: Option<StreamHandler>,
    color: ColorChoice,
    keep_earlier: bool,
    once_per_stream: bool,
    redact: bool,
    spans: bool,
    is_exact: bool,
}

/// The logger of the records by which `tracing`, with its feature `log`, reports that spans are
/// created, entered, left and closed.
const SPANS: &str = "tracing.span";

preset::layout_methods!(StreamLogger, "Boto3's");

impl StreamLogger {
    /// Returns a set-up of a logger: its level, and a handler that writes to standard error in
    /// Boto3's format.
    pub fn new(name: impl AsRef<str>, level: impl Into<Level>) -> Self {
        Self {
            name: name.as_ref().to_owned(),
            level: level.into(),
            level_on: LevelOn::default(),
            layout: Layout::default(),
            stream: None,
            color: ColorChoice::default(),
            keep_earlier: false,
            once_per_stream: true,
            redact: true,
            spans: false,
            is_exact: false,
        }
    }

    /// Selects exactly what Boto3's `set_stream_logger` does: the level on logger and handler
    /// ([`LevelOn::Both`]), handlers of earlier calls kept, a record written once per handler, raw
    /// messages, key-values only where the format names them
    /// ([`python_exact`](crate::formatter::FormatterBuilder::python_exact)), no colors, no
    /// redaction, and the last resort unchanged.
    pub fn boto3_exact(mut self) -> Self {
        self.is_exact = true;
        self.level_on(LevelOn::Both)
            .keep_earlier(true)
            .once_per_stream(false)
            .redact(false)
            .spans(true)
            .color(ColorChoice::Never)
    }

    /// Sets whether colors are shown. By default they are shown if the stream is a terminal.
    pub fn color(mut self, choice: ColorChoice) -> Self {
        self.color = choice;
        self
    }

    /// Sets where the level is applied; [`LevelOn::Logger`] by default.
    pub fn level_on(mut self, rule: LevelOn) -> Self {
        self.level_on = rule;
        self
    }

    /// Sets whether the handler of an earlier call for the same name is kept instead of replaced;
    /// off by default. Both write a record only if they write to different streams, or with
    /// [`once_per_stream(false)`](Self::once_per_stream).
    pub fn keep_earlier(mut self, keep: bool) -> Self {
        self.keep_earlier = keep;
        self
    }

    /// Sets whether the handler skips records that an earlier handler on the record's way has
    /// written to the same stream; on by default. With handlers for `botocore` and for
    /// `botocore.client.S3`, a record of the latter is then written once, by the handler nearest to
    /// its logger that accepts it; see
    /// [`with_once_per_stream`](Handler::with_once_per_stream).
    pub fn once_per_stream(mut self, once: bool) -> Self {
        self.once_per_stream = once;
        self
    }

    /// Sets whether known credentials are redacted, by
    /// [`RedactingFilter::preset`](crate::filter::RedactingFilter::preset), in the handler and in
    /// the registry's last resort; on by default.
    pub fn redact(mut self, redact: bool) -> Self {
        self.redact = redact;
        self
    }

    /// Sets whether a set-up of the root shows the records by which `tracing`'s feature `log`
    /// reports that spans are created, entered, left and closed; off by default, as they are nearly
    /// half of what an AWS client logs. If off, the logger `tracing.span` gets the level `WARNING`
    /// unless it has one.
    pub fn spans(mut self, show: bool) -> Self {
        self.spans = show;
        self
    }

    /// Sets up the global registry, and installs it as the `log` backend unless another backend is
    /// installed. Returns the handler.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidFormat`](crate::ErrorKind::InvalidFormat), or
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) if options exclude each other.
    /// Nothing is changed then.
    pub fn install(self) -> Result<Handler, Error> {
        let handler = self.install_in(Registry::global())?;
        preset::install_backend();
        Ok(handler)
    }

    /// Sets up a registry. Returns the handler.
    ///
    /// # Errors
    /// As [`install`](Self::install).
    pub fn install_in(mut self, registry: &Registry) -> Result<Handler, Error> {
        let layout = std::mem::take(&mut self.layout);
        let formatter = layout.build(&Template::BOTO3, self.is_exact)?;
        Ok(self.install_with(registry, &formatter))
    }

    pub(super) fn install_with(self, registry: &Registry, formatter: &Arc<dyn Format>) -> Handler {
        let logger = registry.get_logger(&self.name);
        let stream = self.stream.unwrap_or_else(|| registry.stderr_handler());
        let preset = Preset {
            once_per_stream: self.once_per_stream,
            redact: self.redact,
            ..Preset::STDERR
        };
        let handler = preset.handler(stream.with_color(self.color), formatter);
        if self.level_on != LevelOn::Logger {
            handler.set_level(self.level);
        }
        logger.set_level(match self.level_on {
            LevelOn::Handler => Level::DEBUG,
            LevelOn::Logger | LevelOn::Both => self.level,
        });
        let is_earlier =
            |known: &Handler| !self.keep_earlier && known.made_by() == Some(MadeBy::StreamLogger);
        // Dropping the earlier handler runs a writer's code, so outside the tree's lock.
        drop(logger.exchange_handler(is_earlier, handler.clone()));
        if !self.is_exact {
            preset::name_loggers_in_last_resort(registry, self.redact);
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

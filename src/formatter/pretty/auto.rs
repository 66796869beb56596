//! The pretty format on terminals, another one elsewhere: [`AutoFormatter`].

use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::formatter::format::Format;
use crate::formatter::line::Line;
use crate::formatter::pretty::formatter::PrettyFormatter;
use crate::formatter::pretty::named::{self, NAMES};
use crate::record::Record;
use crate::sys::sync::Arc;
use crate::sys::variable::variable;

/// Writes as a [`PrettyFormatter`] where the stream is a terminal, and as another formatter
/// elsewhere: into files, pipes and journals. So a program shows people lines and machines JSON
/// without a change of its code.
///
/// # Examples
/// ```
/// use logtree::formatter::{AutoFormatter, Format, JsonFormatter, Line};
/// use logtree::Record;
///
/// let formatter = AutoFormatter::new().elsewhere(JsonFormatter::new());
/// let mut line = Line::new(); // of no terminal
/// formatter.format(&Record::builder().message("up").build(), &mut line)?;
/// assert!(line.as_str().starts_with('{'));
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct AutoFormatter {
    pretty: PrettyFormatter,
    elsewhere: Arc<dyn Format>,
    chosen: Option<Chosen>,
}

/// What the environment asks for, terminal or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chosen {
    Pretty,
    Elsewhere,
}

impl AutoFormatter {
    /// Returns a formatter that writes lines of text where there is no terminal:
    /// [`Formatter::BOTO3`](crate::Formatter::BOTO3).
    pub fn new() -> Self {
        Self {
            pretty: PrettyFormatter::new(),
            elsewhere: named::text(),
            chosen: None,
        }
    }

    /// Returns a formatter that follows the variable `LOGTREE_FORMAT`, which names a format that is
    /// written everywhere:
    ///
    /// | value | format |
    /// |---|---|
    /// | `auto`, an empty one, no variable | [`new`](Self::new): it depends on the stream |
    /// | `pretty` | [`PrettyFormatter`] |
    /// | `text`, `plain` | [`Formatter::BOTO3`](crate::Formatter::BOTO3) |
    /// | `json` | [`JsonFormatter`](crate::formatter::JsonFormatter) |
    /// | `logfmt` | [`LogfmtFormatter`](crate::formatter::LogfmtFormatter) |
    /// | `ecs`, `pino`, `bunyan`, `logstash`, `datadog` | the preset of this name, as [`JsonFormatter::ecs`](crate::formatter::JsonFormatter::ecs) |
    /// | `gcp` | [`JsonFormatter::gcp`](crate::formatter::JsonFormatter::gcp), for the project that the variable `GOOGLE_CLOUD_PROJECT` names |
    /// | `python` | [`python`](crate::formatter::JsonFormatterBuilder::python) with `asctime`, `levelname`, `name` and `message` |
    ///
    /// Case does not matter.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidFormat`] for another value.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::AutoFormatter;
    ///
    /// // LOGTREE_FORMAT=json myservice
    /// let formatter = AutoFormatter::from_env()?;
    /// # let _ = formatter;
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        let name = variable("LOGTREE_FORMAT").unwrap_or_default();
        Self::named(&name).ok_or_else(|| {
            let message = format!(
                "LOGTREE_FORMAT: unknown format {name:?}: expected auto, pretty, {}",
                NAMES.join(", ")
            );
            Error::new(ErrorKind::InvalidFormat, message)
        })
    }

    /// Returns the formatter of a name that `LOGTREE_FORMAT` can have.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let new = Self::new();
        Some(match &*name.trim().to_ascii_lowercase() {
            "" | "auto" => new,
            "pretty" => Self {
                chosen: Some(Chosen::Pretty),
                ..new
            },
            name => Self {
                elsewhere: named::named(name)?,
                chosen: Some(Chosen::Elsewhere),
                ..new
            },
        })
    }

    /// Returns the formatter with the format of a name where there is no terminal.
    #[cfg(feature = "config")]
    pub(crate) fn named_elsewhere(name: &str) -> Option<Self> {
        Some(Self {
            elsewhere: named::named(name)?,
            ..Self::new()
        })
    }

    /// Returns the formatter, or the one that `LOGTREE_FORMAT` names.
    #[cfg(feature = "config")]
    pub(crate) fn or_by_env(self) -> Result<Self, Error> {
        let named = Self::from_env()?;
        Ok(match named.chosen {
            Some(_) => named.pretty(self.pretty),
            None => self,
        })
    }

    /// Sets the formatter of terminals.
    pub fn pretty(mut self, formatter: PrettyFormatter) -> Self {
        self.pretty = formatter;
        self
    }

    /// Sets the formatter of all that is no terminal. It has no effect where `LOGTREE_FORMAT` names
    /// a format.
    pub fn elsewhere(mut self, formatter: impl Format + 'static) -> Self {
        if self.chosen.is_none() {
            self.elsewhere = Arc::new(formatter);
        }
        self
    }
}

impl Default for AutoFormatter {
    fn default() -> Self {
        Self::new()
    }
}

impl Format for AutoFormatter {
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        let is_pretty = match self.chosen {
            Some(chosen) => chosen == Chosen::Pretty,
            None => line.screen.is_some_and(|screen| screen.is_terminal),
        };
        if is_pretty {
            self.pretty.format(record, line)
        } else {
            self.elsewhere.format(record, line)
        }
    }
}

impl fmt::Debug for AutoFormatter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AutoFormatter")
            .field("pretty", &self.pretty)
            .field("chosen", &self.chosen)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formatter::shared::Screen;

    fn line(name: &str, is_terminal: bool) -> String {
        let formatter = AutoFormatter::named(name).unwrap();
        let mut line = Line::new().on_screen(Screen {
            is_terminal,
            columns: 0,
        });
        let record = Record::builder()
            .name("app")
            .level(20)
            .message("up")
            .build();
        formatter.format(&record, &mut line).unwrap();
        line.as_str().to_owned()
    }

    #[test]
    fn a_name_counts_everywhere_and_none_on_terminals() {
        let (pretty, text) = (" INFO  app  up", " app [INFO] up");
        for name in ["", "auto", " Auto "] {
            assert!(line(name, true).ends_with(pretty));
            assert!(line(name, false).ends_with(text));
        }
        for is_terminal in [true, false] {
            assert!(line("pretty", is_terminal).ends_with(pretty));
            assert!(line("TEXT", is_terminal).ends_with(text));
            assert!(line("json", is_terminal).starts_with('{'));
            assert!(line("logfmt", is_terminal).starts_with("time="));
            for name in NAMES {
                assert!(!line(name, is_terminal).ends_with(pretty), "{name}");
            }
            for (name, part) in [
                ("ecs", "\"log.level\""),
                ("gcp", "\"severity\""),
                ("pino", "\"hostname\""),
                ("bunyan", "\"v\":0"),
                ("logstash", "\"@version\""),
                ("datadog", "\"status\""),
                ("python", "\"levelname\""),
                ("plain", " app [INFO] up"),
            ] {
                assert!(line(name, is_terminal).contains(part), "{name}");
            }
        }
        assert!(AutoFormatter::named("prety").is_none());
    }
}

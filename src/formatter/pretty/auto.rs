//! The pretty format on terminals, another one elsewhere: [`AutoFormatter`].

use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::formatter::colors::Colors;
use crate::formatter::format::Format;
use crate::formatter::json::JsonFormatter;
use crate::formatter::line::Line;
use crate::formatter::logfmt::LogfmtFormatter;
use crate::formatter::pretty::formatter::PrettyFormatter;
use crate::formatter::text::Formatter;
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

/// The names of formats.
const NAMES: &str = "auto, pretty, text, json or logfmt";

impl AutoFormatter {
    /// Returns a formatter that writes lines of text where there is no terminal:
    /// [`Formatter::BOTO3`](crate::Formatter::BOTO3).
    pub fn new() -> Self {
        Self {
            pretty: PrettyFormatter::new(),
            elsewhere: text(),
            chosen: None,
        }
    }

    /// Returns a formatter that follows the variable `LOGTREE_FORMAT`: `pretty`, `text`, `json` and
    /// `logfmt` are written everywhere; `auto`, an empty value and no variable are
    /// [`new`](Self::new).
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
        Self::named(&variable("LOGTREE_FORMAT").unwrap_or_default()).ok_or_else(|| {
            let found = variable("LOGTREE_FORMAT").unwrap_or_default();
            let message = format!("LOGTREE_FORMAT: unknown format {found:?}: expected {NAMES}");
            Error::new(ErrorKind::InvalidFormat, message)
        })
    }

    /// Returns the formatter of a name that `LOGTREE_FORMAT` can have.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let all: Arc<dyn Format> = match &*name.trim().to_ascii_lowercase() {
            "" | "auto" => return Some(Self::new()),
            "pretty" => {
                let chosen = Some(Chosen::Pretty);
                return Some(Self {
                    chosen,
                    ..Self::new()
                });
            }
            "text" => text(),
            "json" => Arc::new(JsonFormatter::new()),
            "logfmt" => Arc::new(LogfmtFormatter::new()),
            _ => return None,
        };
        Some(Self {
            elsewhere: all,
            chosen: Some(Chosen::Elsewhere),
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

fn text() -> Arc<dyn Format> {
    Arc::new(
        Formatter::preset(Formatter::BOTO3)
            .colors(Colors::default())
            .build_preset(),
    )
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
        }
        assert!(AutoFormatter::named("prety").is_none());
    }
}

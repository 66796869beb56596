//! Colours of the level names, and which streams show them.

use std::io::IsTerminal;

use colored::Color;

use crate::level::Level;
use crate::sys::variable::variable;

/// Whether a stream shows colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColorChoice {
    /// If the stream is a terminal and the environment does not forbid it: the variable `NO_COLOR` (not empty), `CLICOLOR=0` and
    /// `TERM=dumb` do; `CLICOLOR_FORCE` (not empty, not `0`) asks for colours even where there is no terminal, unless
    /// `NO_COLOR` is set. The default.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// Decides for a stream. Reads the environment, so it is asked when a handler is made, not for each record.
    #[must_use]
    pub fn resolve(self, stream: &impl IsTerminal) -> bool {
        self.decide(|| stream.is_terminal(), |name| variable(name).ok())
    }

    fn decide(
        self,
        is_terminal: impl FnOnce() -> bool,
        variable: impl Fn(&str) -> Option<String>,
    ) -> bool {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("NO_COLOR") => false,
            Self::Auto
                if set("CLICOLOR_FORCE") && variable("CLICOLOR_FORCE").as_deref() != Some("0") =>
            {
                true
            }
            Self::Auto => {
                variable("CLICOLOR").as_deref() != Some("0")
                    && variable("TERM").as_deref() != Some("dumb")
                    && is_terminal()
            }
        }
    }
}

/// The colours of the level names: the colour of the highest entry not above the record's level.
///
/// The default: TRACE grey, DEBUG cyan, INFO green, WARNING yellow, ERROR red, CRITICAL bright red.
///
/// # Examples
/// ```
/// use colored::Color;
/// use logtree::{Formatter, Level};
/// use logtree::formatter::Colors;
///
/// let colors = Colors::default().with(Level::INFO, Color::Blue);
/// let formatter = Formatter::builder().format("%(levelname)s %(message)s").colors(colors).build()?;
/// # let _ = formatter;
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Colors {
    /// Ascending by level, with the escape sequence ready.
    starts: Vec<(Level, String)>,
}

/// Ends a colour.
pub(crate) const RESET: &str = "\x1b[0m";

impl Colors {
    /// The same, with another colour from this level on.
    #[must_use]
    pub fn with(mut self, level: impl Into<Level>, color: Color) -> Self {
        let level = level.into();
        let start = format!("\x1b[{}m", color.to_fg_str());
        match self
            .starts
            .binary_search_by_key(&level, |(known, _)| *known)
        {
            Ok(at) => self.starts[at].1 = start,
            Err(at) => self.starts.insert(at, (level, start)),
        }
        self
    }

    /// The escape sequence that starts a level's colour; empty for none.
    pub(crate) fn start(&self, level: Level) -> &str {
        let after = self.starts.partition_point(|(known, _)| *known <= level);
        after.checked_sub(1).map_or("", |at| &self.starts[at].1)
    }
}

impl Default for Colors {
    fn default() -> Self {
        Self { starts: Vec::new() }
            .with(Level::TRACE, Color::BrightBlack)
            .with(Level::DEBUG, Color::Cyan)
            .with(Level::INFO, Color::Green)
            .with(Level::WARNING, Color::Yellow)
            .with(Level::ERROR, Color::Red)
            .with(Level::CRITICAL, Color::BrightRed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_decides_before_the_terminal() {
        let auto = |terminal: bool, set: &[(&str, &str)]| {
            let find = |name: &str| {
                set.iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            ColorChoice::Auto.decide(|| terminal, find)
        };
        assert!(auto(true, &[]) && !auto(false, &[]));
        assert!(!auto(true, &[("NO_COLOR", "1")]) && auto(true, &[("NO_COLOR", "")]));
        assert!(
            auto(false, &[("CLICOLOR_FORCE", "1")]) && !auto(false, &[("CLICOLOR_FORCE", "0")])
        );
        assert!(!auto(true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(!auto(true, &[("CLICOLOR", "0")]) && !auto(true, &[("TERM", "dumb")]));
        let never_asks = |choice: ColorChoice| choice.decide(|| unreachable!(), |_| unreachable!());
        assert!(never_asks(ColorChoice::Always) && !never_asks(ColorChoice::Never));
    }

    #[test]
    fn levels_between_take_the_colour_below() {
        let colors = Colors::default().with(Level::new(25), Color::Blue);
        assert_eq!(colors.start(Level::new(29)), "\x1b[34m");
        assert_eq!(colors.start(Level::new(24)), "\x1b[32m");
        assert_eq!(colors.start(Level::NOTSET), "");
    }
}

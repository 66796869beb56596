//! The colours of level names: [`Colors`].

use crate::formatter::text_style::{Color, TextStyle};
use crate::level::Level;

/// The styles of level names: a level takes the style of the highest entry that is not above it.
///
/// The default: TRACE grey, DEBUG cyan, INFO green, WARNING yellow, ERROR red, CRITICAL bright red.
///
/// # Examples
/// ```
/// use logtree::{Formatter, Level};
/// use logtree::formatter::{Color, Colors};
///
/// let colors = Colors::default().with_level(Level::INFO, Color::Blue);
/// let formatter = Formatter::builder().format("%(levelname)s %(message)s").colors(colors);
/// let formatter = formatter.build()?;
/// # let _ = formatter;
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colors {
    /// Ascending by level, as escape sequences.
    starts: Vec<(Level, String)>,
}

/// Ends a style.
pub(super) const RESET: &str = "\x1b[0m";

impl Colors {
    /// Sets the style from a level on.
    #[must_use]
    pub fn with_level(mut self, level: impl Into<Level>, style: impl Into<TextStyle>) -> Self {
        let (level, start) = (level.into(), style.into().start());
        match self
            .starts
            .binary_search_by_key(&level, |(known, _)| *known)
        {
            Ok(at) => self.starts[at].1 = start,
            Err(at) => self.starts.insert(at, (level, start)),
        }
        self
    }

    /// Returns the escape sequence that starts the style of a level; empty for none.
    pub(crate) fn start(&self, level: Level) -> &str {
        let after = self.starts.partition_point(|(known, _)| *known <= level);
        after.checked_sub(1).map_or("", |at| &self.starts[at].1)
    }
}

impl Default for Colors {
    fn default() -> Self {
        Self { starts: Vec::new() }
            .with_level(Level::TRACE, Color::BrightBlack)
            .with_level(Level::DEBUG, Color::Cyan)
            .with_level(Level::INFO, Color::Green)
            .with_level(Level::WARNING, Color::Yellow)
            .with_level(Level::ERROR, Color::Red)
            .with_level(Level::CRITICAL, Color::BrightRed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_between_take_the_colour_below() {
        let colors = Colors::default().with_level(Level::new(25), Color::Blue);
        assert_eq!(colors.start(Level::new(29)), "\x1b[34m");
        assert_eq!(colors.start(Level::new(24)), "\x1b[32m");
        assert_eq!(colors.start(Level::NOTSET), "");
        let plain = colors.with_level(Level::INFO, TextStyle::new());
        assert_eq!(plain.start(Level::INFO), "");
    }
}

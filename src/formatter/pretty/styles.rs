//! The styles of the parts of a line: [`Styles`].

use crate::formatter::colors::Colors;
use crate::formatter::text_style::{Color, TextStyle};
use crate::level::Level;

/// The escape sequences that start the style of each part.
#[derive(Clone, Debug)]
pub(super) struct Styles {
    pub(super) levels: Colors,
    /// Times, places, bars.
    pub(super) dim: String,
    /// Messages from `INFO` on.
    pub(super) message: String,
    pub(super) key: String,
    /// Keys and texts of errors.
    pub(super) error: String,
}

impl Default for Styles {
    fn default() -> Self {
        let critical = TextStyle::new()
            .bold(true)
            .color(Color::White)
            .background(Color::Red);
        let levels = Colors::default()
            .with_level(Level::TRACE, Color::Blue)
            .with_level(Level::DEBUG, TextStyle::new())
            .with_level(Level::CRITICAL, critical);
        Self {
            levels,
            dim: TextStyle::new().dim(true).start(),
            message: TextStyle::new().bold(true).start(),
            key: TextStyle::from(Color::Cyan).start(),
            error: TextStyle::from(Color::Red).bold(true).start(),
        }
    }
}

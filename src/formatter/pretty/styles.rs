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
    /// Keys with a style of their own, the last of which counts.
    pub(super) keys: Vec<(Box<str>, String)>,
    /// Of names, by their first segments.
    pub(super) names: [String; 6],
    /// In messages.
    pub(super) number: String,
    pub(super) quoted: String,
    pub(super) path: String,
    /// Keys and texts of errors.
    pub(super) error: String,
}

impl Default for Styles {
    fn default() -> Self {
        let critical = TextStyle::new()
            .bold(true)
            .color(Color::White)
            .background(Color::Red);
        let style = |color: Color| TextStyle::from(color).start();
        let levels = Colors::default()
            .with_level(Level::TRACE, Color::Blue)
            .with_level(Level::DEBUG, TextStyle::new())
            .with_level(Level::CRITICAL, critical);
        Self {
            levels,
            dim: TextStyle::new().dim(true).start(),
            message: TextStyle::new().bold(true).start(),
            key: TextStyle::from(Color::Cyan).start(),
            keys: Vec::new(),
            // Of middle brightness, and none that means a level.
            names: [32, 65, 99, 133, 130, 37].map(|number| style(Color::Fixed(number))),
            number: style(Color::Cyan),
            quoted: style(Color::Green),
            path: style(Color::Magenta),
            error: TextStyle::from(Color::Red).bold(true).start(),
        }
    }
}

impl Styles {
    /// Returns the style of a key of its own.
    #[inline]
    pub(super) fn of_key(&self, key: &str) -> Option<&str> {
        let mut keys = self.keys.iter().rev();
        keys.find(|(known, _)| **known == *key)
            .map(|(_, style)| &**style)
    }

    /// Returns the style of a name, which it shares with those of the same first two segments.
    pub(super) fn of_name(&self, name: &str) -> &str {
        let end = name
            .match_indices('.')
            .nth(1)
            .map_or(name.len(), |(at, _)| at);
        let hash = name[..end]
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        &self.names[usize::try_from((hash >> 32) % 6).unwrap_or(0)]
    }
}

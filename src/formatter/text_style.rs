//! Colours and styles of a terminal: [`TextStyle`].

use std::fmt;

/// A colour of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are those of the colours")]
pub enum Color {
    Black,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    White,
    BrightBlack,
    BrightRed,
    BrightGreen,
    BrightYellow,
    BrightBlue,
    BrightMagenta,
    BrightCyan,
    BrightWhite,
    /// A colour of the terminal's palette of 256.
    Fixed(u8),
    /// Red, green and blue, for terminals with 24-bit colours.
    Rgb(u8, u8, u8),
}

/// How a text looks on a terminal: a colour, and whether it is bold, dim, italic or underlined.
///
/// # Examples
/// ```
/// use logtree::Level;
/// use logtree::formatter::{Color, Colors, TextStyle};
///
/// let colors = Colors::default()
///     .with_level(Level::INFO, Color::Blue)
///     .with_level(Level::CRITICAL, TextStyle::new().color(Color::White).background(Color::Red));
/// # let _ = colors;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct TextStyle {
    color: Option<Color>,
    background: Option<Color>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
}

impl TextStyle {
    /// Returns a style that changes nothing.
    pub const fn new() -> Self {
        Self {
            color: None,
            background: None,
            bold: false,
            dim: false,
            italic: false,
            underline: false,
        }
    }

    /// Sets the colour of the text.
    pub const fn color(mut self, color: Color) -> Self {
        self.color = Some(color);
        self
    }

    /// Sets the colour of the background.
    pub const fn background(mut self, color: Color) -> Self {
        self.background = Some(color);
        self
    }

    /// Sets whether the text is bold.
    pub const fn bold(mut self, bold: bool) -> Self {
        self.bold = bold;
        self
    }

    /// Sets whether the text is dim.
    pub const fn dim(mut self, dim: bool) -> Self {
        self.dim = dim;
        self
    }

    /// Sets whether the text is italic.
    pub const fn italic(mut self, italic: bool) -> Self {
        self.italic = italic;
        self
    }

    /// Sets whether the text is underlined.
    pub const fn underline(mut self, underline: bool) -> Self {
        self.underline = underline;
        self
    }

    /// Returns the escape sequence that starts the style; empty if it changes nothing.
    pub(super) fn start(&self) -> String {
        let flags = [
            (self.bold, "1"),
            (self.dim, "2"),
            (self.italic, "3"),
            (self.underline, "4"),
        ];
        let set = flags.iter().filter(|(is_set, _)| *is_set);
        let mut codes: Vec<_> = set.map(|(_, code)| (*code).to_owned()).collect();
        codes.extend(self.color.map(|color| Code { color, base: 30 }.to_string()));
        let background = self.background.map(|color| Code { color, base: 40 });
        codes.extend(background.map(|code| code.to_string()));
        if codes.is_empty() {
            String::new()
        } else {
            format!("\x1b[{}m", codes.join(";"))
        }
    }
}

impl From<Color> for TextStyle {
    fn from(color: Color) -> Self {
        Self::new().color(color)
    }
}

/// A colour as a parameter of an escape sequence: from 30 for the text, from 40 for the background.
struct Code {
    color: Color,
    base: u8,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = self.base;
        let number = match self.color {
            Color::Black => base,
            Color::Red => base + 1,
            Color::Green => base + 2,
            Color::Yellow => base + 3,
            Color::Blue => base + 4,
            Color::Magenta => base + 5,
            Color::Cyan => base + 6,
            Color::White => base + 7,
            Color::BrightBlack => base + 60,
            Color::BrightRed => base + 61,
            Color::BrightGreen => base + 62,
            Color::BrightYellow => base + 63,
            Color::BrightBlue => base + 64,
            Color::BrightMagenta => base + 65,
            Color::BrightCyan => base + 66,
            Color::BrightWhite => base + 67,
            Color::Fixed(number) => return write!(f, "{};5;{number}", base + 8),
            Color::Rgb(red, green, blue) => {
                return write!(f, "{};2;{red};{green};{blue}", base + 8);
            }
        };
        write!(f, "{number}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_one_escape_sequence() {
        for (style, start) in [
            (TextStyle::new(), ""),
            (Color::Red.into(), "\x1b[31m"),
            (Color::BrightBlack.into(), "\x1b[90m"),
            (Color::Fixed(208).into(), "\x1b[38;5;208m"),
            (Color::Rgb(1, 2, 3).into(), "\x1b[38;2;1;2;3m"),
            (
                TextStyle::new()
                    .bold(true)
                    .underline(true)
                    .color(Color::White)
                    .background(Color::BrightRed),
                "\x1b[1;4;37;101m",
            ),
            (TextStyle::new().dim(true).italic(true), "\x1b[2;3m"),
        ] {
            assert_eq!(style.start(), start, "{style:?}");
        }
    }
}

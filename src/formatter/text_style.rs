//! Colours and styles of a terminal: [`TextStyle`].

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
    /// Red, green and blue. Terminals whose `COLORTERM` is not `truecolor` or `24bit` get the
    /// nearest of the 16 colours above.
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
        let color = self.color.map(|color| color.to_colored().to_fg_str());
        let background = self.background.map(|color| color.to_colored().to_bg_str());
        codes.extend(color.into_iter().chain(background).map(String::from));
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

impl Color {
    /// The colour in the terms of `colored`, which knows the codes, and replaces 24-bit colours by
    /// the nearest of 16 where `COLORTERM` does not announce them.
    const fn to_colored(self) -> colored::Color {
        match self {
            Self::Black => colored::Color::Black,
            Self::Red => colored::Color::Red,
            Self::Green => colored::Color::Green,
            Self::Yellow => colored::Color::Yellow,
            Self::Blue => colored::Color::Blue,
            Self::Magenta => colored::Color::Magenta,
            Self::Cyan => colored::Color::Cyan,
            Self::White => colored::Color::White,
            Self::BrightBlack => colored::Color::BrightBlack,
            Self::BrightRed => colored::Color::BrightRed,
            Self::BrightGreen => colored::Color::BrightGreen,
            Self::BrightYellow => colored::Color::BrightYellow,
            Self::BrightBlue => colored::Color::BrightBlue,
            Self::BrightMagenta => colored::Color::BrightMagenta,
            Self::BrightCyan => colored::Color::BrightCyan,
            Self::BrightWhite => colored::Color::BrightWhite,
            Self::Fixed(number) => colored::Color::AnsiColor(number),
            Self::Rgb(r, g, b) => colored::Color::TrueColor { r, g, b },
        }
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

//! One place of a table: [`Cell`].

use comfy_table::Color;

use crate::screen::escape::escaped;

/// What a cell is about, which a terminal shows by a colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    #[default]
    Plain,
    /// What is inherited, or of less interest.
    Pale,
    Good,
    Warning,
    Bad,
    Detail,
}

impl Tone {
    /// Returns the tone of a level's name.
    pub(crate) fn of_level(name: &str) -> Self {
        match name {
            "TRACE" => Self::Pale,
            "DEBUG" => Self::Detail,
            "INFO" => Self::Good,
            "WARNING" => Self::Warning,
            "ERROR" | "CRITICAL" => Self::Bad,
            _ => Self::Plain,
        }
    }

    pub(super) fn color(self) -> Option<Color> {
        match self {
            Self::Plain => None,
            Self::Pale => Some(Color::DarkGrey),
            Self::Good => Some(Color::Green),
            Self::Warning => Some(Color::Yellow),
            Self::Bad => Some(Color::Red),
            Self::Detail => Some(Color::Cyan),
        }
    }
}

/// One place of a table: text without controls.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    pub(super) text: String,
    pub(super) tone: Tone,
}

impl Cell {
    pub(crate) fn new(text: impl ToString) -> Self {
        Self {
            text: escaped(&text.to_string()),
            tone: Tone::Plain,
        }
    }

    pub(crate) fn or_dash(text: Option<impl ToString>) -> Self {
        text.map_or_else(|| Self::new("-").tone(Tone::Pale), Self::new)
    }

    pub(crate) fn level(name: &str) -> Self {
        Self::new(name).tone(Tone::of_level(name))
    }

    pub(crate) fn tone(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }
}

//! What a line consists of: [`Layout`].

use crate::formatter::pretty::label::Label;

/// A part of a line.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Time,
    Level,
    Name,
    /// `name:function:line`
    Place,
    /// The first line of the message, and what follows it: the key-values.
    Message,
    Text(&'static str),
}

/// The parts of a line in their order, and how they are written.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) parts: &'static [Part],
    pub(super) label: Label,
    /// The `strftime` pattern of times; the crate's own format, whose repetitions are left out, for
    /// none.
    pub(super) time: Option<&'static str>,
    /// Whether each key-value has a line of its own.
    pub(super) has_lines_of_fields: bool,
    /// Whether the file and the line are at the right.
    pub(super) has_source: bool,
}

pub(super) static PRETTY: Layout = Layout {
    parts: &[
        Part::Time,
        Part::Text(" "),
        Part::Level,
        Part::Text("  "),
        Part::Name,
        Part::Text("  "),
        Part::Message,
    ],
    label: Label::Five,
    time: None,
    has_lines_of_fields: false,
    has_source: true,
};

pub(super) static LOGURU: Layout = Layout {
    parts: &[
        Part::Time,
        Part::Text(" | "),
        Part::Level,
        Part::Text(" | "),
        Part::Place,
        Part::Text(" - "),
        Part::Message,
    ],
    label: Label::Eight,
    time: Some("%Y-%m-%d %H:%M:%S%.3f"),
    has_lines_of_fields: false,
    has_source: false,
};

pub(super) static ZEROLOG: Layout = Layout {
    parts: &[
        Part::Time,
        Part::Text(" "),
        Part::Level,
        Part::Text(" "),
        Part::Name,
        Part::Text(" > "),
        Part::Message,
    ],
    label: Label::Three,
    time: Some("%-I:%M%p"),
    has_lines_of_fields: false,
    has_source: false,
};

pub(super) static CHARM: Layout = Layout {
    parts: &[
        Part::Time,
        Part::Text(" "),
        Part::Level,
        Part::Text(" "),
        Part::Name,
        Part::Text(": "),
        Part::Message,
    ],
    label: Label::Four,
    time: Some("%Y/%m/%d %H:%M:%S"),
    has_lines_of_fields: false,
    has_source: false,
};

pub(super) static PINO: Layout = Layout {
    parts: &[
        Part::Text("["),
        Part::Time,
        Part::Text("] "),
        Part::Level,
        Part::Text(" ("),
        Part::Name,
        Part::Text("): "),
        Part::Message,
    ],
    label: Label::Whole,
    time: Some("%H:%M:%S%.3f"),
    has_lines_of_fields: true,
    has_source: false,
};

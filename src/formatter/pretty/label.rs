//! The names of levels in a line: [`Label`].

use crate::formatter::pretty::columns::columns;
use crate::formatter::pretty::pen::{Pen, push_shown};
use crate::level::Level;
use crate::record::Record;
use crate::text::line_buf::LineBuf;

/// How the name of a level is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// Right in five columns: ` INFO`.
    Five,
    /// `INF`
    Three,
}

impl Label {
    /// Returns the text of a level that has its usual name.
    fn of(self, level: Level) -> Option<&'static str> {
        let texts = match level {
            Level::TRACE => ["TRACE", "TRC"],
            Level::DEBUG => ["DEBUG", "DBG"],
            Level::INFO => ["INFO", "INF"],
            Level::WARNING => ["WARN", "WRN"],
            Level::ERROR => ["ERROR", "ERR"],
            Level::CRITICAL => ["CRIT", "CRT"],
            _ => return None,
        };
        Some(match self {
            Self::Five => texts[0],
            Self::Three => texts[1],
        })
    }

    fn columns(self) -> usize {
        match self {
            Self::Five => 5,
            Self::Three => 3,
        }
    }
}

/// Appends the level in its style.
#[inline]
pub(super) fn push(pen: &mut Pen<'_>, record: &Record<'_>, label: Label, style: &str) {
    match label.of(record.level()) {
        Some(text) if record.builtin_level_name().is_some() => {
            pen.blanks(label.columns() - text.len());
            pen.styled(style, text);
        }
        _ => push_other(pen, record, label, style),
    }
}

/// Appends a level with a name of its own, or with none: `L25`.
#[cold]
fn push_other(pen: &mut Pen<'_>, record: &Record<'_>, label: Label, style: &str) {
    let number = record.level().number();
    LineBuf::with(|text| {
        record.with_level_name(|name| {
            let usual = label.of(record.level());
            if let Some(usual) = usual.filter(|_| record.level().builtin_name() == Some(name)) {
                text.push_str(usual);
            } else if name.starts_with("Level ") {
                text.push('L');
                text.push_unsigned(number.into());
            } else {
                let mut shown = [0; 4];
                for character in name.chars() {
                    let character: &str = character.encode_utf8(&mut shown);
                    if columns(text.as_str()) + columns(character) > label.columns() {
                        break;
                    }
                    push_shown(text, character);
                }
            }
        });
        pen.blanks(label.columns().saturating_sub(columns(text.as_str())));
        pen.start(style);
        pen.is_not_plain();
        pen.out.push_str(text.as_str());
        pen.end(style);
    });
}

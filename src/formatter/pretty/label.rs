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
    /// `DEBU`, `INFO`
    Four,
    /// Left in eight columns.
    Eight,
    Whole,
}

impl Label {
    /// Returns the text of a level that has its usual name.
    fn of(self, level: Level) -> Option<&'static str> {
        let [short, three, whole] = match level {
            Level::TRACE => ["TRACE", "TRC", "TRACE"],
            Level::DEBUG => ["DEBUG", "DBG", "DEBUG"],
            Level::INFO => ["INFO", "INF", "INFO"],
            Level::WARNING => ["WARN", "WRN", "WARNING"],
            Level::ERROR => ["ERROR", "ERR", "ERROR"],
            Level::CRITICAL => ["CRIT", "CRT", "CRITICAL"],
            _ => return None,
        };
        Some(match self {
            Self::Five => short,
            Self::Three => three,
            Self::Four => &short[..4],
            Self::Eight | Self::Whole => whole,
        })
    }

    /// Returns the columns, and whether a name fills them from the left.
    fn columns(self) -> (usize, bool) {
        match self {
            Self::Five => (5, false),
            Self::Three => (3, false),
            Self::Four => (4, false),
            Self::Eight => (8, true),
            Self::Whole => (0, true),
        }
    }
}

/// Appends the level in its style.
#[inline]
pub(super) fn push(pen: &mut Pen<'_>, record: &Record<'_>, label: Label, style: &str) {
    match label.of(record.level()) {
        Some(text) if record.builtin_level_name().is_some() => {
            let (columns, is_left) = label.columns();
            let missing = columns.saturating_sub(text.len());
            if !is_left {
                pen.blanks(missing);
            }
            pen.styled(style, text);
            if is_left {
                pen.blanks(missing);
            }
        }
        _ => push_other(pen, record, label, style),
    }
}

/// Appends a level with a name of its own, or with none: `L25`.
#[cold]
fn push_other(pen: &mut Pen<'_>, record: &Record<'_>, label: Label, style: &str) {
    let number = record.level().number();
    let (limit, is_left) = label.columns();
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
                    if limit > 0 && columns(text.as_str()) + columns(character) > limit {
                        break;
                    }
                    push_shown(text, character);
                }
            }
        });
        let missing = limit.saturating_sub(columns(text.as_str()));
        if !is_left {
            pen.blanks(missing);
        }
        pen.start(style);
        pen.is_not_plain();
        pen.out.push_str(text.as_str());
        pen.end(style);
        if is_left {
            pen.blanks(missing);
        }
    });
}

/// Appends the mark of a level.
#[cold]
pub(super) fn push_icon(pen: &mut Pen<'_>, level: Level, icons: [&'static str; 6], style: &str) {
    let level = usize::from(level.number());
    let icon = match level {
        ..10 => icons[0],
        10..60 => icons[level / 10],
        _ => icons[5],
    };
    pen.mark(style, icon);
    pen.own(" ");
}

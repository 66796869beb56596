//! Templates made ready for their usual fields.

use crate::formatter::template::{Field, Segment, Spec};
use crate::text::Piece;

/// A part of a template as lines are written by it: a field, and the short text behind it.
#[derive(Clone, Debug)]
pub(super) struct Step<W> {
    /// What writes the field.
    pub(super) write: W,
    pub(super) segment: usize,
    pub(super) behind: Piece<16>,
}

/// The fields of nearly every line, written as they are, have a kind of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Message,
    Name,
    AscTime,
    LevelName,
    ThreadName,
    /// Nothing but the text behind it.
    Text,
    /// Whatever its segment is.
    Segment,
}

impl Kind {
    fn of(segment: &Segment) -> Self {
        match segment {
            Segment::Field {
                field,
                spec: Spec::Plain,
            } => match field {
                Field::Message => Self::Message,
                Field::Name => Self::Name,
                Field::AscTime => Self::AscTime,
                Field::LevelName => Self::LevelName,
                Field::ThreadName => Self::ThreadName,
                _ => Self::Segment,
            },
            _ => Self::Segment,
        }
    }
}

impl<W> Step<W> {
    /// The steps of a template, each with what writes its kind.
    pub(super) fn all(segments: &[Segment], writer: impl Fn(Kind) -> W) -> Box<[Self]> {
        let mut steps: Vec<Self> = Vec::new();
        // A text goes behind the step before it, once.
        let mut free = false;
        for (at, segment) in segments.iter().enumerate() {
            let piece = match segment {
                Segment::Literal(text) => Piece::new(text),
                Segment::Field { .. } => None,
            };
            let step = |kind, behind| Self {
                write: writer(kind),
                segment: at,
                behind,
            };
            match (piece, steps.last_mut()) {
                (Some(piece), Some(last)) if free => last.behind = piece,
                (Some(piece), _) => steps.push(step(Kind::Text, piece)),
                (None, _) => steps.push(step(Kind::of(segment), Piece::EMPTY)),
            }
            free = piece.is_none();
        }
        steps.into()
    }

    /// The step of a template that cannot be written: its first segment, which it does not have.
    pub(super) fn failure(writer: impl Fn(Kind) -> W) -> Self {
        Self {
            write: writer(Kind::Segment),
            segment: 0,
            behind: Piece::EMPTY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formatter::template::{Style, parse};

    #[test]
    fn short_texts_go_behind_their_fields() {
        let kinds = |template: &str| -> Vec<Kind> {
            let segments = parse(template, Style::Percent).unwrap();
            Step::all(&segments, |kind| kind)
                .iter()
                .map(|step| step.write)
                .collect()
        };
        assert_eq!(
            kinds("%(asctime)s %(name)s [%(levelname)s] %(message)s"),
            [Kind::AscTime, Kind::Name, Kind::LevelName, Kind::Message]
        );
        assert_eq!(
            kinds("<%(threadName)s%(message)5s a text of more than sixteen bytes"),
            [Kind::Text, Kind::ThreadName, Kind::Segment, Kind::Segment]
        );
    }
}

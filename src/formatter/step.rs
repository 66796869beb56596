//! Templates made ready for their usual fields.

use super::template::{Field, Segment, Spec};
use crate::text::Piece;

/// A part of a template as lines are written by it: a field, and the short text behind it.
///
/// The fields of nearly every line, written as they are, have a kind of their own, so that a line is a few short jumps.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) kind: Kind,
    /// Its segment, for the kinds that are written by it.
    pub(super) segment: usize,
    pub(super) behind: Piece<16>,
}

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

impl Step {
    /// The steps of a template.
    pub(super) fn all(segments: &[Segment]) -> Box<[Self]> {
        let mut steps: Vec<Self> = Vec::new();
        // A text goes behind the step before it, once.
        let mut free = false;
        for (segment, part) in segments.iter().enumerate() {
            let kind = match part {
                Segment::Literal(text) => match Piece::new(text) {
                    Some(piece) => {
                        if let (true, Some(last)) = (free, steps.last_mut()) {
                            last.behind = piece;
                        } else {
                            steps.push(Self {
                                kind: Kind::Text,
                                segment,
                                behind: piece,
                            });
                        }
                        free = false;
                        continue;
                    }
                    None => Kind::Segment,
                },
                Segment::Field {
                    field,
                    spec: Spec::Plain,
                } => match field {
                    Field::Message => Kind::Message,
                    Field::Name => Kind::Name,
                    Field::AscTime => Kind::AscTime,
                    Field::LevelName => Kind::LevelName,
                    Field::ThreadName => Kind::ThreadName,
                    _ => Kind::Segment,
                },
                Segment::Field { .. } => Kind::Segment,
            };
            steps.push(Self {
                kind,
                segment,
                behind: Piece::EMPTY,
            });
            free = true;
        }
        steps.into()
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
            Step::all(&segments).iter().map(|step| step.kind).collect()
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

//! Templates prepared for the fields of nearly every line: [`Step`].

use crate::formatter::template::{Field, Segment, Spec};
use crate::text::short_str::ShortStr;

/// A field of a template, and the short literal after it.
#[derive(Clone, Debug)]
pub(super) struct Step<W> {
    /// Writes the field.
    pub(super) write: W,
    /// The field's place in the template.
    pub(super) segment: usize,
    pub(super) after: ShortStr<16>,
}

/// What a step writes. The fields of nearly every line have their own kinds, if they have neither
/// width nor precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Message,
    Name,
    AscTime,
    LevelName,
    ThreadName,
    /// Nothing but the literal after it.
    Literal,
    /// Any other segment.
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
    /// Returns the steps of a template, with the writers of their kinds.
    pub(super) fn all(segments: &[Segment], writer: impl Fn(Kind) -> W) -> Box<[Self]> {
        let mut steps: Vec<Self> = Vec::new();
        // Whether the last step has no literal yet.
        let mut is_open = false;
        for (at, segment) in segments.iter().enumerate() {
            let literal = match segment {
                Segment::Literal(text) => ShortStr::new(text),
                Segment::Field { .. } => None,
            };
            let step = |kind, after| Self {
                write: writer(kind),
                segment: at,
                after,
            };
            match (literal, steps.last_mut()) {
                (Some(literal), Some(last)) if is_open => last.after = literal,
                (Some(literal), _) => steps.push(step(Kind::Literal, literal)),
                (None, _) => steps.push(step(Kind::of(segment), ShortStr::EMPTY)),
            }
            is_open = literal.is_none();
        }
        steps.into()
    }

    /// Returns the step of a template that cannot be written: its first segment, which does not
    /// exist.
    pub(super) fn failure(writer: impl Fn(Kind) -> W) -> Self {
        Self {
            write: writer(Kind::Segment),
            segment: 0,
            after: ShortStr::EMPTY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formatter::template::{TemplateStyle, parse};

    #[test]
    fn short_literals_join_the_field_before_them() {
        let kinds = |template: &str| -> Vec<Kind> {
            let segments = parse(template, TemplateStyle::Percent).unwrap();
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
            [
                Kind::Literal,
                Kind::ThreadName,
                Kind::Segment,
                Kind::Segment
            ]
        );
    }
}

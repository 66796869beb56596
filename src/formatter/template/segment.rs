//! The parts of a template: [`Segment`].

use std::fmt::Display;

use crate::error::{Error, ErrorKind};
use crate::formatter::template::field::Field;
use crate::formatter::template::spec::Spec;

/// A part of a template.
#[derive(Clone, Debug)]
pub(crate) enum Segment {
    Literal(Box<str>),
    Field { field: Field, spec: Spec },
}

/// The segments of a template being parsed; adjacent literals are joined.
#[derive(Default)]
pub(super) struct Segments {
    pub(super) list: Vec<Segment>,
    /// Whether there is a field whose name is a word. Python requires one.
    pub(super) names_field: bool,
}

impl Segments {
    pub(super) fn literal(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some(Segment::Literal(last)) = self.list.last_mut() {
            *last = format!("{last}{text}").into();
        } else {
            self.list.push(Segment::Literal(text.into()));
        }
    }

    pub(super) fn field(&mut self, field: Field, spec: Spec) {
        let name = field.name();
        let is_word = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']'));
        self.names_field |= is_word;
        self.list.push(Segment::Field { field, spec });
    }
}

pub(super) fn invalid(template: &str, why: impl Display) -> Error {
    Error::new(
        ErrorKind::InvalidFormat,
        format!("invalid format {template:?}: {why}"),
    )
}

pub(super) fn invalid_at(template: &str, at: usize, why: impl Display) -> Error {
    invalid(template, format_args!("{why}, at byte {at}"))
}

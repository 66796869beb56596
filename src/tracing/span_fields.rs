//! The fields of a span: kept values.

use tracing_core::field::{Field, Visit};
use tracing_core::span::{Attributes, Record};

use crate::record::{ContextKey, OwnedValue, Span, set_value};
use crate::text::boundary::floor_char_boundary;
use crate::tracing::field_value::{FieldValue, Visitor, key_of};

/// How many bytes of a value a span keeps: each record within shows it.
const MAX_VALUE: usize = 1024;

/// Returns the fields that a new span has, with room for those around it.
pub(super) fn of_new(
    attributes: &Attributes<'_>,
    parent: Option<&Span>,
) -> Vec<(ContextKey, OwnedValue)> {
    let own = attributes.values().len();
    let around = parent.filter(|_| own > 0).map_or(0, |it| it.values().len());
    kept(own + around, |visitor| attributes.record(visitor))
}

/// Returns the fields that were recorded later.
pub(super) fn of_record(record: &Record<'_>) -> Vec<(ContextKey, OwnedValue)> {
    kept(record.len(), |visitor| record.record(visitor))
}

fn kept(room: usize, visit: impl FnOnce(&mut dyn Visit)) -> Vec<(ContextKey, OwnedValue)> {
    let mut fields = Vec::new();
    visit(&mut Visitor(|field: &Field, value: FieldValue<'_>| {
        // Not before the first: fields may be declared without a value.
        if fields.is_empty() {
            fields.reserve_exact(room);
        }
        set_value(&mut fields, key_of(field).into(), cut(value.to_owned()));
    }));
    fields
}

/// Cuts a long text, and marks it with its length.
fn cut(value: OwnedValue) -> OwnedValue {
    match value {
        OwnedValue::Text(mut text) if text.len() > MAX_VALUE => {
            let len = text.len();
            text.truncate(floor_char_boundary(&text, MAX_VALUE));
            text.push_str(&format!("<cut, {len} bytes>"));
            OwnedValue::Text(text)
        }
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_cut_at_a_character() {
        let text = |text: String| cut(text.into()).to_string();
        assert_eq!(text("a".repeat(1024)), "a".repeat(1024));
        assert_eq!(
            text("a".repeat(1025)),
            format!("{}<cut, 1025 bytes>", "a".repeat(1024))
        );
        let odd = format!("a{}", "\u{e9}".repeat(600));
        assert_eq!(
            text(odd),
            format!("a{}<cut, 1201 bytes>", "\u{e9}".repeat(511))
        );
    }
}

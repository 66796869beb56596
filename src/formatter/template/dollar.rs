//! The parser of the `$` style: `$name`, `${name}`, and `$$` for a dollar sign.

use crate::error::Error;
use crate::formatter::template::field::Field;
use crate::formatter::template::segment::{Segments, invalid_at};
use crate::formatter::template::spec::Spec;

pub(super) fn parse(template: &str) -> Result<Segments, Error> {
    let mut segments = Segments::default();
    let mut rest = template;
    while let Some(dollar) = rest.find('$') {
        segments.literal(&rest[..dollar]);
        let at = template.len() - rest.len() + dollar;
        rest = &rest[dollar + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            segments.literal("$");
            rest = after;
            continue;
        }
        let braced = rest.strip_prefix('{');
        let name = name_at(braced.unwrap_or(rest));
        let after = &braced.unwrap_or(rest)[name.len()..];
        let closed = if braced.is_some() {
            after.strip_prefix('}')
        } else {
            Some(after)
        };
        let (false, Some(after)) = (name.is_empty(), closed) else {
            return Err(invalid_at(
                template,
                at,
                "expected a name after '$', or $$ for a dollar sign",
            ));
        };
        segments.field(Field::of_name(name), Spec::Plain);
        rest = after;
    }
    segments.literal(rest);
    Ok(segments)
}

/// Returns the name at the start of a string: ASCII letters, digits and underscores, no digit
/// first.
fn name_at(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        ""
    } else {
        &text[..end]
    }
}

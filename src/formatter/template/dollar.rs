//! The `$` style: `$name`, `${name}`, and `$$` for a dollar sign (statement 64).

use crate::error::Error;
use crate::formatter::template::field::Field;
use crate::formatter::template::{Segments, Spec, invalid_at};

pub(super) fn parse(template: &str) -> Result<Segments, Error> {
    let mut segments = Segments::default();
    let mut rest = template;
    while let Some(dollar) = rest.find('$') {
        segments.literal(&rest[..dollar]);
        let at = template.len() - rest.len() + dollar;
        rest = &rest[dollar + 1..];
        if let Some(behind) = rest.strip_prefix('$') {
            segments.literal("$");
            rest = behind;
            continue;
        }
        let braced = rest.strip_prefix('{');
        let name = name_at(braced.unwrap_or(rest));
        let behind = &braced.unwrap_or(rest)[name.len()..];
        let closed = if braced.is_some() {
            behind.strip_prefix('}')
        } else {
            Some(behind)
        };
        let (false, Some(behind)) = (name.is_empty(), closed) else {
            return Err(invalid_at(
                template,
                at,
                "expected a name behind '$', or $$ for a dollar sign",
            ));
        };
        segments.field(Field::of_name(name), Spec::Plain);
        rest = behind;
    }
    segments.literal(rest);
    Ok(segments)
}

/// The name that a text begins with: ASCII letters, digits and underscores, no digit first.
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

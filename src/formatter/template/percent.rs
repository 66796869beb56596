//! The parser of the `%` style: `%(name)[flags][width][.precision]conversion`.

use crate::error::Error;
use crate::formatter::template::field::Field;
use crate::formatter::template::percent_spec::PercentSpec;
use crate::formatter::template::segment::{Segments, invalid_at};
use crate::formatter::template::spec::Spec;

pub(super) fn parse(template: &str) -> Result<Segments, Error> {
    let mut segments = Segments::default();
    let mut rest = template;
    while let Some(percent) = rest.find('%') {
        segments.literal(&rest[..percent]);
        let at = template.len() - rest.len() + percent;
        rest = &rest[percent + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            segments.literal("%");
            rest = after;
            continue;
        }
        let Some((name, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'))
        else {
            return Err(invalid_at(
                template,
                at,
                "expected %(name) and a conversion, or %% for a percent sign",
            ));
        };
        let (spec, len) = PercentSpec::parse(after).map_err(|(offset, why)| {
            invalid_at(template, template.len() - after.len() + offset, why)
        })?;
        rest = &after[len..];
        let names_field = segments.names_field;
        if spec.is_plain() {
            segments.field(Field::of_name(name), Spec::Plain);
        } else {
            segments.field(Field::of_name(name), Spec::Percent(spec));
        }
        let after_point = after[..len].split_once('.').map(|(_, after)| after);
        if after_point.is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_digit())) {
            // As in Python, where a field with a point alone is written, but does not count as one.
            segments.names_field = names_field;
        }
    }
    segments.literal(rest);
    Ok(segments)
}

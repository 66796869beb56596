//! Parses templates of all styles.

use crate::error::Error;
use crate::formatter::template::segment::{Segment, Segments, invalid};
use crate::formatter::template::style::TemplateStyle;
use crate::formatter::template::{brace, dollar, percent};

/// Parses a template and checks the whole of it. It must name a field.
pub(crate) fn parse(template: &str, style: TemplateStyle) -> Result<Vec<Segment>, Error> {
    let segments = parse_segments(template, style)?;
    if segments.names_field {
        Ok(segments.list)
    } else {
        Err(invalid(template, "it names no field"))
    }
}

/// Parses a template that need not name a field, as under Python's `validate=False`.
pub(crate) fn parse_unchecked(template: &str, style: TemplateStyle) -> Result<Vec<Segment>, Error> {
    parse_segments(template, style).map(|segments| segments.list)
}

fn parse_segments(template: &str, style: TemplateStyle) -> Result<Segments, Error> {
    match style {
        TemplateStyle::Percent => percent::parse(template),
        TemplateStyle::Brace => brace::parse(template),
        TemplateStyle::Dollar => dollar::parse(template),
    }
}

/// Reports whether a template writes the time; by its text alone, as Python's `usesTime`.
pub(crate) fn uses_time(template: &str, style: TemplateStyle) -> bool {
    match style {
        TemplateStyle::Percent => template.contains("%(asctime)"),
        TemplateStyle::Brace => template.contains("{asctime"),
        TemplateStyle::Dollar => template.contains("$asctime") || template.contains("${asctime}"),
    }
}

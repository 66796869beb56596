//! Writes what follows the text of the template: key-values, the error and the stack trace.

use crate::formatter::escape::{self, Multiline};
use crate::formatter::template::{self, Field, Segment};
use crate::formatter::text::formatter::Formatter;
use crate::formatter::text::span_time;
use crate::record::{Record, Scalar};
use crate::text::line_buf::LineBuf;

impl Formatter {
    #[inline(never)]
    pub(super) fn push_appended(&self, record: &Record<'_>, out: &mut LineBuf) {
        if self.append_key_values && record.key_values().has_source() {
            self.push_key_values(record, out);
        }
        if record.has_failure() {
            self.push_failure(record, out);
        }
    }

    fn push_key_values(&self, record: &Record<'_>, out: &mut LineBuf) {
        let closes_span = record.rare_fields().closes_span;
        record.key_values().for_each_kept(|key, value| {
            let key = key.as_str();
            let named = self.named(key);
            if matches!(named, Some(Field::KeyValue(_) | Field::TaskName)) {
                return;
            }
            let writes_time = closes_span && named.is_none();
            if writes_time && value.read(|scalar| span_time::push(key, scalar, out)) {
                return;
            }
            out.push(' ');
            escape::push_word(out, key);
            if named.is_some() {
                out.push('_');
            }
            out.push('=');
            if !value.push_integer(out) {
                value.read(|scalar| push_value(scalar, out));
            }
        });
    }

    /// Returns the field of the template that has the name of a key.
    fn named(&self, key: &str) -> Option<&Field> {
        if self.initials & initial(key) == 0 {
            return None;
        }
        let segments = self.segments.as_deref().unwrap_or_default();
        segments.iter().find_map(|segment| match segment {
            Segment::Field { field, .. } if field.name() == key => Some(field),
            _ => None,
        })
    }

    #[cold]
    fn push_failure(&self, record: &Record<'_>, out: &mut LineBuf) {
        let fields = record.rare_fields();
        if let Some(text) = &fields.error {
            self.push_lines(text, out);
        } else if record.error.is_some() {
            LineBuf::with(|text| {
                record.write_error(text);
                self.push_lines(text.as_str(), out);
            });
        }
        if let Some(text) = &fields.stack {
            self.push_lines(text, out);
        } else if let Some(backtrace) = record.backtrace {
            self.push_lines(&backtrace.to_string(), out);
        }
    }

    /// Appends a text on lines of its own; an empty one adds nothing.
    fn push_lines(&self, text: &str, out: &mut LineBuf) {
        if text.is_empty() {
            return;
        }
        match self.multiline {
            Multiline::Raw => {
                if !out.ends_with_newline() {
                    out.push('\n');
                }
                out.push_str(text);
            }
            Multiline::Indent => {
                out.push_str("\n    ");
                escape::push(out, text, self.multiline);
            }
            Multiline::Escape => {
                out.push_str("\\n");
                escape::push(out, text, self.multiline);
            }
        }
    }
}

/// Returns the bits of the first letters of a template's fields: most keys begin with another one.
pub(super) fn initials(segments: &[Segment]) -> u64 {
    let initials = segments.iter().map(|segment| match segment {
        Segment::Field { field, .. } => initial(field.name()),
        Segment::Literal(_) => 0,
    });
    initials.fold(0, |all, bit| all | bit)
}

fn initial(name: &str) -> u64 {
    1 << (name.as_bytes().first().copied().unwrap_or_default() % 64)
}

/// Appends the value of ` key=value`.
fn push_value(value: Scalar<'_>, out: &mut LineBuf) {
    match value {
        Scalar::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Scalar::Text(text) => escape::push_word(out, text),
        Scalar::Nested(_) | Scalar::Other(_) => LineBuf::with(|text| {
            template::push_plain(value, text);
            escape::push_word(out, text.as_str());
        }),
        _ => template::push_plain(value, out),
    }
}

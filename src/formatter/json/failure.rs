//! The error and the stack of a record as JSON.

use crate::formatter::json::escape::push_string;
use crate::record::Record;
use crate::text::line_buf::LineBuf;

pub(super) fn has_error(record: &Record<'_>) -> bool {
    record.error.is_some() || record.rare_fields().error.is_some()
}

pub(super) fn has_stack(record: &Record<'_>) -> bool {
    record.backtrace.is_some() || record.rare_fields().stack.is_some()
}

/// Appends the error and the stack of a record as one string.
#[cold]
pub(super) fn push_failure(record: &Record<'_>, error: bool, stack: bool, out: &mut LineBuf) {
    LineBuf::with(|text| {
        match &record.rare_fields().error {
            Some(known) if error => text.push_str(known),
            None if error => record.write_error(text),
            _ => {}
        }
        if let Some(stack) = record.stack().filter(|_| stack) {
            text.push_str(if text.is_empty() { "" } else { "\n" });
            text.push_str(&stack);
        }
        push_string(out, text.as_str());
    });
}

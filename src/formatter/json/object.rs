//! A JSON object being written: [`Object`].

use std::fmt::Write;

use crate::formatter::json::escape::{push_escaped, push_string};
use crate::formatter::json::own_names::OwnNames;
use crate::formatter::json::unique_names::UniqueNames;
use crate::formatter::template::push_plain;
use crate::record::call_key::KeptKey;
use crate::record::call_values::{CallPair, CallValue};
use crate::record::{KeptValue, KeyValues, OwnedValue, Record, Scalar};
use crate::text::line_buf::LineBuf;

/// A JSON object being written, member by member, after its first.
pub(crate) struct Object<'o> {
    pub(crate) out: &'o mut LineBuf,
    pub(crate) own: &'o OwnNames,
}

impl Object<'_> {
    /// Writes the name of one of the own members, without a comma before it.
    pub(super) fn first_key(&mut self, at: usize) {
        self.out.push('"');
        push_escaped(self.out, self.own.get(at));
        self.out.push_str("\":");
    }

    /// Writes the name of one of the own members, by its place in the names.
    pub(crate) fn key(&mut self, at: usize) {
        self.out.push(',');
        self.first_key(at);
    }

    /// Writes an own member that is a string.
    pub(crate) fn text(&mut self, at: usize, text: &str) {
        self.key(at);
        push_string(self.out, text);
    }

    /// Writes an own member.
    pub(crate) fn value(&mut self, at: usize, value: Scalar<'_>) {
        self.key(at);
        push_scalar(self.out, value);
    }

    /// Writes the key-values of a macro's call, if all are usual: short and different keys, none of
    /// them an own one, and values. If not, it writes nothing and returns `false`.
    #[inline]
    pub(crate) fn usual_members(&mut self, values: &[CallPair<'_>]) -> bool {
        let mut names = UniqueNames::new(self.own);
        // Before any value is formatted, which is user code.
        let is_usual = values.iter().all(|(key, value)| {
            let key = KeptKey::Call(key);
            let is_rare = matches!(
                value,
                CallValue::Path(_) | CallValue::Error(_) | CallValue::Backtrace(_)
            );
            !is_rare && key.json().is_some() && names.is_new(key)
        });
        if !is_usual {
            return false;
        }
        for (key, value) in values {
            if let Some(json) = KeptKey::Call(key).json() {
                self.out.push_short(json);
            }
            match value {
                CallValue::Unsigned(value) => self.out.push_unsigned(*value),
                CallValue::Signed(value) => self.out.push_signed(*value),
                CallValue::Text(text) => push_string(self.out, text),
                CallValue::Bool(value) => push_scalar(self.out, Scalar::Bool(*value)),
                CallValue::Value(value) => {
                    KeptValue::Facade(value).read(|scalar| push_scalar(self.out, scalar));
                }
                CallValue::Path(_) | CallValue::Error(_) | CallValue::Backtrace(_) => {}
            }
        }
        true
    }

    /// Writes the key-values whose keys pass `is_written`. A name that is taken gets underscores,
    /// so no name occurs twice.
    #[inline]
    pub(crate) fn key_values(
        &mut self,
        key_values: KeyValues<'_>,
        is_written: impl Fn(&str) -> bool,
    ) {
        let mut names = UniqueNames::new(self.own);
        key_values.for_each_kept(|key, value| {
            let text = key.as_str();
            if !is_written(text) {
                return;
            }
            if names.is_new(key) {
                self.any_key(text);
            } else {
                let each = |visit: &mut dyn FnMut(&str)| {
                    key_values.for_each(|key, _| {
                        if is_written(key) {
                            visit(key);
                        }
                    });
                };
                self.any_key(&names.free(text, &each));
            }
            value.read(|scalar| push_scalar(self.out, scalar));
        });
    }

    #[inline]
    fn any_key(&mut self, key: &str) {
        self.out.push_str(",\"");
        push_escaped(self.out, key);
        self.out.push_str("\":");
    }

    /// Writes the error and the stack trace of a record, by the places of their names.
    #[cold]
    pub(crate) fn failure(&mut self, record: &Record<'_>, error_at: usize, stack_at: usize) {
        if let Some(text) = &record.rare_fields().error {
            self.text(error_at, text);
        } else if record.error.is_some() {
            LineBuf::with(|text| {
                record.write_error(text);
                self.text(error_at, text.as_str());
            });
        }
        if let Some(stack) = record.stack() {
            self.text(stack_at, &stack);
        }
    }
}

/// Appends a value: numbers as numbers, NaN and infinities as `null`, what only has a `Display` as
/// a string.
#[inline]
pub(crate) fn push_scalar(out: &mut LineBuf, value: Scalar<'_>) {
    match value {
        Scalar::Null => out.push_str("null"),
        Scalar::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Scalar::Float(value) if value.is_finite() => {
            // Rust's shortest form without an exponent is JSON, and stays a float to the reader.
            let _ = write!(out, "{value:?}");
        }
        Scalar::Float(_) => out.push_str("null"),
        Scalar::Text(text) => push_string(out, text),
        Scalar::Other(_) => LineBuf::with(|text| {
            push_plain(value, text);
            push_string(out, text.as_str());
        }),
        Scalar::Nested(value) => push_nested(out, value),
        Scalar::Signed(whole) => match i64::try_from(whole) {
            Ok(whole) => out.push_signed(whole),
            Err(_) => push_plain(value, out),
        },
        Scalar::Unsigned(whole) => match u64::try_from(whole) {
            Ok(whole) => out.push_unsigned(whole),
            Err(_) => push_plain(value, out),
        },
    }
}

/// Appends a value as a string; null stays null.
pub(super) fn push_as_text(out: &mut LineBuf, value: Scalar<'_>) {
    match value {
        Scalar::Null | Scalar::Text(_) | Scalar::Other(_) => push_scalar(out, value),
        Scalar::Nested(OwnedValue::List(_) | OwnedValue::Map(_)) | Scalar::Bool(_) => {
            LineBuf::with(|json| {
                push_scalar(json, value);
                push_string(out, json.as_str());
            });
        }
        _ => LineBuf::with(|text| {
            push_plain(value, text);
            push_string(out, text.as_str());
        }),
    }
}

#[cold]
fn push_nested(out: &mut LineBuf, value: &OwnedValue) {
    match value {
        OwnedValue::List(values) => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                push_scalar(out, value.as_scalar());
            }
            out.push(']');
        }
        OwnedValue::Map(values) => {
            out.push('{');
            for (at, (key, value)) in values.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                push_string(out, key);
                out.push(':');
                push_scalar(out, value.as_scalar());
            }
            out.push('}');
        }
        other => push_string(out, &other.to_string()),
    }
}

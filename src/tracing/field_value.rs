//! The value of a field, while it is visited: [`FieldValue`].

use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use log::kv::Value;
use tracing_core::field::{Field, Visit};

use crate::record::OwnedValue;
use crate::sys::user_code;

/// A value of `tracing`, borrowed for one step of a visit.
#[derive(Clone, Copy)]
pub(super) enum FieldValue<'v> {
    Signed(i64),
    Unsigned(u64),
    /// One that 64 bits are too few for.
    LongSigned(&'v i128),
    LongUnsigned(&'v u128),
    Float(f64),
    Bool(bool),
    Text(&'v str),
    Bytes(&'v [u8]),
    Error(&'v (dyn StdError + 'static)),
    /// Its `Debug` is user code.
    Debug(&'v dyn fmt::Debug),
}

impl FieldValue<'_> {
    /// Lends it as a value of the facade.
    pub(super) fn with<R>(self, read: impl FnOnce(&Value<'_>) -> R) -> R {
        match self {
            Self::Signed(value) => read(&Value::from(value)),
            Self::Unsigned(value) => read(&Value::from(value)),
            Self::LongSigned(value) => read(&Value::from(value)),
            Self::LongUnsigned(value) => read(&Value::from(value)),
            Self::Float(value) => read(&Value::from(value)),
            Self::Bool(value) => read(&Value::from(value)),
            Self::Text(text) => read(&Value::from(text)),
            Self::Bytes(bytes) => read(&Value::from_display(&Hex(bytes))),
            Self::Error(error) => read(&Value::from_display(&error)),
            Self::Debug(value) => read(&Value::from_debug(&value)),
        }
    }

    /// Returns it as a record keeps it.
    pub(super) fn to_owned(self) -> OwnedValue {
        match self {
            Self::Signed(value) => value.into(),
            Self::Unsigned(value) => value.into(),
            Self::LongSigned(value) => (*value).into(),
            Self::LongUnsigned(value) => (*value).into(),
            Self::Float(value) => value.into(),
            Self::Bool(value) => value.into(),
            Self::Text(text) => text.into(),
            Self::Bytes(bytes) => Hex(bytes).to_string().into(),
            Self::Error(error) => user_code::display(error).into(),
            Self::Debug(value) => user_code::text(|out| write!(out, "{value:?}")).into(),
        }
    }

    /// Writes its text, as that of a message.
    pub(super) fn write_to(self, out: &mut dyn fmt::Write) -> fmt::Result {
        match self {
            Self::Text(text) => out.write_str(text),
            Self::Debug(value) => write!(out, "{value:?}"),
            _ => self.with(|value| write!(out, "{value}")),
        }
    }
}

struct Hex<'b>(&'b [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The name of a field as a key: that of `r#type` is `type`.
pub(super) fn key_of(field: &Field) -> &'static str {
    let name = field.name();
    name.strip_prefix("r#").unwrap_or(name)
}

/// Passes each value of a visit to a function.
pub(super) struct Visitor<F>(pub(super) F);

impl<F: FnMut(&Field, FieldValue<'_>)> Visit for Visitor<F> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        (self.0)(field, FieldValue::Float(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        (self.0)(field, FieldValue::Signed(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        (self.0)(field, FieldValue::Unsigned(value));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        let short = i64::try_from(value).map(FieldValue::Signed);
        (self.0)(field, short.unwrap_or(FieldValue::LongSigned(&value)));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        let short = u64::try_from(value).map(FieldValue::Unsigned);
        (self.0)(field, short.unwrap_or(FieldValue::LongUnsigned(&value)));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        (self.0)(field, FieldValue::Bool(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        (self.0)(field, FieldValue::Text(value));
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        (self.0)(field, FieldValue::Bytes(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn StdError + 'static)) {
        (self.0)(field, FieldValue::Error(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        (self.0)(field, FieldValue::Debug(value));
    }
}

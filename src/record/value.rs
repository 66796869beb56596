//! The values of key-values: [`OwnedValue`] and [`Scalar`].

use std::fmt;

use log::kv::{ToValue, Value};

use crate::sys::user_code;
use crate::text::line_buf::LineBuf;

/// A value that a record keeps: what filters and adapters set, and what outlives the logging call.
///
/// `Display` writes texts as they are, `Null` as `None`, bytes as hexadecimal digits, lists as `[1,
/// "a"]` and maps as `{"k": 1}`. As a value of the `log` facade, which has no such types, bytes,
/// lists and maps are that text; so they are after a queue.
///
/// Values of the facade that serialize themselves, `key:serde = value` and `key:sval = value`,
/// become lists and maps with the features `kv-serde` and `kv-sval`, and are text without them. At
/// most 32 levels and about 64 KiB of a value are kept, and `…` stands for what is left out.
///
/// # Examples
/// ```
/// use logtree::record::OwnedValue;
///
/// assert_eq!(OwnedValue::from(42_u8), OwnedValue::Unsigned(42));
/// assert_eq!(OwnedValue::from("text").as_str(), Some("text"));
/// let list = OwnedValue::List(vec![1.into(), "a".into()]);
/// assert_eq!(list.to_string(), r#"[1, "a"]"#);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum OwnedValue {
    /// No value.
    Null,
    /// A Boolean.
    Bool(bool),
    /// An integer that was given as signed.
    Signed(i128),
    /// An integer that was given as unsigned.
    Unsigned(u128),
    /// A floating-point number.
    Float(f64),
    /// A string.
    Text(String),
    /// Bytes that are no string.
    Bytes(Vec<u8>),
    /// Several values.
    List(Vec<OwnedValue>),
    /// Values with keys of their own, in order.
    Map(Vec<(String, OwnedValue)>),
}

impl OwnedValue {
    pub(crate) fn of(value: Scalar<'_>) -> Self {
        match value {
            Scalar::Null => Self::Null,
            Scalar::Bool(value) => Self::Bool(value),
            Scalar::Signed(value) => Self::Signed(value),
            Scalar::Unsigned(value) => Self::Unsigned(value),
            Scalar::Float(value) => Self::Float(value),
            Scalar::Text(text) => Self::Text(text.to_owned()),
            Scalar::Nested(value) => value.clone(),
            Scalar::Other(value) => Self::Text(user_code::display(value)),
        }
    }

    pub(crate) fn as_scalar(&self) -> Scalar<'_> {
        match self {
            Self::Null => Scalar::Null,
            Self::Bool(value) => Scalar::Bool(*value),
            Self::Signed(value) => Scalar::Signed(*value),
            Self::Unsigned(value) => Scalar::Unsigned(*value),
            Self::Float(value) => Scalar::Float(*value),
            Self::Text(text) => Scalar::Text(text),
            Self::Bytes(_) | Self::List(_) | Self::Map(_) => Scalar::Nested(self),
        }
    }

    /// Returns the string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the integer, if it is one that fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Signed(value) => i64::try_from(*value).ok(),
            Self::Unsigned(value) => i64::try_from(*value).ok(),
            _ => None,
        }
    }

    /// Returns the number, integers as the nearest float.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the caller asks for a float")]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            Self::Signed(value) => Some(*value as f64),
            Self::Unsigned(value) => Some(*value as f64),
            _ => None,
        }
    }

    /// Returns the Boolean, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns about how many bytes it takes on the heap.
    #[cfg(feature = "control")]
    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::List(values) => {
                let bytes = |value: &Self| size_of::<Self>() + value.heap_bytes();
                values.iter().map(bytes).sum()
            }
            Self::Map(values) => {
                let bytes = |(key, value): &(String, Self)| {
                    size_of::<(String, Self)>() + key.len() + value.heap_bytes()
                };
                values.iter().map(bytes).sum()
            }
            _ => 0,
        }
    }

    /// Writes the value inside a list or a map, where strings are quoted.
    fn fmt_inside(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => fmt::Debug::fmt(text, f),
            other => fmt::Display::fmt(other, f),
        }
    }
}

impl ToValue for OwnedValue {
    fn to_value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::null(),
            Self::Bool(value) => Value::from(*value),
            Self::Signed(value) => {
                i64::try_from(*value).map_or_else(|_| Value::from_display(value), Value::from)
            }
            Self::Unsigned(value) => {
                u64::try_from(*value).map_or_else(|_| Value::from_display(value), Value::from)
            }
            Self::Float(value) => Value::from(*value),
            Self::Text(text) => Value::from(text.as_str()),
            Self::Bytes(_) | Self::List(_) | Self::Map(_) => Value::from_display(self),
        }
    }
}

impl fmt::Display for OwnedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Inside<'v>(&'v OwnedValue);
        impl fmt::Debug for Inside<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt_inside(f)
            }
        }
        match self {
            Self::Null => f.write_str("None"),
            Self::Bool(value) => fmt::Display::fmt(value, f),
            Self::Signed(value) => fmt::Display::fmt(value, f),
            Self::Unsigned(value) => fmt::Display::fmt(value, f),
            Self::Float(value) => fmt::Display::fmt(value, f),
            Self::Text(text) => f.write_str(text),
            Self::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Self::List(values) => f.debug_list().entries(values.iter().map(Inside)).finish(),
            Self::Map(values) => {
                let entries = values.iter().map(|(key, value)| (key, Inside(value)));
                f.debug_map().entries(entries).finish()
            }
        }
    }
}

macro_rules! from {
    ($($variant:ident: $($type:ty)+;)+) => {
        $($(impl From<$type> for OwnedValue {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        })+)+
    };
}

from! {
    Bool: bool;
    Signed: i8 i16 i32 i64 i128;
    Unsigned: u8 u16 u32 u64 u128;
    Float: f32 f64;
    Text: &str String Box<str>;
}

impl From<usize> for OwnedValue {
    fn from(value: usize) -> Self {
        Self::Unsigned(value as u128)
    }
}

impl From<isize> for OwnedValue {
    fn from(value: isize) -> Self {
        Self::Signed(value as i128)
    }
}

impl<T: Into<Self>> From<Option<T>> for OwnedValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// What a value is, for those that write it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scalar<'v> {
    Null,
    Bool(bool),
    Signed(i128),
    Unsigned(u128),
    Float(f64),
    Text(&'v str),
    /// Bytes, a list or a map.
    Nested(&'v OwnedValue),
    /// Known only by its `Display`, which is user code.
    Other(&'v Value<'v>),
}

/// A value as a record keeps it.
#[derive(Clone, Copy)]
pub(crate) enum KeptValue<'v> {
    Signed(i64),
    Unsigned(u64),
    Bool(bool),
    Text(&'v str),
    Facade(&'v Value<'v>),
    Owned(&'v OwnedValue),
}

impl KeptValue<'_> {
    /// Passes `read` what the value is.
    #[inline]
    pub(crate) fn read<R>(self, read: impl FnOnce(Scalar<'_>) -> R) -> R {
        match self {
            Self::Signed(value) => read(Scalar::Signed(value.into())),
            Self::Unsigned(value) => read(Scalar::Unsigned(value.into())),
            Self::Bool(value) => read(Scalar::Bool(value)),
            Self::Text(text) => read(Scalar::Text(text)),
            Self::Facade(value) => Scalar::visit(value, read),
            Self::Owned(value) => read(value.as_scalar()),
        }
    }
}

impl KeptValue<'_> {
    /// Appends an integer, which all formatters write alike. Reports whether it is one.
    #[inline(always)]
    pub(crate) fn push_integer(self, out: &mut LineBuf) -> bool {
        match self {
            Self::Signed(value) => out.push_signed(value),
            Self::Unsigned(value) => out.push_unsigned(value),
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facade_values_keep_their_types() {
        let owned = |value: Value<'_>| Scalar::visit(&value, OwnedValue::of);
        assert_eq!(owned(Value::from(-3_i8)), OwnedValue::Signed(-3));
        assert_eq!(
            owned(Value::from(u64::MAX)),
            OwnedValue::Unsigned(u64::MAX.into())
        );
        assert_eq!(owned(Value::from(0.5)), OwnedValue::Float(0.5));
        assert_eq!(owned(Value::from(true)), OwnedValue::Bool(true));
        assert_eq!(owned(Value::from('x')), OwnedValue::from("x"));
        assert_eq!(owned(Value::null()), OwnedValue::Null);
        assert_eq!(
            owned(Value::from_debug(&[1, 2])),
            OwnedValue::from("[1, 2]")
        );
    }

    #[test]
    fn numbers_beyond_64_bits_survive_as_text() {
        let value = OwnedValue::from(u128::MAX);
        assert_eq!(value.to_value().to_string(), u128::MAX.to_string());
    }

    #[test]
    fn nested_values_show_what_they_hold() {
        let inner = OwnedValue::List(vec!["a\n".into(), OwnedValue::Null, 0.5.into()]);
        let map = OwnedValue::Map(vec![
            ("k".into(), inner.clone()),
            ("b".into(), OwnedValue::Bytes(vec![0, 255])),
        ]);
        assert_eq!(map.to_string(), r#"{"k": ["a\n", None, 0.5], "b": 00ff}"#);
        assert_eq!(map.to_value().to_string(), map.to_string());
        assert_eq!(OwnedValue::of(map.as_scalar()), map);
        assert_eq!(
            (inner.as_str(), inner.as_i64(), inner.as_f64()),
            (None, None, None)
        );
    }

    #[test]
    fn values_convert_where_nothing_is_lost() {
        assert_eq!(OwnedValue::from(u64::MAX).as_i64(), None);
        assert_eq!(OwnedValue::from(7_u8).as_i64(), Some(7));
        assert_eq!(OwnedValue::from(-7).as_f64(), Some(-7.0));
        assert_eq!(OwnedValue::from(true).as_bool(), Some(true));
        assert_eq!(OwnedValue::from("true").as_bool(), None);
    }
}

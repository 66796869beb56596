//! Values of the facade that serialize themselves, as data: [`structured`].

use std::cell::Cell;
use std::fmt::{self, Display, Write};

use log::kv::Value;
use serde::ser::{
    Error as SerError, Serialize, SerializeMap, SerializeSeq, SerializeStruct,
    SerializeStructVariant, SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
    Serializer,
};

use crate::record::value::OwnedValue;
use crate::sys::user_code;
use crate::text::boundary::floor_char_boundary;

/// How deep a value is kept.
const DEEPEST: u8 = 32;
/// About how many bytes of it are kept.
const MOST_BYTES: usize = 64 * 1024;
/// What stands for all that is not.
const REST: &str = "…";

/// Returns a value as the data that it is; `None` where it is known by its `Display` alone, or
/// cannot be serialized: its `Display` shows then how far it came. One that panics is a string that
/// says so.
pub(super) fn structured(value: &Value<'_>) -> Option<OwnedValue> {
    let limits = Limits {
        left: Cell::new(MOST_BYTES),
        is_shown: Cell::new(false),
    };
    let keeper = Keeper {
        limits: &limits,
        depth: 0,
    };
    let kept = user_code::call(|| value.serialize(keeper));
    if limits.is_shown.get() {
        return None;
    }
    match kept {
        Ok(kept) => kept.ok(),
        Err(panic) => Some(limits.text(&format!("<panic while serializing: {panic}>"))),
    }
}

struct Limits {
    left: Cell<usize>,
    /// The value itself wants to be shown by its `Display`.
    is_shown: Cell<bool>,
}

impl Limits {
    fn is_used_up(&self) -> bool {
        self.left.get() == 0
    }

    fn take(&self, bytes: usize) {
        let bytes = bytes + size_of::<OwnedValue>();
        self.left.set(self.left.get().saturating_sub(bytes));
    }

    fn string(&self, text: &str) -> String {
        let left = self.left.get();
        self.take(text.len());
        if text.len() <= left {
            return text.to_owned();
        }
        format!("{}{REST}", &text[..floor_char_boundary(text, left)])
    }

    fn text(&self, text: &str) -> OwnedValue {
        OwnedValue::Text(self.string(text))
    }

    fn number(&self, value: OwnedValue) -> OwnedValue {
        self.take(0);
        value
    }
}

/// A value cannot be serialized.
#[derive(Debug)]
struct Failure;

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value cannot be serialized")
    }
}

impl std::error::Error for Failure {}

impl SerError for Failure {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// Text up to a limit.
struct Limited {
    text: String,
    left: usize,
}

impl Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = floor_char_boundary(text, self.left);
        self.text.push_str(&text[..end]);
        self.left -= end;
        if end < text.len() {
            self.left = 0;
            return Err(fmt::Error);
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct Keeper<'l> {
    limits: &'l Limits,
    depth: u8,
}

impl<'l> Keeper<'l> {
    /// Keeps a value inside this one.
    fn inner<T: Serialize + ?Sized>(self, value: &T) -> Result<OwnedValue, Failure> {
        if self.depth >= DEEPEST || self.limits.is_used_up() {
            // It counts as well: a list there may be long.
            self.limits.take(REST.len());
            return Ok(rest());
        }
        value.serialize(Self {
            depth: self.depth + 1,
            ..self
        })
    }

    fn elements(self, variant: Option<&'static str>) -> Elements<'l> {
        self.limits.take(0);
        Elements {
            keeper: self,
            variant,
            kept: Vec::new(),
        }
    }

    fn entries(self, variant: Option<&'static str>) -> Entries<'l> {
        self.limits.take(0);
        Entries {
            keeper: self,
            variant,
            kept: Vec::new(),
            key: None,
        }
    }
}

fn rest() -> OwnedValue {
    OwnedValue::Text(REST.to_owned())
}

/// A value of an enum, as serde's formats write it.
fn of_variant(variant: Option<&'static str>, value: OwnedValue) -> OwnedValue {
    match variant {
        None => value,
        Some(variant) => OwnedValue::Map(vec![(variant.to_owned(), value)]),
    }
}

macro_rules! numbers {
    ($($method:ident $type:ty => $variant:ident;)+) => {$(
        fn $method(self, value: $type) -> Result<OwnedValue, Failure> {
            Ok(self.limits.number(OwnedValue::$variant(value.into())))
        }
    )+};
}

impl<'l> Serializer for Keeper<'l> {
    type Ok = OwnedValue;
    type Error = Failure;
    type SerializeSeq = Elements<'l>;
    type SerializeTuple = Elements<'l>;
    type SerializeTupleStruct = Elements<'l>;
    type SerializeTupleVariant = Elements<'l>;
    type SerializeMap = Entries<'l>;
    type SerializeStruct = Entries<'l>;
    type SerializeStructVariant = Entries<'l>;

    numbers! {
        serialize_bool bool => Bool;
        serialize_i8 i8 => Signed;
        serialize_i16 i16 => Signed;
        serialize_i32 i32 => Signed;
        serialize_i64 i64 => Signed;
        serialize_i128 i128 => Signed;
        serialize_u8 u8 => Unsigned;
        serialize_u16 u16 => Unsigned;
        serialize_u32 u32 => Unsigned;
        serialize_u64 u64 => Unsigned;
        serialize_u128 u128 => Unsigned;
        serialize_f64 f64 => Float;
    }

    /// As it is written, not as the nearest of the wider type.
    fn serialize_f32(self, value: f32) -> Result<OwnedValue, Failure> {
        self.serialize_f64(value.to_string().parse().unwrap_or(f64::from(value)))
    }

    fn serialize_char(self, value: char) -> Result<OwnedValue, Failure> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<OwnedValue, Failure> {
        Ok(self.limits.text(text))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<OwnedValue, Failure> {
        let end = bytes.len().min(self.limits.left.get());
        self.limits.take(bytes.len());
        Ok(OwnedValue::Bytes(bytes[..end].to_vec()))
    }

    fn serialize_none(self) -> Result<OwnedValue, Failure> {
        Ok(self.limits.number(OwnedValue::Null))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<OwnedValue, Failure> {
        self.inner(value)
    }

    fn serialize_unit(self) -> Result<OwnedValue, Failure> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<OwnedValue, Failure> {
        self.serialize_none()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<OwnedValue, Failure> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<OwnedValue, Failure> {
        self.inner(value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<OwnedValue, Failure> {
        self.limits.take(variant.len());
        Ok(of_variant(Some(variant), self.inner(value)?))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Elements<'l>, Failure> {
        Ok(self.elements(None))
    }

    fn serialize_tuple(self, _: usize) -> Result<Elements<'l>, Failure> {
        Ok(self.elements(None))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Elements<'l>, Failure> {
        Ok(self.elements(None))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Elements<'l>, Failure> {
        Ok(self.elements(Some(variant)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'l>, Failure> {
        Ok(self.entries(None))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries<'l>, Failure> {
        Ok(self.entries(None))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Entries<'l>, Failure> {
        Ok(self.entries(Some(variant)))
    }

    /// The facade's own way to pass a `Display` and a `Debug`, which are written without a copy.
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<OwnedValue, Failure> {
        if self.depth == 0 {
            self.limits.is_shown.set(true);
            return Ok(OwnedValue::Null);
        }
        let mut text = Limited {
            text: String::new(),
            left: self.limits.left.get(),
        };
        let written = write!(text, "{value}");
        self.limits.take(text.text.len());
        if written.is_err() {
            text.text.push_str(REST);
        }
        Ok(OwnedValue::Text(text.text))
    }
}

struct Elements<'l> {
    keeper: Keeper<'l>,
    variant: Option<&'static str>,
    kept: Vec<OwnedValue>,
}

impl Elements<'_> {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        if self.keeper.limits.is_used_up() {
            // Once, however many follow.
            if !matches!(self.kept.last(), Some(OwnedValue::Text(last)) if last == REST) {
                self.kept.push(rest());
            }
            return Ok(());
        }
        self.kept.push(self.keeper.inner(value)?);
        Ok(())
    }

    fn into_value(self) -> OwnedValue {
        of_variant(self.variant, OwnedValue::List(self.kept))
    }
}

struct Entries<'l> {
    keeper: Keeper<'l>,
    variant: Option<&'static str>,
    kept: Vec<(String, OwnedValue)>,
    key: Option<String>,
}

impl Entries<'_> {
    fn push<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Failure> {
        if self.keeper.limits.is_used_up() {
            if self.kept.last().is_none_or(|(last, _)| last != REST) {
                self.kept.push((REST.to_owned(), rest()));
            }
            return Ok(());
        }
        let key = self.keeper.limits.string(key);
        self.kept.push((key, self.keeper.inner(value)?));
        Ok(())
    }

    fn into_value(self) -> OwnedValue {
        of_variant(self.variant, OwnedValue::Map(self.kept))
    }
}

macro_rules! elements {
    ($($trait:ident $method:ident;)+) => {$(
        impl $trait for Elements<'_> {
            type Ok = OwnedValue;
            type Error = Failure;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
                self.push(value)
            }

            fn end(self) -> Result<OwnedValue, Failure> {
                Ok(self.into_value())
            }
        }
    )+};
}

elements! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

macro_rules! fields {
    ($($trait:ident;)+) => {$(
        impl $trait for Entries<'_> {
            type Ok = OwnedValue;
            type Error = Failure;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Failure> {
                self.push(key, value)
            }

            fn end(self) -> Result<OwnedValue, Failure> {
                Ok(self.into_value())
            }
        }
    )+};
}

fields! {
    SerializeStruct;
    SerializeStructVariant;
}

impl SerializeMap for Entries<'_> {
    type Ok = OwnedValue;
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Failure> {
        self.key = Some(match self.keeper.inner(key)? {
            OwnedValue::Text(text) => text,
            other => other.to_string(),
        });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        let key = self.key.take().unwrap_or_default();
        self.push(&key, value)
    }

    fn end(self) -> Result<OwnedValue, Failure> {
        Ok(self.into_value())
    }
}

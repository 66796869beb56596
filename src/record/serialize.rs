//! Values of records in the formats of `serde`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::record::value::OwnedValue;

/// Each value as the format's own type.
impl Serialize for OwnedValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            // Few formats have 128 bits.
            Self::Signed(value) => match i64::try_from(*value) {
                Ok(value) => serializer.serialize_i64(value),
                Err(_) => serializer.serialize_i128(*value),
            },
            Self::Unsigned(value) => match u64::try_from(*value) {
                Ok(value) => serializer.serialize_u64(value),
                Err(_) => serializer.serialize_u128(*value),
            },
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Self::List(values) => serializer.collect_seq(values),
            Self::Map(values) => serializer.collect_map(values.iter().map(|(k, v)| (k, v))),
        }
    }
}

/// From formats that say what a value is, such as JSON. There, a positive integer is unsigned.
impl<'de> Deserialize<'de> for OwnedValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

macro_rules! visit {
    ($($method:ident $type:ty => $variant:ident;)+) => {$(
        fn $method<E>(self, value: $type) -> Result<OwnedValue, E> {
            Ok(OwnedValue::$variant(value.into()))
        }
    )+};
}

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = OwnedValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    visit! {
        visit_bool bool => Bool;
        visit_i64 i64 => Signed;
        visit_i128 i128 => Signed;
        visit_u64 u64 => Unsigned;
        visit_u128 u128 => Unsigned;
        visit_f64 f64 => Float;
        visit_str &str => Text;
        visit_string String => Text;
        visit_bytes &[u8] => Bytes;
        visit_byte_buf Vec<u8> => Bytes;
    }

    fn visit_unit<E>(self) -> Result<OwnedValue, E> {
        Ok(OwnedValue::Null)
    }

    fn visit_none<E>(self) -> Result<OwnedValue, E> {
        Ok(OwnedValue::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<OwnedValue, D::Error> {
        OwnedValue::deserialize(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<OwnedValue, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = values.next_element()? {
            list.push(value);
        }
        Ok(OwnedValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut values: A) -> Result<OwnedValue, A::Error> {
        let mut map = Vec::new();
        while let Some(pair) = values.next_entry()? {
            map.push(pair);
        }
        Ok(OwnedValue::Map(map))
    }
}

//! JSON objects of a request: [`Object`], [`parse`].

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};

use crate::control::error_codes::invalid;
use crate::error::Error;

/// A structure that is read from an object only; serde would accept an array of its fields too.
pub(super) struct Object<T>(pub(super) T);

/// Returns the object that a body holds.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    match serde_json::from_slice(body) {
        Ok(Object(value)) => Ok(value),
        Err(why) => Err(invalid(format!("cannot read the body as JSON: {why}"))),
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfMap<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OfMap<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(OfMap(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Pair {
        a: u8,
        b: Option<Object<Inner>>,
    }

    #[derive(serde::Deserialize)]
    struct Inner {
        c: u8,
    }

    #[test]
    fn only_objects_are_objects() {
        let pair: Pair = parse(br#" {"a": 1, "b": {"c": 2}, "d": [[]]} "#).unwrap();
        assert_eq!((pair.a, pair.b.map(|Object(inner)| inner.c)), (1, Some(2)));
        for text in [
            "",
            "null",
            "1",
            "[1, null]",
            r#"{"a": 1, "b": [2]}"#,
            r#"{"a": 1, "a": 1}"#,
            r#"{"a": 1} {}"#,
            r#"{"a": 256}"#,
        ] {
            let why = parse::<Pair>(text.as_bytes()).map(|_| ()).unwrap_err();
            assert!(why.to_string().contains("line 1 column"), "{text}: {why}");
        }
        // What is not read costs no stack.
        let deep = [
            r#"{"a": 1, "d": "#,
            &"[".repeat(30_000),
            &"]".repeat(30_000),
            "}",
        ];
        assert!(parse::<Pair>(deep.concat().as_bytes()).is_ok());
        assert!(parse::<Pair>(deep.concat().replace('d', "b").as_bytes()).is_err());
    }
}

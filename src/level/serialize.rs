//! Levels in the formats of `serde`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::level::level::Level;

/// A built-in level is its name, another one its number; in formats that are not read by people,
/// all are numbers.
impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.builtin_name() {
            Some(name) if serializer.is_human_readable() => serializer.serialize_str(name),
            _ => serializer.serialize_u16(self.number()),
        }
    }
}

/// A name or a number, as a level parses.
impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(LevelVisitor)
        } else {
            deserializer.deserialize_u16(LevelVisitor)
        }
    }
}

struct LevelVisitor;

impl Visitor<'_> for LevelVisitor {
    type Value = Level;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name or the number of a level")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Level, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Level, E> {
        let number = u16::try_from(number)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))?;
        Ok(Level::new(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Level, E> {
        let unsigned = u64::try_from(number)
            .map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))?;
        self.visit_u64(unsigned)
    }
}

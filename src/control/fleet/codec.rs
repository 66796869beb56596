//! JSON of values: [`print`], [`parse`], and forms of members.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::control::fleet::store_error::{StoreError, StoreErrorKind};

/// The longest value of an entry, in bytes.
pub(super) const LONGEST: usize = 4 * 1024;

/// Returns the JSON of a value.
pub(super) fn print(value: &impl Serialize) -> String {
    // Cannot fail: keys are strings, and no implementation of these types fails.
    serde_json::to_string(value).unwrap_or_default()
}

/// Returns the value of some JSON; unknown members are ignored.
///
/// # Errors
/// [`StoreErrorKind::Corrupt`].
pub(super) fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, StoreError> {
    // A value alone would be read as the members of a struct in order.
    let is_object = json.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if !is_object {
        let message = "invalid value: expected a JSON object";
        return Err(StoreError::new(StoreErrorKind::Corrupt, message));
    }
    serde_json::from_slice(json)
        .map_err(|why| StoreError::new(StoreErrorKind::Corrupt, format!("invalid value: {why}")))
}

/// A time as RFC 3339.
pub(super) mod time {
    use std::borrow::Cow;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::time::Timestamp;

    pub(crate) fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(|time| time.to_string()).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<Cow<'de, str>>::deserialize(from)?;
        let time = text.map(|text| text.parse()).transpose();
        time.map_err(serde::de::Error::custom)
    }
}

/// A level as its number, which decides: a name may be another level elsewhere.
pub(super) mod number {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::level::Level;

    pub(crate) fn serialize<S: Serializer>(level: &Level, to: S) -> Result<S::Ok, S::Error> {
        level.number().serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Level, D::Error> {
        match Level::new(u16::deserialize(from)?) {
            Level::NOTSET => Err(serde::de::Error::custom("expected a level, found 0")),
            level => Ok(level),
        }
    }
}

/// The same, if there is one.
pub(super) mod number_or_none {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::level::Level;

    pub(crate) fn serialize<S: Serializer>(
        level: &Option<Level>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        Serialize::serialize(&level.map(Level::number), to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Level>, D::Error> {
        Ok(Option::<u16>::deserialize(from)?.map(Level::new))
    }
}

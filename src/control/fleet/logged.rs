//! What a change did: [`Logged`], [`Edit`].

use serde::{Deserialize, Serialize};

use crate::control::fleet::codec;
use crate::control::fleet::store_error::StoreError;
use crate::level::Level;
use crate::time::Timestamp;

/// What one change did. The latest [200](Self::KEPT) are kept.
///
/// # Examples
/// ```
/// use logtree::control::fleet::Logged;
///
/// let json = br#"{"n":17,"by":"ann@ops","edits":[
///     {"key":"level/all/LOGGER/botocore","before":null,"after":"DEBUG"}]}"#;
/// assert_eq!(Logged::from_json(json)?.edits[0].after.as_deref(), Some("DEBUG"));
/// # Ok::<(), logtree::control::fleet::StoreError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Logged {
    /// The number of the change.
    pub n: u64,
    /// What identifies it.
    #[serde(default)]
    pub change: String,
    /// Who made it, by their own account.
    #[serde(default)]
    pub by: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// When, by the clock of the one who made it.
    #[serde(default, with = "codec::time")]
    pub at: Option<Timestamp>,
    /// What it did.
    #[serde(default)]
    pub edits: Vec<Edit>,
}

/// What a change did to one key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Edit {
    /// The [key](super::Key), without `set/`.
    pub key: String,
    /// What was there before, for people: the name of a level, `off`, or the members of a group.
    pub before: Option<String>,
    /// What is there now.
    pub after: Option<String>,
    /// The level before, by which the change is undone.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "codec::number_or_none"
    )]
    pub before_number: Option<Level>,
    /// The level now.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "codec::number_or_none"
    )]
    pub after_number: Option<Level>,
}

impl Logged {
    /// How many changes are kept.
    pub const KEPT: u64 = 200;

    /// Returns the JSON of it.
    #[must_use]
    pub fn to_json(&self) -> String {
        codec::print(self)
    }

    /// Reads JSON. Unknown members are ignored.
    ///
    /// # Errors
    /// [`StoreErrorKind::Corrupt`](super::StoreErrorKind::Corrupt).
    pub fn from_json(json: &[u8]) -> Result<Self, StoreError> {
        codec::parse(json)
    }
}

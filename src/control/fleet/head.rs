//! What was changed last: [`Head`].

use serde::{Deserialize, Serialize};

use crate::control::fleet::codec;
use crate::control::fleet::store_error::StoreError;
use crate::time::Timestamp;

/// What was changed last in a service: the fleet's revision.
///
/// # Examples
/// ```
/// use logtree::control::fleet::Head;
///
/// let head = Head::from_json(br#"{"n":17,"change":"9f2c41d07be3a815","by":"ann@ops"}"#)?;
/// assert_eq!((head.n, head.ack_within_s), (17, 1));
/// # Ok::<(), logtree::control::fleet::StoreError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Head {
    /// The number of changes so far.
    pub n: u64,
    /// What identifies the change.
    #[serde(default)]
    pub change: String,
    /// Who made it, by their own account.
    #[serde(default)]
    pub by: String,
    /// When, by the clock of the one who made it.
    #[serde(default, with = "codec::time")]
    pub at: Option<Timestamp>,
    /// Within how many seconds instances report it, each after a random part of that.
    #[serde(default = "one")]
    pub ack_within_s: u64,
}

fn one() -> u64 {
    1
}

impl Head {
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

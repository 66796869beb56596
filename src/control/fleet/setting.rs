//! What is set for instances: [`Setting`], [`Off`], [`GroupMembers`].

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::control::fleet::budget::Budget;
use crate::control::fleet::codec;
use crate::control::fleet::store_error::StoreError;
use crate::level::Level;
use crate::time::Timestamp;

/// The level of a target, for the instances of a [`Selector`](super::Selector).
///
/// # Examples
/// ```
/// use logtree::Level;
/// use logtree::control::fleet::Setting;
///
/// let json = br#"{"level":"DEBUG","number":10,"by":"ann@ops","for_s":600,"later":true}"#;
/// let setting = Setting::from_json(json)?;
/// assert_eq!((setting.level, setting.for_s), (Level::DEBUG, Some(600)));
/// # Ok::<(), logtree::control::fleet::StoreError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Setting {
    /// The name of the level, for people. The number decides.
    #[serde(rename = "level", default)]
    pub name: String,
    /// The level; in JSON its `number`.
    #[serde(rename = "number", with = "codec::number")]
    pub level: Level,
    /// Who set it, by their own account.
    #[serde(default)]
    pub by: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// When, by the clock of the one who set it.
    #[serde(default, with = "codec::time")]
    pub at: Option<Timestamp>,
    /// The change that set it: 0 for what was put without one.
    #[serde(default)]
    pub n: u64,
    /// For how many seconds; `None` if it does not end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_s: Option<u64>,
    /// When it ends, by the clock of the one who set it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "codec::time")]
    pub until: Option<Timestamp>,
    /// How many records it may cost; `None` for any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// Whether it applies before what is set on an instance itself.
    #[serde(default)]
    pub force: bool,
}

impl Setting {
    /// Returns a setting that does not end.
    #[must_use]
    pub fn new(level: impl Into<Level>) -> Self {
        let level = level.into();
        Self {
            name: level.to_string(),
            level,
            by: String::new(),
            reason: String::new(),
            at: None,
            n: 0,
            for_s: None,
            until: None,
            budget: None,
            force: false,
        }
    }

    /// Returns for how long it applies; `None` if it does not end.
    #[must_use]
    pub fn time(&self) -> Option<Duration> {
        self.for_s.map(Duration::from_secs)
    }

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

/// All logging of the instances of a [`Selector`](super::Selector) is disabled.
///
/// # Examples
/// ```
/// use logtree::control::fleet::Off;
///
/// assert_eq!(Off::from_json(br#"{"by":"ann@ops"}"#)?.by, "ann@ops");
/// # Ok::<(), logtree::control::fleet::StoreError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Off {
    /// Who disabled it, by their own account.
    #[serde(default)]
    pub by: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// When, by the clock of the one who disabled it.
    #[serde(default, with = "codec::time")]
    pub at: Option<Timestamp>,
    /// The change that disabled it: 0 for what was put without one.
    #[serde(default)]
    pub n: u64,
}

impl Off {
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

/// A group: the names of its loggers. Its level is written as the levels of its members.
///
/// # Examples
/// ```
/// use logtree::control::fleet::GroupMembers;
///
/// let group = GroupMembers::from_json(br#"{"members":["boto3","botocore"]}"#)?;
/// assert_eq!(group.members.len(), 2);
/// # Ok::<(), logtree::control::fleet::StoreError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupMembers {
    /// The names of the loggers.
    pub members: Vec<String>,
    /// Who defined it, by their own account.
    #[serde(default)]
    pub by: String,
    /// The change that defined it: 0 for what was put without one.
    #[serde(default)]
    pub n: u64,
}

impl GroupMembers {
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

//! What an instance has: [`Report`], [`Reported`].

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::control::fleet::codec;
use crate::control::fleet::labels::Labels;
use crate::control::fleet::store_error::StoreError;
use crate::time::Timestamp;

/// What an instance has: kept in the store as long as the instance keeps it alive.
///
/// # Examples
/// ```
/// use logtree::control::fleet::{Labels, Report, ReportState};
///
/// let labels = Labels::new("payments", "pay-7f9c").with_zone("eu-1a");
/// let report = Report::new(labels);
/// let read = Report::from_json("pay-7f9c", report.to_json().as_bytes())?;
/// assert_eq!(read, report);
/// assert_eq!(read.state, ReportState::Ok);
/// # Ok::<(), logtree::control::fleet::StoreError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// The name of the instance, which is in the key.
    #[serde(skip)]
    pub instance: String,
    /// The change that is in place.
    pub n: u64,
    /// How the instance stands.
    #[serde(default)]
    pub state: ReportState,
    /// The version of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where the instance runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The [share](Labels::share) of the instance.
    #[serde(default)]
    pub share: u8,
    /// The number of the process.
    #[serde(default)]
    pub pid: u32,
    /// When the instance joined the fleet, by its clock.
    #[serde(default, with = "codec::time")]
    pub started: Option<Timestamp>,
    /// The version of this crate.
    #[serde(default)]
    pub logtree: String,
    /// How many loggers the instance has.
    #[serde(default)]
    pub loggers: u64,
    /// How many records per second it writes.
    #[serde(default)]
    pub rate: u64,
    /// The targets that have another level on this instance itself, which applies there.
    #[serde(default)]
    pub local: Vec<String>,
    /// What the instance does not apply, and why.
    #[serde(default)]
    pub refused: Vec<String>,
}

/// How an instance stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ReportState {
    /// All that concerns the instance is in place.
    #[default]
    Ok,
    /// A setting was dropped, as it cost more than its [`Budget`](super::Budget).
    Suspended,
    /// A setting was refused.
    Refused,
    /// A state that this version does not know.
    #[serde(other)]
    Unknown,
}

impl Report {
    /// Returns the report of an instance that has nothing in place yet.
    #[must_use]
    pub fn new(labels: Labels) -> Self {
        Self {
            instance: labels.instance,
            version: labels.version,
            zone: labels.zone,
            share: labels.share,
            logtree: env!("CARGO_PKG_VERSION").to_owned(),
            ..Self::default()
        }
    }

    /// Returns the labels of the instance.
    #[must_use]
    pub fn labels(&self) -> Labels {
        let mut labels = Labels::default();
        labels.instance.clone_from(&self.instance);
        labels.version.clone_from(&self.version);
        labels.zone.clone_from(&self.zone);
        labels.share = self.share;
        labels
    }

    /// Returns the JSON of it.
    #[must_use]
    pub fn to_json(&self) -> String {
        codec::print(self)
    }

    /// Reads the JSON of an instance. Unknown members are ignored.
    ///
    /// # Errors
    /// [`StoreErrorKind::Corrupt`](super::StoreErrorKind::Corrupt).
    pub fn from_json(instance: &str, json: &[u8]) -> Result<Self, StoreError> {
        let mut report: Self = codec::parse(json)?;
        instance.clone_into(&mut report.instance);
        Ok(report)
    }
}

/// The report of an instance, and how long the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Reported {
    /// What the instance reported.
    pub report: Report,
    /// How long the store keeps it unless the instance keeps it alive; `None` if the store cannot
    /// say.
    pub left: Option<Duration>,
}

impl Reported {
    /// Returns a report that the store keeps for so long.
    #[must_use]
    pub fn new(report: Report, left: Option<Duration>) -> Self {
        Self { report, left }
    }
}

//! How far a fleet is: [`Status`].

use std::fmt;
use std::time::Duration;

use crate::control::fleet::key::Key;
use crate::control::fleet::logged::Logged;
use crate::control::fleet::placement::selector;
use crate::control::fleet::report::{Report, ReportState, Reported};
use crate::control::fleet::revision::Revision;
use crate::control::fleet::selector::Selector;

/// A report is kept alive each 20 s and kept for 60: below this, it was missed.
const MISSED: Duration = Duration::from_secs(35);

/// How long a report is kept.
const KEPT: Duration = Duration::from_secs(60);

/// How far the instances of a fleet are. It prints as `41 of 42 at revision 17`.
///
/// # Examples
/// ```
/// use logtree::Level;
/// use logtree::control::{Change, LevelTarget};
/// use logtree::control::fleet::{Fleet, MemoryStore, Selector, Terms};
///
/// let fleet = Fleet::new(MemoryStore::new());
/// let change = Change::Level(LevelTarget::logger("boto3"), Level::WARN);
/// fleet.apply(&Selector::all(), [change], &Terms::new())?;
/// assert_eq!(fleet.status(&Selector::all())?.to_string(), "0 of 0 at revision 1");
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Status {
    /// The revision of the fleet.
    pub revision: Revision,
    /// The instances that the selector selects, sorted by name.
    pub instances: Vec<Standing>,
}

/// How far one instance is. It prints as what is wrong with it, or `ok`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Standing {
    /// What it reported last.
    pub report: Report,
    /// How long the store keeps the report, if the store says so.
    pub left: Option<Duration>,
    /// The latest change for this instance.
    pub expected: u64,
}

impl Standing {
    /// Reports whether all changes for the instance are in place.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.report.n >= self.expected && self.report.state == ReportState::Ok
    }

    /// Returns for how long the instance has not been heard of, if it missed its time.
    #[must_use]
    pub fn silent(&self) -> Option<Duration> {
        let left = self.left.filter(|left| *left < MISSED)?;
        Some(KEPT.saturating_sub(left))
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.report.state, self.silent(), self.left) {
            (_, Some(silent), Some(left)) => {
                let (silent, left) = (silent.as_secs(), left.as_secs());
                write!(f, "silent for {silent} s, gone in {left} s")
            }
            (ReportState::Suspended, ..) => f.write_str("suspended"),
            (ReportState::Refused, ..) => f.write_str("refused"),
            (ReportState::Unknown, ..) => f.write_str("unknown"),
            (ReportState::Ok, ..) if self.is_confirmed() => f.write_str("ok"),
            (ReportState::Ok, ..) => write!(f, "at revision {}", self.report.n),
        }
    }
}

impl Status {
    pub(super) fn of(
        of: &Selector,
        revision: Revision,
        reports: Vec<Reported>,
        log: &[Logged],
    ) -> Self {
        let matching = reports
            .into_iter()
            .filter(|one| of.matches(&one.report.labels()));
        let instances = matching.map(|one| Standing {
            expected: latest(log, &one.report),
            report: one.report,
            left: one.left,
        });
        Self {
            revision,
            instances: instances.collect(),
        }
    }

    /// Returns how many instances have all changes for them in place.
    #[must_use]
    pub fn confirmed(&self) -> usize {
        let instances = self.instances.iter();
        instances.filter(|instance| instance.is_confirmed()).count()
    }

    /// Returns how many instances have targets of the fleet with another level of their own.
    #[must_use]
    pub fn differing(&self) -> usize {
        let instances = self.instances.iter();
        instances
            .filter(|instance| !instance.report.local.is_empty())
            .count()
    }
}

/// Returns the latest change for an instance.
fn latest(log: &[Logged], report: &Report) -> u64 {
    let labels = report.labels();
    let concerns = |logged: &&Logged| {
        logged.edits.iter().any(|edit| {
            let key = format!("{}{}", Key::SET, edit.key).parse::<Key>();
            key.is_ok_and(|key| selector(&key).is_some_and(|of| of.matches(&labels)))
        })
    };
    let numbers = log.iter().filter(concerns).map(|logged| logged.n);
    numbers.max().unwrap_or_default()
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (confirmed, all) = (self.confirmed(), self.instances.len());
        write!(f, "{confirmed} of {all} at revision {}", self.revision)?;
        match self.differing() {
            0 => Ok(()),
            1 => f.write_str(", 1 differs"),
            more => write!(f, ", {more} differ"),
        }
    }
}

//! What a store holds for a service: [`Snapshot`].

use std::collections::BTreeMap;
use std::time::Duration;

use crate::control::fleet::codec::LONGEST;
use crate::control::fleet::head::Head;
use crate::control::fleet::key::Key;
use crate::control::fleet::revision::Revision;
use crate::control::fleet::setting::{GroupMembers, Off, Setting};
use crate::control::fleet::store_error::StoreError;

/// The most entries of a service.
pub(super) const MOST: usize = 10_000;

/// What a store holds for a service, at one moment.
///
/// # Examples
/// ```
/// use logtree::Level;
/// use logtree::control::fleet::{Raw, Snapshot};
///
/// let raw = [
///     Raw::new("set/head", br#"{"n":17}"#, 40),
///     Raw::new("set/level/all/LOGGER/botocore", br#"{"level":"DEBUG","number":10}"#, 40),
///     Raw::new("set/level/all/LOGGER/urllib3", b"DEBUG", 41),
/// ];
/// let snapshot = Snapshot::read(1, 41, raw);
/// assert_eq!((snapshot.number(), snapshot.entries.len()), (17, 1));
/// assert!(snapshot.refused[0].starts_with("level/all/LOGGER/urllib3: "));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// What identifies the store: another one has another history.
    pub cluster: u64,
    /// The store's own revision.
    pub position: u64,
    /// What was changed last; `None` if nothing was.
    pub head: Option<Head>,
    /// The version of the head; 0 if there is none.
    pub head_version: u64,
    /// What is set. The head is not in it.
    pub entries: BTreeMap<Key, Held>,
    /// The entries that cannot be read, and why. They count as absent.
    pub refused: Vec<String>,
}

/// An entry of a store.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Held {
    /// The store's own revision when it was put.
    pub version: u64,
    /// How long the store still keeps it; `None` if it is not removed, or the store did not say.
    pub left: Option<Duration>,
    /// What it says.
    pub value: Value,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Value {
    /// Of [`Key::Level`] and [`Key::For`].
    Level(Setting),
    /// Of [`Key::Off`].
    Off(Off),
    /// Of [`Key::Group`].
    Group(GroupMembers),
}

/// An entry as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Raw {
    /// The key, below the [prefix](Key::prefix) of the service.
    pub key: String,
    /// The value.
    pub value: Vec<u8>,
    /// The store's own revision when it was put.
    pub version: u64,
    /// How long the store still keeps it; `None` if it is not removed, or the store did not say.
    pub left: Option<Duration>,
}

impl Value {
    /// Returns the JSON of it.
    #[must_use]
    pub fn to_json(&self) -> String {
        match self {
            Self::Level(setting) => setting.to_json(),
            Self::Off(off) => off.to_json(),
            Self::Group(group) => group.to_json(),
        }
    }
}

impl Raw {
    /// Returns an entry that the store does not remove.
    #[must_use]
    pub fn new(key: impl Into<String>, value: impl Into<Vec<u8>>, version: u64) -> Self {
        Self {
            key: key.into(),
            value: value.into(),
            version,
            left: None,
        }
    }

    /// Sets how long the store still keeps it.
    #[must_use]
    pub fn with_left(mut self, left: Duration) -> Self {
        self.left = Some(left);
        self
    }
}

impl Snapshot {
    /// Returns what entries say, given the store and its revision. Entries that are broken, larger
    /// than 4 KiB, or after the first 10,000 count as absent. Keys outside of [`Key::SET`] are
    /// ignored.
    #[must_use]
    pub fn read(cluster: u64, position: u64, raw: impl IntoIterator<Item = Raw>) -> Self {
        let mut snapshot = Self {
            cluster,
            position,
            ..Self::default()
        };
        let mut raw: Vec<_> = raw.into_iter().collect();
        raw.sort_by(|a, b| a.key.cmp(&b.key));
        for one in raw {
            let Some(short) = one.key.strip_prefix(Key::SET) else {
                continue;
            };
            if let Err(why) = snapshot.add(&one) {
                // A key is not ours to print as it is.
                let short = short.escape_debug();
                snapshot.refused.push(format!("{short:.200}: {why:.200}"));
            }
        }
        snapshot
    }

    fn add(&mut self, raw: &Raw) -> Result<(), String> {
        let (key, length) = (raw.key.parse::<Key>(), raw.value.len());
        let key = key.map_err(|_| "invalid key".to_owned())?;
        if length > LONGEST {
            return Err(format!("expected at most {LONGEST} bytes, found {length}"));
        }
        let text = |why: StoreError| why.to_string();
        let value = match &key {
            Key::Head => {
                self.head = Some(Head::from_json(&raw.value).map_err(text)?);
                self.head_version = raw.version;
                return Ok(());
            }
            Key::Level(..) | Key::For(..) => Setting::from_json(&raw.value)
                .map(Value::Level)
                .map_err(text)?,
            Key::Off(_) => Off::from_json(&raw.value).map(Value::Off).map_err(text)?,
            Key::Group(_) => GroupMembers::from_json(&raw.value)
                .map(Value::Group)
                .map_err(text)?,
            Key::Log(_) | Key::Seen(_) => return Err("invalid key".to_owned()),
        };
        if self.entries.len() >= MOST {
            return Err(format!("expected at most {MOST} entries"));
        }
        if let (Key::For(..), Value::Level(Setting { for_s: None, .. })) = (&key, &value) {
            return Err("expected the member \"for_s\" of a level for a while".to_owned());
        }
        let held = Held {
            version: raw.version,
            left: raw.left,
            value,
        };
        self.entries.insert(key, held);
        Ok(())
    }

    /// Returns the number of changes so far.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.head.as_ref().map_or(0, |head| head.n)
    }

    /// Returns the entries as they are stored, the head among them.
    pub(super) fn to_raw(&self) -> impl Iterator<Item = (String, u64, String)> {
        let head = self.head.iter();
        let head = head.map(|head| (Key::Head.to_string(), self.head_version, head.to_json()));
        let entries = self.entries.iter();
        head.chain(entries.map(|(key, held)| (key.to_string(), held.version, held.value.to_json())))
    }

    /// Returns the revision.
    #[must_use]
    pub fn revision(&self) -> Revision {
        Revision::new(self.number(), self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Level;

    #[test]
    fn the_number_decides_and_what_is_unknown_is_ignored() {
        let level = |json: &str| {
            let raw = Raw::new("set/level/all/LOGGER/a", json, 1);
            let snapshot = Snapshot::read(1, 1, [raw]);
            assert_eq!(snapshot.refused.len() + snapshot.entries.len(), 1);
            match &snapshot.entries.values().next()?.value {
                Value::Level(setting) => Some(setting.level),
                _ => None,
            }
        };
        assert_eq!(
            level(r#"{"level":"ERROR","number":10}"#),
            Some(Level::DEBUG)
        );
        assert_eq!(
            level(r#" {"number":15,"later":[1],"at":null}"#),
            Some(Level::new(15))
        );
        let long = format!(r#"{{"number":10,"reason":"{}"}}"#, "x".repeat(LONGEST));
        for wrong in [
            "",
            "{}",
            "[]",
            r#"["DEBUG",10]"#,
            r#"{"level":"DEBUG"}"#,
            r#"{"number":0}"#,
            r#"{"number":65536}"#,
            r#"{"number":"10"}"#,
            r#"{"number":10,"at":"yesterday"}"#,
            r#"{"number":10}x"#,
            &long,
        ] {
            assert_eq!(level(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_service_has_a_limit_and_a_level_for_a_while_its_time() {
        let raw = (0..=MOST).map(|number| {
            Raw::new(
                format!("set/level/all/LOGGER/l{number:05}"),
                r#"{"number":10}"#,
                1,
            )
        });
        let snapshot = Snapshot::read(1, 1, raw);
        assert_eq!(snapshot.entries.len(), MOST);
        assert_eq!(
            snapshot.refused,
            ["level/all/LOGGER/l10000: expected at most 10000 entries"]
        );
        let raw = Raw::new("set/for/all/LOGGER/a", r#"{"number":10}"#, 1);
        assert_eq!(Snapshot::read(1, 1, [raw]).refused.len(), 1);
    }
}

//! What is set for a fleet, to keep or to copy: [`Export`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::control::error_codes::invalid;
use crate::control::fleet::codec;
use crate::control::fleet::key::Key;
use crate::control::fleet::placement::{selector, short};
use crate::control::fleet::snapshot::{Raw, Snapshot, Value};
use crate::error::Error;

/// What is set for a fleet without an end: levels, disabled logging, groups. Levels for a while are
/// not in it: they would be over.
///
/// # Examples
/// The levels of one service for another one:
/// ```
/// use logtree::Level;
/// use logtree::control::fleet::{Export, Fleet, MemoryStore, Selector, Terms};
/// use logtree::control::{Change, LevelTarget};
///
/// let (one, other) = (Fleet::new(MemoryStore::new()), Fleet::new(MemoryStore::new()));
/// let change = Change::Level(LevelTarget::logger("botocore"), Level::ERROR);
/// one.apply(&Selector::all(), [change], &Terms::new())?;
/// let json = one.export()?.to_json();
/// assert!(json.contains("level/all/LOGGER/botocore"));
///
/// other.import(&Export::from_json(json.as_bytes())?, &Terms::new())?;
/// assert_eq!(other.snapshot()?.entries.len(), 1);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Export {
    /// The number of changes that had led to it.
    pub revision: u64,
    /// What is set, by its key.
    pub entries: BTreeMap<Key, Value>,
}

/// The document: keys are without `set/`, values as they are stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    revision: u64,
    entries: BTreeMap<String, serde_json::Value>,
}

impl Export {
    /// Returns what a snapshot holds.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let entries = snapshot.entries.iter();
        let lasting = entries.filter(|(key, _)| is_lasting(key));
        Self {
            revision: snapshot.number(),
            entries: lasting
                .map(|(key, held)| (key.clone(), held.value.clone()))
                .collect(),
        }
    }

    /// Returns the JSON of it, in lines for reading.
    #[must_use]
    pub fn to_json(&self) -> String {
        let entries = self.entries.iter().map(|(key, value)| {
            let value = serde_json::from_str(&value.to_json()).unwrap_or_default();
            (short(key), value)
        });
        let document = Document {
            revision: self.revision,
            entries: entries.collect(),
        };
        serde_json::to_string_pretty(&document).unwrap_or_default()
    }

    /// Reads JSON: the `revision`, and `entries` by their keys without `set/`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for what no fleet can have
    /// without an end.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        let wrong = |why: String| invalid(format!("cannot read the settings of a fleet: {why}"));
        let document: Document = codec::parse(json).map_err(|why| wrong(why.to_string()))?;
        let raw = document.entries.into_iter().map(|(key, value)| {
            let key = format!("{}{key}", Key::SET);
            Raw::new(key, value.to_string(), 0)
        });
        let snapshot = Snapshot::read(0, 0, raw);
        if let Some(refused) = snapshot.refused.first() {
            return Err(wrong(refused.clone()));
        }
        let mut entries = BTreeMap::new();
        for (key, held) in snapshot.entries {
            if !is_lasting(&key) {
                let key = short(&key);
                return Err(wrong(format!(
                    "{key}: a level for a while is set, not imported"
                )));
            }
            if let Some(selector) = selector(&key) {
                selector.check()?;
            }
            entries.insert(key, held.value);
        }
        match snapshot.head {
            Some(_) => Err(wrong("unknown key head".to_owned())),
            None => Ok(Self {
                revision: document.revision,
                entries,
            }),
        }
    }
}

/// Reports whether a key is of what has no end.
pub(super) fn is_lasting(key: &Key) -> bool {
    matches!(key, Key::Level(..) | Key::Off(_) | Key::Group(_))
}

/// Reports whether two values say the same, apart from who set them, when and why.
pub(super) fn says_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Level(one), Value::Level(other)) => {
            (one.level, one.force, one.budget) == (other.level, other.force, other.budget)
        }
        (Value::Group(one), Value::Group(other)) => one.members == other.members,
        (Value::Off(_), Value::Off(_)) => true,
        _ => false,
    }
}

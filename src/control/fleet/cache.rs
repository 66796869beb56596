//! A file with what a store has passed: [`Cache`].

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::control::beside::Beside;
use crate::control::fleet::codec;
use crate::control::fleet::snapshot::{Raw, Snapshot};
use crate::sys::small_file::{self, Unread};
use crate::time::Timestamp;

/// The form of the file.
const FORM: u32 = 1;

/// The longest file: 10,000 entries of 4 KiB, and their keys.
const LONGEST: usize = 128 * 1024 * 1024;

/// A file that keeps what a store has passed, for the next start of the program.
pub(super) struct Cache {
    path: PathBuf,
    service: String,
}

#[derive(Serialize, Deserialize)]
struct Content {
    form: u32,
    service: String,
    #[serde(with = "codec::time")]
    at: Option<Timestamp>,
    cluster: u64,
    position: u64,
    entries: BTreeMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    version: u64,
    value: Box<RawValue>,
}

impl Cache {
    pub(super) fn new(path: PathBuf, service: &str) -> Self {
        Self {
            path,
            service: service.to_owned(),
        }
    }

    /// Returns what the file holds, and when it was written; `None` if there is none.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(super) fn read(&self) -> Result<Option<(Snapshot, Timestamp)>, String> {
        let text = match small_file::read_private(&self.path, LONGEST) {
            Ok(text) => text,
            Err(Unread::Failed(why)) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(Unread::Failed(why)) => return Err(why.to_string()),
            Err(Unread::Refused(why)) => return Err(why),
        };
        let content: Content = serde_json::from_str(&text).map_err(|why| why.to_string())?;
        if content.form != FORM || content.service != self.service {
            return Err(format!(
                "expected form {FORM} of the service {:?}, found form {} of {:?}",
                self.service, content.form, content.service
            ));
        }
        let entries = content.entries.into_iter();
        let raw = entries.map(|(key, entry)| Raw::new(key, entry.value.get(), entry.version));
        let snapshot = Snapshot::read(content.cluster, content.position, raw);
        Ok(Some((snapshot, content.at.unwrap_or_default())))
    }

    /// Replaces the file.
    pub(super) fn write(&self, snapshot: &Snapshot, at: Timestamp) -> io::Result<()> {
        let mut entries = BTreeMap::new();
        for (key, version, json) in snapshot.to_raw() {
            let value = RawValue::from_string(json)?;
            entries.insert(key, Entry { version, value });
        }
        let content = Content {
            form: FORM,
            service: self.service.clone(),
            at: Some(at),
            cluster: snapshot.cluster,
            position: snapshot.position,
            entries,
        };
        Beside::write(&self.path, &codec::print(&content))?.keep()
    }

    /// Returns a report that the file cannot be read or written.
    pub(super) fn failed(&self, doing: &str, why: &dyn std::fmt::Display) -> String {
        format!("fleet: cannot {doing} {}: {why}", self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_by_its_service_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("fleet.json");
        let cache = Cache::new(path.clone(), "shop");
        assert_eq!(cache.read().unwrap(), None);
        let raw = [
            Raw::new("set/head", r#"{"n":17,"change":"a"}"#, 40),
            Raw::new(
                "set/level/all/LOGGER/a",
                r#"{"level":"DEBUG","number":10,"n":3}"#,
                39,
            ),
            Raw::new("set/off/zone=z", "{}", 38),
            Raw::new("set/group/aws", r#"{"members":["boto3"]}"#, 37),
        ];
        let snapshot = Snapshot::read(u64::MAX, 41, raw);
        let at = Timestamp::from_nanos(1_700_000_000_000_000_000);
        cache.write(&snapshot, at).unwrap();
        assert_eq!(cache.read().unwrap(), Some((snapshot.clone(), at)));
        cache.write(&Snapshot::default(), at).unwrap();
        cache.write(&snapshot, at).unwrap();
        let why = Cache::new(path.clone(), "other").read().unwrap_err();
        assert!(why.contains(r#"found form 1 of "shop""#), "{why}");
        std::fs::write(&path, "{").unwrap();
        cache.read().unwrap_err();
        let names = std::fs::read_dir(directory.path()).unwrap();
        assert_eq!(names.count(), 1, "nothing is left beside it");
    }

    /// It holds no secrets, but says where something is looked for.
    #[cfg(unix)]
    #[test]
    fn it_is_for_its_user_alone() {
        use std::os::unix::fs::PermissionsExt;

        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("fleet.json");
        let cache = Cache::new(path.clone(), "shop");
        cache.write(&Snapshot::default(), Timestamp::now()).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        cache.read().unwrap_err();
    }
}

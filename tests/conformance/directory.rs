//! The directory of a scenario's files, whose times follow the scenario's clock.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use logtree::time::Timestamp;
use serde_json::Value;

/// Created on first use, removed with its scenario.
pub(crate) struct Directory {
    path: PathBuf,
    /// The times that were set, and the sizes at that time.
    known: BTreeMap<PathBuf, (SystemTime, u64)>,
}

impl Directory {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("logtree-conformance-{}-{number}", std::process::id());
        Self {
            path: std::env::temp_dir().join(name),
            known: BTreeMap::new(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        fs::create_dir_all(&self.path).expect("a directory for the scenario");
        &self.path
    }

    pub(crate) fn path_of(&self, name: &Value) -> PathBuf {
        self.path().join(name.as_str().expect("a file's name"))
    }

    pub(crate) fn write(&mut self, operation: &Value, now: Timestamp) {
        let path = self.path_of(&operation["path"]);
        fs::write(&path, operation["text"].as_str().unwrap_or_default()).expect("a file");
        let time = operation["mtime"]
            .as_i64()
            .map_or(now, Timestamp::from_nanos);
        self.set_time(&path, time);
    }

    /// Sets the times of files written since the last operation to the scenario's clock.
    pub(crate) fn follow_clock(&mut self, now: Timestamp) {
        for path in self.files() {
            let metadata = fs::metadata(&path).expect("a file that was just listed");
            let state = (metadata.modified().expect("a time"), metadata.len());
            if self.known.get(&path) != Some(&state) {
                self.set_time(&path, now);
            }
        }
    }

    fn set_time(&mut self, path: &Path, time: Timestamp) {
        let nanos = u64::try_from(time.as_nanos()).expect("a time after 1970");
        let file = File::options().append(true).open(path).expect("a file");
        file.set_modified(UNIX_EPOCH + Duration::from_nanos(nanos))
            .expect("a time");
        let metadata = file.metadata().expect("metadata");
        self.known.insert(
            path.to_owned(),
            (metadata.modified().expect("a time"), metadata.len()),
        );
    }

    /// Names and contents.
    pub(crate) fn contents(&self) -> Value {
        let content = |path: &PathBuf| {
            let text = fs::read_to_string(path).expect("a file in UTF-8");
            (name_of(path), text.into())
        };
        self.files()
            .iter()
            .map(content)
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.path).into_iter().flatten();
        entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.is_file())
            .collect()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

pub(crate) fn name_of(path: &Path) -> String {
    let name = path.file_name().expect("a file's name");
    name.to_string_lossy().into_owned()
}

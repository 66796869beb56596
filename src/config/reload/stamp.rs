//! The state of a file, by which changes are noticed: [`Stamp`].

use std::path::Path;
use std::{fs, io};

#[cfg(any(not(unix), test))]
use crate::config::file;

/// What changes whenever a file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stamp {
    Missing(io::ErrorKind),
    File {
        length: u64,
        modified: Option<std::time::SystemTime>,
        identity: Identity,
    },
}

impl Stamp {
    /// Returns the stamp of a file; links are followed.
    pub(super) fn of(path: &Path) -> Self {
        match fs::metadata(path) {
            Err(error) => Self::Missing(error.kind()),
            Ok(metadata) => Self::File {
                length: metadata.len(),
                modified: metadata.modified().ok(),
                identity: Identity::of(path, &metadata),
            },
        }
    }
}

/// Which file it is, and when its metadata last changed: differs for a file that replaces another
/// one and keeps its length and time.
#[cfg(unix)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    place: (u64, u64),
    changed: (i64, i64),
}

#[cfg(unix)]
impl Identity {
    fn of(_: &Path, metadata: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;

        Self {
            place: (metadata.dev(), metadata.ino()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// The text itself, which is short: elsewhere std knows no file number, and a file that replaces
/// another one can keep the times of both creation and last change.
#[cfg(not(unix))]
pub(super) type Identity = Print;

/// A hash of a file's text.
#[cfg(any(not(unix), test))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Print(u64);

#[cfg(any(not(unix), test))]
impl Print {
    fn of(path: &Path, _: &fs::Metadata) -> Self {
        let mut print = crate::config::fingerprint::Fingerprint::default();
        print.add(file::read(path).ok());
        Self(print.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of the same length differ.
    #[test]
    fn a_text_of_the_same_length_is_another_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.json");
        let print = |text: &str| {
            fs::write(&path, text).unwrap();
            Print::of(&path, &fs::metadata(&path).unwrap())
        };
        let first = print("one");
        assert_ne!(print("two"), first);
        assert_eq!(print("one"), first);
    }
}

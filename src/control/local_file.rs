//! The file of a control: [`LocalFile`].

use std::io;
use std::path::{Path, PathBuf};

use crate::control::beside::Beside;
use crate::control::error_codes::{invalid, limit_exceeded};
use crate::control::kept::Kept;
use crate::control::store_format::{parse, print};
use crate::error::Error;
use crate::name::Name;
use crate::sys::small_file::{self, Unread};

/// The limit for writing and reading, in bytes.
const LONGEST: usize = 64 * 1024 * 1024;

// Enough for the default number of targets, each with the longest name.
const _: () =
    assert!(10_000 * ("guarded level 65535 PRINCIPAL_ID \n".len() + Name::MAX_LEN) < LONGEST);

/// A file that keeps options, levels and groups.
pub(super) struct LocalFile {
    path: PathBuf,
    longest: usize,
}

/// The content of a file: changes, each with its line number.
pub(super) struct Content {
    path: PathBuf,
    pub(super) changes: Vec<(usize, Kept)>,
}

impl Content {
    /// Returns the error for an invalid line.
    pub(super) fn refused(&self, line: usize, why: &dyn std::fmt::Display) -> Error {
        invalid(format!("{}, line {line}: {why}", self.path.display())).with_path(&self.path)
    }
}

impl LocalFile {
    /// Returns the file of a path, and its content; `None` if the file does not exist yet.
    pub(super) fn open(path: &Path) -> Result<(Self, Option<Content>), Error> {
        Self::open_up_to(path, LONGEST)
    }

    fn open_up_to(path: &Path, longest: usize) -> Result<(Self, Option<Content>), Error> {
        let file = Self {
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
            longest,
        };
        let what = format!("the overrides in {}", path.display());
        let text = match small_file::read(path, longest) {
            Ok(text) => text,
            Err(Unread::Failed(error)) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((file, None));
            }
            Err(Unread::Failed(error)) => {
                return Err(Error::io(format!("cannot read {what}"), error).with_path(path));
            }
            Err(Unread::Refused(why)) => {
                return Err(invalid(format!("cannot read {what}: {why}")).with_path(path));
            }
        };
        let mut content = Content {
            path: path.to_owned(),
            changes: Vec::new(),
        };
        content.changes = parse(&text).map_err(|(line, why)| content.refused(line, &why))?;
        Ok((file, Some(content)))
    }

    /// Whether both write the same file.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.path == other.path
    }

    /// Writes the changes that restore the state to a new file beside the old one.
    pub(super) fn prepare(&self, changes: &[Kept]) -> Result<Prepared<'_>, Error> {
        let text = print(changes);
        if text.len() > self.longest {
            let message = format!(
                "cannot write the overrides: expected at most {2} bytes in {1}, found {0}",
                text.len(),
                self.path.display(),
                self.longest
            );
            return Err(limit_exceeded(message).with_path(&self.path));
        }
        let written = Beside::write(&self.path, &text);
        let beside = written.map_err(|error| self.failed(error))?;
        Ok(Prepared { file: self, beside })
    }

    fn failed(&self, error: io::Error) -> Error {
        let message = format!("cannot write the overrides to {}", self.path.display());
        Error::io(message, error).with_path(&self.path)
    }
}

/// A new file beside the old one, which it replaces; removed if it is not [kept](Self::keep).
pub(super) struct Prepared<'f> {
    file: &'f LocalFile,
    beside: Beside,
}

impl Prepared<'_> {
    /// Replaces the old file.
    pub(super) fn keep(self) -> Result<(), Error> {
        let kept = self.beside.keep();
        kept.map_err(|error| self.file.failed(error))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::control::control::Control;
    use crate::control::core::ControlCore;
    use crate::control::target::LevelTarget;
    use crate::error::ErrorKind;
    use crate::level::Level;

    /// What is written can be read again, and what could not be read is not written.
    #[test]
    fn the_limit_is_one_for_writing_and_reading() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("levels");
        let registry = crate::registry::Registry::new();
        let control = Control::builder(&registry)
            .persist_to(&path)
            .open()
            .unwrap();
        control
            .set_level(LevelTarget::logger("a"), Level::DEBUG)
            .unwrap();
        let length = fs::read(&path).unwrap().len();
        let core = ControlCore::of(&registry);
        let (file, kept) = LocalFile::open_up_to(&path, length).unwrap();
        assert_eq!(kept.unwrap().changes.len(), 2);
        let changes = core.state.lock().changes();
        file.prepare(&changes).unwrap().keep().unwrap();
        let error = LocalFile::open_up_to(&path, length - 1).err().unwrap();
        let says = format!("expected at most {} bytes, found {length}", length - 1);
        assert!(error.to_string().contains(&says), "{error}");
        let error = LocalFile {
            longest: length - 1,
            ..file
        }
        .prepare(&changes)
        .err()
        .unwrap();
        assert_eq!(error.kind(), ErrorKind::LimitExceeded);
        let names: Vec<_> = fs::read_dir(directory.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "nothing is left beside it");
    }
}

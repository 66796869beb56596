//! Replacing a file as a whole: [`Beside`].

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::sys::private_file::{self, Access, PRIVATE};

/// A new file beside the one that it replaces, for its user alone; removed if it is not
/// [kept](Self::keep).
pub(super) struct Beside {
    path: PathBuf,
    beside: PathBuf,
}

impl Beside {
    /// Writes the new file.
    pub(super) fn write(path: &Path, text: &str) -> io::Result<Self> {
        let mut beside = path.to_owned().into_os_string();
        beside.push(".new");
        let new = Self {
            path: path.to_owned(),
            beside: beside.into(),
        };
        // A leftover of an earlier process, or a planted file.
        match fs::remove_file(&new.beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = private_file::create(&new.beside, Access::Write, PRIVATE)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(new)
    }

    /// Replaces the old file.
    pub(super) fn keep(self) -> io::Result<()> {
        fs::rename(&self.beside, &self.path)?;
        // Without this the new name may be lost in a crash of the system. Some file systems cannot
        // do it; the change is made anyway.
        let _ = sync_directory(&self.path);
        Ok(())
    }
}

impl Drop for Beside {
    /// After `keep`, no file has this name any more.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.beside);
    }
}

#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    path.parent()
        .map_or(Ok(()), |directory| fs::File::open(directory)?.sync_all())
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

//! Reading a file of settings, whatever lies at its path.

use std::fs::Metadata;
use std::io::{self, Read};
use std::path::Path;

use crate::sys::private_file::{self, Access, Links};

/// Why a file was not read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// The system says so.
    Failed(io::Error),
    /// It is not what is expected.
    Refused(String),
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// The text of a file: a regular one, of at most so many bytes, that not everybody can write. Never
/// blocks.
pub(crate) fn read(path: &Path, max_bytes: usize) -> Result<String, Unread> {
    read_checked(path, max_bytes, |metadata| {
        match is_writable_by_all(metadata) {
            true => Err("it is writable by everyone: run chmod o-w on it"),
            false => Ok(()),
        }
    })
}

/// The text of a file that only the user and root can read or write; otherwise as [`read`].
#[cfg(any(feature = "control", feature = "fleet"))]
pub(crate) fn read_private(path: &Path, max_bytes: usize) -> Result<String, Unread> {
    read_checked(path, max_bytes, private::check)
}

fn read_checked(
    path: &Path,
    max_bytes: usize,
    check: fn(&Metadata) -> Result<(), &'static str>,
) -> Result<String, Unread> {
    let file = private_file::open(path, Access::Read, Links::Follow)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        // A pipe would be waited for, a device may never end.
        return Err(Unread::Refused("expected a regular file".to_owned()));
    }
    check(&metadata).map_err(|why| Unread::Refused(why.to_owned()))?;
    let mut bytes = Vec::new();
    file.take(max_bytes as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > max_bytes {
        let length = metadata.len().max(bytes.len() as u64);
        return Err(Unread::Refused(format!(
            "expected at most {max_bytes} bytes, found {length}"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        Unread::Refused(format!(
            "expected UTF-8, found other bytes at byte {}",
            error.utf8_error().valid_up_to()
        ))
    })
}

#[cfg(unix)]
fn is_writable_by_all(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;

    metadata.permissions().mode() & 0o002 != 0
}

#[cfg(not(unix))]
fn is_writable_by_all(_: &Metadata) -> bool {
    false
}

#[cfg(all(unix, any(feature = "control", feature = "fleet")))]
mod private {
    use std::fs::Metadata;
    use std::os::unix::fs::MetadataExt;

    pub(super) fn check(metadata: &Metadata) -> Result<(), &'static str> {
        if metadata.uid() != 0 && metadata.uid() != rustix::process::geteuid().as_raw() {
            return Err("expected a file of this user");
        }
        if metadata.mode() & 0o077 != 0 {
            return Err("others can read or write it: run chmod go= on it");
        }
        Ok(())
    }
}

#[cfg(all(not(unix), any(feature = "control", feature = "fleet")))]
mod private {
    use std::fs::Metadata;

    /// The rights come from the directory.
    pub(super) fn check(_: &Metadata) -> Result<(), &'static str> {
        Ok(())
    }
}

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
    let file = private_file::open(path, Access::Read, Links::Follow)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        // A pipe would be waited for, a device may never end.
        return Err(Unread::Refused("expected a regular file".to_owned()));
    }
    if is_writable_by_all(&metadata) {
        return Err(Unread::Refused(
            "it is writable by everyone: run chmod o-w on it".to_owned(),
        ));
    }
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

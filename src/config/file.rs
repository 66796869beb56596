//! Reading a configuration's file, whatever lies there.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use super::read::MAX_BYTES;
use crate::{Error, ErrorKind};

/// The text of a file: a regular one, of bounded length, that not everybody can write.
pub(super) fn read(path: &Path) -> Result<String, Error> {
    let shown = path.display();
    let refused = |why: String| {
        Error::new(
            ErrorKind::InvalidConfig,
            format!("cannot read the configuration {shown}: {why}"),
        )
    };
    let failed = |error| Error::io(format!("cannot read the configuration {shown}"), error);
    let file = open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        // A pipe would be waited for, a device may never end.
        return Err(refused("expected a regular file".to_owned()));
    }
    if is_writable_by_all(&metadata) {
        return Err(refused(
            "everybody can write it; take that away with chmod o-w".to_owned(),
        ));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() > MAX_BYTES {
        let length = metadata.len().max(bytes.len() as u64);
        return Err(refused(format!(
            "expected at most {MAX_BYTES} bytes, found {length}"
        )));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        refused(format!(
            "expected UTF-8, found other bytes at byte {}",
            error.utf8_error().valid_up_to()
        ))
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    // Not blocking: to open a pipe that nobody writes must not wait.
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY | libc::O_CLOEXEC;
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(unix)]
fn is_writable_by_all(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;

    metadata.permissions().mode() & 0o002 != 0
}

#[cfg(not(unix))]
fn is_writable_by_all(_: &std::fs::Metadata) -> bool {
    false
}

//! Unix sockets that a process listens on: [`bind_atomically`], [`check_free`].

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType};

use crate::sys::host::process_id;
use crate::sys::own_file::OwnFile;

/// Binds a socket under another name first, and renames its file: a client that finds the file can
/// connect, and the file has had its permissions (`0600`) from the start. A file of a process that
/// is gone is replaced.
///
/// # Errors
/// Where the file cannot be made.
pub(crate) fn bind_atomically<S>(
    path: &Path,
    bind: impl FnOnce(&Path) -> io::Result<S>,
) -> io::Result<(S, OwnFile)> {
    let beside = beside(path);
    // Of an earlier process of the same number.
    let _ = fs::remove_file(&beside);
    let socket = bind(&beside)?;
    let publish = || {
        fs::set_permissions(&beside, Permissions::from_mode(0o600))?;
        let metadata = fs::symlink_metadata(&beside)?;
        fs::rename(&beside, path)?;
        Ok(metadata)
    };
    let metadata = publish().inspect_err(|_: &io::Error| {
        let _ = fs::remove_file(&beside);
    })?;
    Ok((socket, OwnFile::new(path, &metadata)))
}

/// The path of a socket until it is in place.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", process_id()));
    beside.into()
}

/// Checks that no process listens on a path, and that there is nothing but a socket.
///
/// # Errors
/// What is there.
pub(crate) fn check_free(path: &Path) -> Result<(), &'static str> {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    if !metadata.file_type().is_socket() {
        return Err("expected a socket or no file");
    }
    if is_listened_on(path) {
        return Err("another server listens on it");
    }
    Ok(())
}

/// Whether a process listens on a socket. Never waits.
pub(crate) fn is_listened_on(path: &Path) -> bool {
    let connect = |kind| {
        let socket = rustix::net::socket(AddressFamily::UNIX, kind, None)?;
        rustix::io::ioctl_fionbio(&socket, true)?;
        rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)
    };
    let connected = match connect(SocketType::STREAM) {
        Err(Errno::PROTOTYPE) => connect(SocketType::DGRAM),
        connected => connected,
    };
    connected != Err(Errno::CONNREFUSED)
}

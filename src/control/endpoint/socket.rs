//! The Unix socket of an endpoint: [`bind_default`], [`bind_path`].

use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::process::{Pid, geteuid, test_kill_process};

use crate::control::error_codes::invalid;
use crate::error::Error;
use crate::sys::host::process_id;
use crate::sys::own_file::OwnFile;
use crate::sys::unix_socket::{beside, bind_atomically, check_free, is_listened_on};
use crate::sys::variable::variable;

/// How long the address of a socket is, with the byte that ends it.
const MAX_ADDRESS: usize = if cfg!(any(target_os = "linux", target_os = "android")) {
    108
} else {
    104
};

/// Listens on `NAME-PID.sock` in the directory of the user's sockets, and removes there what
/// processes that are gone have left.
pub(super) fn bind_default(name: &str) -> Result<(UnixListener, OwnFile), Error> {
    let directory = default_directory();
    make_private_directory(&directory)?;
    remove_stale(&directory);
    bind(&directory.join(format!("{name}-{}.sock", process_id())))
}

/// Listens on a path in a directory that other users cannot write.
pub(super) fn bind_path(path: &Path) -> Result<(UnixListener, OwnFile), Error> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let directory = path.parent().unwrap_or(Path::new("/"));
    check_directory(directory, &|metadata| match metadata.mode() & 0o022 {
        0 => Ok(()),
        _ => Err("other users can write it: run chmod go-w on it"),
    })?;
    bind(&path)
}

/// Listens under another name first: a client that finds the file can connect, and the file has
/// had its permissions from the start.
fn bind(path: &Path) -> Result<(UnixListener, OwnFile), Error> {
    let beside = beside(path);
    let length = beside.as_os_str().as_bytes().len();
    if length >= MAX_ADDRESS {
        let suffix = length - path.as_os_str().as_bytes().len();
        let most = MAX_ADDRESS - 1 - suffix;
        let message = format!(
            "cannot listen on {}: expected a path of at most {most} bytes, found {}: set \
             LOGTREE_CONTROL_DIR to a shorter one",
            path.display(),
            length - suffix
        );
        return Err(invalid(message).with_path(path));
    }
    let failed =
        |error| Error::io(format!("cannot listen on {}", path.display()), error).with_path(path);
    if let Err(why) = check_free(path) {
        let message = format!("cannot listen on {}: {why}", path.display());
        return Err(invalid(message).with_path(path));
    }
    bind_atomically(path, |path| {
        let listener = UnixListener::bind(path)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    })
    .map_err(failed)
}

/// Returns the directory of the user's sockets.
fn default_directory() -> PathBuf {
    let below = |name| {
        let directory = variable(name).ok().filter(|value| !value.is_empty())?;
        // Systemd gives several, separated by colons.
        let first = directory.split(':').next()?;
        Some(Path::new(first).join("logtree"))
    };
    let given = variable("LOGTREE_CONTROL_DIR").ok();
    let given = given.filter(|value| !value.is_empty()).map(PathBuf::from);
    given
        .or_else(|| below("RUNTIME_DIRECTORY"))
        .or_else(|| below("XDG_RUNTIME_DIR"))
        .unwrap_or_else(|| PathBuf::from(format!("/tmp/logtree-{}", geteuid().as_raw())))
}

fn make_private_directory(directory: &Path) -> Result<(), Error> {
    match DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            let what = format!("cannot create {}", directory.display());
            return Err(Error::io(what, error).with_path(directory));
        }
        _ => {}
    }
    check_directory(directory, &|metadata| {
        if metadata.uid() != geteuid().as_raw() {
            return Err("expected a directory of this user");
        }
        match metadata.mode() & 0o077 {
            0 => Ok(()),
            _ => Err("other users can read or write it: run chmod go= on it"),
        }
    })
}

type Check<'c> = &'c dyn Fn(&Metadata) -> Result<(), &'static str>;

fn check_directory(directory: &Path, check: Check<'_>) -> Result<(), Error> {
    let shown = directory.display();
    let refused =
        |why| invalid(format!("cannot use the directory {shown}: {why}")).with_path(directory);
    // Of the link itself: another user may have made it, and can replace it.
    let metadata = fs::symlink_metadata(directory)
        .map_err(|error| Error::io(format!("cannot use {shown}"), error).with_path(directory))?;
    if !metadata.is_dir() {
        return Err(refused("expected a directory that is no link"));
    }
    if metadata.uid() != geteuid().as_raw() && metadata.uid() != 0 {
        return Err(refused("it belongs to another user"));
    }
    check(&metadata).map_err(refused)
}

/// Removes the files of processes that are gone.
fn remove_stale(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let Some((name, process)) = name.and_then(process_of) else {
            continue;
        };
        // A process of another container may share the directory, but not the numbers.
        let socket = directory.join(name);
        let is_socket =
            fs::symlink_metadata(&socket).is_ok_and(|file| file.file_type().is_socket());
        let is_alive = is_running(process) || is_socket && is_listened_on(&socket);
        if !is_alive {
            let _ = fs::remove_file(&path);
        }
    }
}

/// Returns the name of the socket that a file belongs to, and the process: `NAME-PID.sock`, with
/// `NAME-PID.token` beside it, and `NAME-PID.sock.PID` until it is put in place.
fn process_of(name: &str) -> Option<(String, Pid)> {
    let (stem, rest) = match name.split_once(".sock") {
        Some(parts) => parts,
        None => (name.strip_suffix(".token")?, ""),
    };
    let (_, number) = stem.rsplit_once('-')?;
    let is_beside = rest.strip_prefix('.').is_some_and(|rest| rest == number);
    if !rest.is_empty() && !is_beside {
        return None;
    }
    let process = Pid::from_raw(number.parse().ok()?)?;
    Some((format!("{stem}.sock{rest}"), process))
}

fn is_running(process: Pid) -> bool {
    test_kill_process(process) != Err(Errno::SRCH)
}

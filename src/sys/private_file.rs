//! How the crate opens files: it never waits for the other end of a pipe, follows links only where
//! that is asked for, and creates files for their user alone. Std has no file inherited by programs
//! that are started.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// What a file is opened for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Access {
    Read,
    Write,
    Append,
}

/// What becomes of a path that is a symbolic link itself. Links among its directories are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    Follow,
    /// Another user may have planted it.
    Refuse,
}

/// Permissions of a file that only its user reads and writes.
pub(crate) const PRIVATE: u32 = 0o600;

/// Opens a file that is there.
pub(crate) fn open(path: &Path, access: Access, links: Links) -> io::Result<File> {
    let file = system::options(access, links, PRIVATE).open(path)?;
    // Where links are opened themselves in place of being refused.
    if cfg!(windows) && links == Links::Refuse && file.metadata().is_ok_and(|it| it.is_symlink()) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(file)
}

/// Creates a file where nothing is at the path, not even a link, with at most these permissions.
pub(crate) fn create(path: &Path, access: Access, mode: u32) -> io::Result<File> {
    system::options(access, Links::Refuse, mode)
        .create_new(true)
        .open(path)
}

/// Creates a directory and those above it, where they are missing, for their user alone.
pub(crate) fn create_directories(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

fn for_access(access: Access) -> OpenOptions {
    let mut options = OpenOptions::new();
    match access {
        Access::Read => options.read(true),
        Access::Write => options.write(true),
        Access::Append => options.append(true),
    };
    options
}

#[cfg(unix)]
mod system {
    use super::{Access, Links, OpenOptions, for_access};
    use std::os::unix::fs::OpenOptionsExt;

    pub(super) fn options(access: Access, links: Links, mode: u32) -> OpenOptions {
        let mut options = for_access(access);
        // Not blocking: to open a pipe whose other end is not open must fail, not wait.
        let mut flags = libc::O_NONBLOCK | libc::O_NOCTTY;
        if links == Links::Refuse {
            flags |= libc::O_NOFOLLOW;
        }
        options.mode(mode).custom_flags(flags);
        options
    }
}

#[cfg(windows)]
mod system {
    use super::{Access, Links, OpenOptions, for_access};
    use std::os::windows::fs::OpenOptionsExt;

    pub(super) fn options(access: Access, links: Links, _: u32) -> OpenOptions {
        const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
        let mut options = for_access(access);
        if links == Links::Refuse {
            options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
        }
        options
    }
}

#[cfg(not(any(unix, windows)))]
mod system {
    use super::{Access, Links, OpenOptions, for_access};

    pub(super) fn options(access: Access, _: Links, _: u32) -> OpenOptions {
        for_access(access)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn links_are_refused_unless_they_are_to_be_followed() {
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("file"), directory.path().join("link"));
        symlink(&file, &link).unwrap();
        for access in [Access::Write, Access::Append] {
            let error = create(&link, access, PRIVATE).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        }
        let created = create(&file, Access::Append, PRIVATE).unwrap();
        assert_eq!(
            created.metadata().unwrap().permissions().mode() & 0o7777,
            0o600
        );
        for access in [Access::Read, Access::Write, Access::Append] {
            assert!(open(&link, access, Links::Refuse).is_err());
            open(&link, access, Links::Follow).unwrap();
            open(&file, access, Links::Refuse).unwrap();
        }
    }

    #[test]
    fn directories_are_private() {
        let directory = tempfile::tempdir().unwrap();
        let (above, below) = (directory.path().join("a"), directory.path().join("a/b"));
        create_directories(&below).unwrap();
        create_directories(&below).unwrap();
        for path in [above, below] {
            assert_eq!(
                path.metadata().unwrap().permissions().mode() & 0o7777,
                0o700
            );
        }
    }
}

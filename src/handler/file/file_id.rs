//! Which file a file is, whatever its name.

use std::fs::File;
use std::io;
use std::path::Path;

/// Identifies a file: one that was renamed is the same, one that was put in its place is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileId(u64, u64);

#[cfg(unix)]
impl FileId {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        file.metadata().map(|found| Self::of_metadata(&found))
    }

    /// Of what stands at a path, be it a link.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        path.symlink_metadata()
            .map(|found| Self::of_metadata(&found))
    }

    /// Of what a path leads to.
    pub(super) fn at_path(path: &Path) -> io::Result<Self> {
        path.metadata().map(|found| Self::of_metadata(&found))
    }

    fn of_metadata(found: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;

        Self(found.dev(), found.ino())
    }
}

/// The volume and the index of a file are asked of an open handle only.
#[cfg(windows)]
impl FileId {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let found = winapi_util::file::information(file)?;
        Ok(Self(found.volume_serial_number(), found.file_index()))
    }

    pub(super) fn at(path: &Path) -> io::Result<Self> {
        const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
        Self::opened(path, FILE_FLAG_OPEN_REPARSE_POINT)
    }

    pub(super) fn at_path(path: &Path) -> io::Result<Self> {
        Self::opened(path, 0)
    }

    fn opened(path: &Path, flags: u32) -> io::Result<Self> {
        use std::os::windows::fs::OpenOptionsExt;

        // No access to the content is asked for, so that one who has it open alone does not matter.
        let mut options = std::fs::OpenOptions::new();
        Self::of(&options.access_mode(0).custom_flags(flags).open(path)?)
    }
}

/// Elsewhere a name is all that is known of a file.
#[cfg(not(any(unix, windows)))]
impl FileId {
    pub(super) fn of(_: &File) -> io::Result<Self> {
        Ok(Self(0, 0))
    }

    pub(super) fn at(path: &Path) -> io::Result<Self> {
        path.symlink_metadata().map(|_| Self(0, 0))
    }

    pub(super) fn at_path(path: &Path) -> io::Result<Self> {
        path.metadata().map(|_| Self(0, 0))
    }
}

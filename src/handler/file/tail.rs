//! How a file ends.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use crate::handler::file::file_id::FileId;
use crate::handler::file::options::FileOptions;

/// A file's second opening, to read the last byte of what others wrote to it: programs end, and
/// disks fill up, in the middle of a line.
#[derive(Debug)]
pub(super) struct Tail(File);

impl Tail {
    /// Opens a plain file once more. `None` where it cannot be read, as permissions may allow
    /// writing alone, and where the path leads to another file by now.
    pub(super) fn of(options: &FileOptions, id: FileId) -> Option<Self> {
        let file = options.open_to_read().ok()?;
        let is_same = FileId::of(&file).is_ok_and(|found| found == id);
        is_same.then_some(Self(file))
    }

    /// Whether its last line was not ended.
    pub(super) fn is_torn(&self) -> bool {
        let mut file = &self.0;
        let mut last = [b'\n'];
        let read = file
            .seek(SeekFrom::End(-1))
            .and_then(|_| file.read_exact(&mut last));
        read.is_ok() && last != [b'\n']
    }
}

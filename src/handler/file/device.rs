//! A file that is open.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use crate::error::Error;
use crate::handler::file::file_id::FileId;
use crate::handler::file::file_mode::FileMode;
use crate::handler::file::options::FileOptions;
use crate::handler::file::resolve;
use crate::handler::file::tail::Tail;
use crate::handler::io::line_writer::LineWriter;

/// A file that is open, and what is known of it.
#[derive(Debug)]
pub(super) struct Device {
    lines: LineWriter<File>,
    /// `None` for a device that has none.
    id: Option<FileId>,
    /// How long it is, as far as only this handler writes to it.
    size: u64,
    is_regular: bool,
    /// For a file that other processes write to as well.
    tail: Option<Tail>,
    /// When what stands in it was begun, as far as it can be known.
    since: Option<SystemTime>,
}

impl Device {
    /// Opens the file; `is_shared` if other processes write to it as well.
    pub(super) fn open(
        options: &FileOptions,
        mode: FileMode,
        is_shared: bool,
    ) -> Result<Self, Error> {
        let existed = options.path.symlink_metadata().is_ok();
        let file = options.open(mode)?;
        let id = FileId::of(&file).ok();
        // Some devices report nothing of themselves, as `NUL` on Windows.
        let metadata = file.metadata().ok();
        let size = metadata.as_ref().map_or(0, Metadata::len);
        let is_regular = metadata.as_ref().is_some_and(Metadata::is_file);
        // A line that the program itself has begun on one of its streams is its own.
        let has_tail = is_regular && (size > 0 || is_shared) && !resolve::is_stream(&options.path);
        let mut device = Self {
            lines: LineWriter::new(file),
            id,
            size,
            is_regular,
            tail: id.filter(|_| has_tail).and_then(|id| Tail::of(options, id)),
            since: metadata.as_ref().filter(|_| existed).and_then(begun),
        };
        device.look_at_tail();
        device.tail.take_if(|_| !is_shared);
        Ok(device)
    }

    pub(super) fn id(&self) -> Option<FileId> {
        self.id
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Asks for the size again, as others write to the file as well. What they left torn is noted
    /// unless the handler itself is in the middle of a line.
    pub(super) fn measure(&mut self, is_in_line: bool) {
        let len = self.lines.get_ref().metadata().map(|found| found.len());
        let Some(len) = len.ok().filter(|len| *len != self.size) else {
            return;
        };
        self.size = len;
        if !is_in_line {
            self.look_at_tail();
        }
    }

    fn look_at_tail(&mut self) {
        if let Some(tail) = &self.tail {
            let is_torn = tail.is_torn();
            self.lines.set_torn(is_torn);
            // With the end of that line, which is still to be written.
            self.size += u64::from(is_torn);
        }
    }

    /// Pipes and devices are never rotated.
    pub(super) fn is_regular(&self) -> bool {
        self.is_regular
    }

    /// For a file that was there when it was opened.
    pub(super) fn since(&self) -> Option<SystemTime> {
        self.since
    }

    /// Whether it is what stands at a path.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        let found = FileId::at(path).ok();
        found.is_some() && found == self.id
    }

    /// Whether the path still leads to it.
    pub(super) fn is_at_its_path(&self, options: &FileOptions) -> bool {
        self.id
            .is_none_or(|id| options.file_at_path().is_ok_and(|found| found == id))
    }

    #[inline]
    pub(super) fn write_lines(&mut self, lines: &[u8]) -> io::Result<()> {
        let written = self.lines.write_lines(lines);
        // Of a line that was cut off, less than this stands there; the limit is then met a little
        // early.
        self.size += lines.len() as u64;
        written
    }

    /// The same, for a caller that comes again with what was not written. Returns how much was.
    pub(super) fn write_some(&mut self, lines: &[u8]) -> Result<(), (io::Error, usize)> {
        let written = self.lines.write_some(lines);
        self.size += match &written {
            Ok(()) => lines.len() as u64,
            Err((_, some)) => *some as u64,
        };
        written
    }

    /// Says that the line that was cut off last will not be gone on with.
    pub(super) fn give_up_line(&mut self) {
        self.lines.set_torn(true);
    }

    /// Whether a line that was cut off is still to be ended.
    pub(super) fn is_torn(&self) -> bool {
        self.lines.is_torn()
    }
}

/// When a file was made, or last written, where the system does not know or knows a later copy.
/// Python goes by the latter alone, so that a program that is started more often than the interval
/// never rotates (cpython#84649).
fn begun(metadata: &Metadata) -> Option<SystemTime> {
    let modified = metadata.modified().ok()?;
    Some(match metadata.created() {
        // Windows gives a new file the time of one of its name that was there 15 seconds ago.
        Ok(created) if !cfg!(windows) => created.min(modified),
        _ => modified,
    })
}

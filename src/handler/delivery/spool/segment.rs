//! A file of the spool: [`Segment`].

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::handler::delivery::entry::Entry;
use crate::handler::delivery::spool::frame;
use crate::sys::private_file::{self, Access, Links, PRIVATE};

const MAGIC: &[u8; 8] = b"ltspool1";
/// The magic and the boot id.
pub(super) const HEADER: usize = 16;
const EXTENSION: &str = "seq";
/// No spool has so many segments: there is always a next number.
const LAST: u64 = u64::MAX / 2;

/// The path of a segment.
pub(super) fn path(directory: &Path, number: u64) -> PathBuf {
    directory.join(format!("{number:08}.{EXTENSION}"))
}

/// The numbers and sizes of the segments in a directory, in order. Names of other forms are other
/// people's files.
pub(super) fn list(directory: &Path) -> io::Result<Vec<(u64, u64)>> {
    let mut found = Vec::new();
    for file in fs::read_dir(directory)? {
        let file = file?;
        let name = file.file_name();
        let number = Path::new(&name)
            .file_stem()
            .and_then(|stem| stem.to_str()?.parse().ok());
        let is_segment = |number: &u64| *number <= LAST && path(directory, *number) == file.path();
        let Some(number) = number.filter(is_segment) else {
            continue;
        };
        let metadata = file.metadata()?;
        if metadata.is_file() {
            found.push((number, metadata.len()));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// A segment that is being written.
#[derive(Debug)]
pub(super) struct Segment {
    file: File,
    /// The process whose entries it has.
    pub(super) boot: u64,
    /// How long it is, as far as what was written whole.
    pub(super) length: u64,
    buffer: Vec<u8>,
}

impl Segment {
    pub(super) fn create(directory: &Path, number: u64, boot: u64) -> io::Result<Self> {
        let path = path(directory, number);
        let mut file = private_file::create(&path, Access::Append, PRIVATE)?;
        let mut header = MAGIC.to_vec();
        header.extend_from_slice(&boot.to_le_bytes());
        let begun = file.write_all(&header);
        if let Err(error) = begun.and_then(|()| sync_directory(directory)) {
            // A full disk would get one more with each attempt.
            let _ = fs::remove_file(path);
            return Err(error);
        }
        Ok(Self {
            file,
            boot,
            length: HEADER as u64,
            buffer: Vec::new(),
        })
    }

    /// Appends entries, in one write.
    ///
    /// # Errors
    /// The file may end in a part of them then, and must not be appended to any more.
    pub(super) fn append(&mut self, entries: &[&Entry]) -> io::Result<()> {
        self.buffer.clear();
        for entry in entries {
            frame::encode(entry, &mut self.buffer);
        }
        self.file.write_all(&self.buffer)?;
        self.length += self.buffer.len() as u64;
        self.buffer.shrink_to(64 * 1024);
        Ok(())
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

/// What a segment holds from some place on.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// The entries, each with the place after it.
    pub(super) entries: Vec<(Entry, u64)>,
    /// How many bytes between entries are none.
    pub(super) damaged: u64,
}

/// Reads the entries of a segment from a place on, up to a place, past what is damaged. At its end
/// there may be a part of an entry: the process was killed in a write, or is still writing.
pub(super) fn read(directory: &Path, number: u64, from: u64, to: u64) -> io::Result<Contents> {
    let file = private_file::open(&path(directory, number), Access::Read, Links::Refuse)?;
    let mut bytes = Vec::new();
    file.take(to).read_to_end(&mut bytes)?;
    let mut contents = Contents::default();
    let Some(boot) = boot_id(&bytes) else {
        contents.damaged = bytes.len() as u64;
        return Ok(contents);
    };
    let mut at = usize::try_from(from).unwrap_or(usize::MAX).max(HEADER);
    let mut damaged = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        match frame::decode(rest, boot) {
            Some((entry, length)) => {
                at += length;
                contents.entries.push((entry, at as u64));
                contents.damaged += std::mem::take(&mut damaged);
            }
            // A frame whose beginning is damaged gives no length, so any place may begin the next.
            None => {
                at += 1;
                damaged += 1;
            }
        }
    }
    Ok(contents)
}

fn boot_id(bytes: &[u8]) -> Option<u64> {
    let rest = bytes.strip_prefix(MAGIC)?;
    rest.first_chunk().map(|boot| u64::from_le_bytes(*boot))
}

/// Makes sure that what was created, renamed and removed in a directory survives a power cut.
pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
    // Other systems have no such call, and need none.
    if cfg!(unix) {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

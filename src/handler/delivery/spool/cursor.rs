//! How far a spool has been sent: [`Cursor`].

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::handler::delivery::spool::segment::sync_directory;
use crate::sys::private_file::{self, Access, Links, PRIVATE};

const NAME: &str = "cursor";
const NEW: &str = "cursor.new";

/// The place before which all is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::handler::delivery) struct Cursor {
    pub(super) segment: u64,
    pub(super) offset: u64,
}

impl Cursor {
    /// Reads the cursor of a spool. Where there is none, or none that can be read, all is sent
    /// again: the records matter more than that they are sent once.
    pub(super) fn read(directory: &Path) -> Self {
        let path = directory.join(NAME);
        let Ok(file) = private_file::open(&path, Access::Read, Links::Refuse) else {
            return Self::default();
        };
        let mut text = String::new();
        if file.take(64).read_to_string(&mut text).is_err() {
            return Self::default();
        }
        Self::parse(&text).unwrap_or_default()
    }

    fn parse(text: &str) -> Option<Self> {
        let (place, sum) = text.strip_suffix('\n')?.rsplit_once(' ')?;
        // A damaged digit would have files removed that were not sent.
        if sum != checksum(place) {
            return None;
        }
        let (segment, offset) = place.split_once(' ')?;
        Some(Self {
            segment: segment.parse().ok()?,
            offset: offset.parse().ok()?,
        })
    }

    /// Replaces the cursor of a spool, so that at any time there is the old one or the new one.
    pub(super) fn write(self, directory: &Path) -> io::Result<()> {
        let new = directory.join(NEW);
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = private_file::create(&new, Access::Write, PRIVATE)?;
        let place = format!("{} {}", self.segment, self.offset);
        file.write_all(format!("{place} {}\n", checksum(&place)).as_bytes())?;
        file.sync_all()?;
        drop(file);
        fs::rename(&new, directory.join(NAME))?;
        sync_directory(directory)
    }
}

fn checksum(place: &str) -> String {
    format!("{:08x}", crc32fast::hash(place.as_bytes()))
}

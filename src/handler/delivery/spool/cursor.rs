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
        let parse = || {
            let (segment, offset) = text.strip_suffix('\n')?.split_once(' ')?;
            Some(Self {
                segment: segment.parse().ok()?,
                offset: offset.parse().ok()?,
            })
        };
        parse().unwrap_or_default()
    }

    /// Replaces the cursor of a spool, so that at any time there is the old one or the new one.
    pub(super) fn write(self, directory: &Path) -> io::Result<()> {
        let new = directory.join(NEW);
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = private_file::create(&new, Access::Write, PRIVATE)?;
        file.write_all(format!("{} {}\n", self.segment, self.offset).as_bytes())?;
        file.sync_all()?;
        drop(file);
        fs::rename(&new, directory.join(NAME))?;
        sync_directory(directory)
    }
}

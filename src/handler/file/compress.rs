//! Compression of rotated files, on a thread of its own.
//!
//! A file is compressed beside itself while all else goes on: it may be moved to another number
//! meanwhile, or removed. Only the exchange of the plain file for the compressed one is done under
//! the lock of the log file, by two renames. A crash at any point leaves the lines in the plain
//! file, in the compressed one, or in both, which the next pass puts right.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::handler::file::file_id::FileId;
use crate::handler::file::names::Form;
use crate::handler::file::system;
use crate::sys::file_lock;
use crate::sys::private_file::{self, Access, Links, PRIVATE};
use crate::sys::sync::{AtomicBool, Ordering};

/// What stands in the head of the compressed files, so that they are known as the crate's own.
const MARK: &[u8] = b"logtree";

/// Whether a thread compresses.
#[derive(Debug, Default)]
pub(super) struct Compressor {
    is_running: AtomicBool,
    /// Files were rotated since it looked for them.
    again: AtomicBool,
}

impl Compressor {
    /// Takes note of files that are to be compressed. Returns whether the caller is to begin a
    /// thread.
    pub(super) fn begin(&self) -> bool {
        // Sequentially consistent, as the thread ends if it sees nothing here after it said so
        // there: one of both must see the other.
        self.again.store(true, Ordering::SeqCst);
        !self.is_running.swap(true, Ordering::SeqCst)
    }

    /// Whether there is something to look for; if not, the thread is not one any more.
    pub(super) fn goes_on(&self) -> bool {
        if self.again.swap(false, Ordering::SeqCst) {
            return true;
        }
        self.ended();
        // Taken note of in between, by a caller that saw the thread.
        self.again.load(Ordering::SeqCst)
            && self.begin()
            && self.again.swap(false, Ordering::SeqCst)
    }

    /// There is no thread: it could not be begun, or it is that of a parent process.
    pub(super) fn ended(&self) {
        self.is_running.store(false, Ordering::SeqCst);
    }
}

/// A rotated file with its compressed copy, which has no name of its own yet.
pub(super) struct Compressed {
    source: Known,
    /// How long it was.
    len: u64,
    copy: Known,
    unfinished: PathBuf,
}

/// A file that is known again at whatever name. It stays open, as the system gives the identity of
/// one that ended to the next.
#[derive(Debug)]
pub(super) struct Known {
    id: FileId,
    file: File,
}

impl Known {
    fn of(file: File) -> io::Result<Self> {
        let id = FileId::of(&file)?;
        Ok(Self { id, file })
    }

    pub(super) fn is_at(&self, path: &Path) -> bool {
        FileId::at(path).is_ok_and(|found| found == self.id)
    }
}

/// Compresses a rotated file, if there is one at this plain name.
///
/// # Errors
/// Where it stays as it is.
pub(super) fn compress(plain: &Path) -> io::Result<Option<Compressed>> {
    let unfinished = Form::Unfinished.of(plain);
    let source = match open(plain) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        opened => Some(opened?),
    };
    let free = remove_unfinished(&unfinished)?;
    let Some(source) = source.filter(|_| free) else {
        return Ok(None);
    };
    if !system::is_free(&Form::Compressed.of(plain))? {
        return Ok(None);
    }
    let target = create(&unfinished, &source)?;
    let mut compressed = Compressed {
        len: 0,
        source: Known::of(source)?,
        copy: Known::of(target)?,
        unfinished,
    };
    match copy(&compressed.source.file, &compressed.copy.file) {
        Ok(len) => {
            compressed.len = len;
            Ok(Some(compressed))
        }
        Err(error) => {
            compressed.finish();
            Err(error)
        }
    }
}

/// Compresses a file. Returns how long it was.
fn copy(source: &File, target: &File) -> io::Result<u64> {
    let len = encode(source, target)?;
    if let Ok(modified) = source.metadata().and_then(|found| found.modified()) {
        // It is as old as what it holds.
        let _ = target.set_modified(modified);
    }
    target.sync_all().map(|()| len)
}

impl Compressed {
    pub(super) fn is_source(&self, path: &Path) -> bool {
        self.source.is_at(path)
    }

    /// Gives the compressed file its name, beside where its source stands now.
    ///
    /// # Errors
    /// Where the source stays as it is.
    pub(super) fn exchange(&self, plain: Option<&Path>) -> io::Result<()> {
        // Another process may have taken it for left over.
        if !self.copy.is_at(&self.unfinished) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let Some(plain) = plain else {
            // Removed meanwhile, as there were too many.
            return Ok(());
        };
        if self.source.file.metadata()?.len() != self.len {
            // A program that has it open has written to it.
            return Err(io::ErrorKind::ResourceBusy.into());
        }
        system::rename_to_free(&self.unfinished, &Form::Compressed.of(plain))?;
        system::rename(plain, &self.unfinished)
    }

    /// Removes the file that is not used any more, be it the source or the copy. Without the lock,
    /// as that takes its time for a long file.
    pub(super) fn finish(&self) {
        if self.source.is_at(&self.unfinished) || self.copy.is_at(&self.unfinished) {
            let _ = system::remove(&self.unfinished);
        }
    }
}

/// What is to become of a plain file that has a compressed one beside it.
#[derive(Debug)]
pub(super) enum Pair {
    /// There are not both.
    No,
    /// Both hold the same: the plain one was left over by a crash.
    Same(Known),
    /// They are different files that happen to have one name.
    Different(Known),
}

/// Compares a plain file with the compressed one beside it.
pub(super) fn pair(plain: &Path) -> io::Result<Pair> {
    let compressed = Form::Compressed.of(plain);
    if system::is_free(plain)? || system::is_free(&compressed)? {
        return Ok(Pair::No);
    }
    let one = Known::of(open(plain)?)?;
    // One that cannot be read as compressed is different too.
    let same = open(&compressed).and_then(|other| holds_the_same(&one.file, other));
    Ok(if same.unwrap_or(false) {
        Pair::Same(one)
    } else {
        Pair::Different(one)
    })
}

fn holds_the_same(mut plain: &File, compressed: File) -> io::Result<bool> {
    let mut packed = decoder(compressed)?;
    let (mut one, mut other) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        let read = packed.read(&mut other)?;
        if read == 0 {
            return Ok(plain.read(&mut one)? == 0);
        }
        match plain.read_exact(&mut one[..read]) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            read => read?,
        }
        if one[..read] != other[..read] {
            return Ok(false);
        }
    }
}

#[cfg(feature = "gzip")]
fn encode(mut source: &File, target: &File) -> io::Result<u64> {
    let builder = flate2::GzBuilder::new().comment(MARK);
    let mut encoder = builder.write(target, flate2::Compression::default());
    let len = io::copy(&mut source, &mut encoder)?;
    encoder.finish().map(|_| len)
}

#[cfg(not(feature = "gzip"))]
fn encode(_: &File, _: &File) -> io::Result<u64> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(feature = "gzip")]
fn decoder(compressed: File) -> io::Result<impl Read> {
    Ok(flate2::read::MultiGzDecoder::new(compressed))
}

#[cfg(not(feature = "gzip"))]
fn decoder(_: File) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether the crate compressed a file: by the comment in its head.
pub(super) fn is_own(compressed: &Path) -> bool {
    // Magic number, deflate, a comment and nothing else; time, flags and system; the comment, which
    // ends with a zero.
    let mut head = [0; 10 + MARK.len() + 1];
    let read = open(compressed).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok()
        && head.starts_with(&[0x1f, 0x8b, 8, 0x10])
        && head[10..].strip_suffix(&[0]) == Some(MARK)
}

/// Opens a plain file to read it; a planted link is not followed.
fn open(path: &Path) -> io::Result<File> {
    let file = private_file::open(path, Access::Read, Links::Refuse)?;
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok(file)
}

/// A new file with the permissions of the source, as far as the file system has any.
fn create(path: &Path, source: &File) -> io::Result<File> {
    system::before("create")?;
    let target = private_file::create(path, Access::Write, PRIVATE)?;
    // Known by that as one that is still worked on.
    file_lock::try_lock(&target);
    let permissions = source.metadata().map(|found| found.permissions());
    let _ = permissions.and_then(|permissions| target.set_permissions(permissions));
    Ok(target)
}

/// Removes what is left of a compression that never came to its end. Returns whether nothing is
/// there any more: another process may be at it.
fn remove_unfinished(path: &Path) -> io::Result<bool> {
    if system::is_free(path)? {
        return Ok(true);
    }
    if open(path).is_ok_and(|file| !file_lock::try_lock(&file)) {
        return Ok(false);
    }
    system::remove(path).map(|()| true)
}

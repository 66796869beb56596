//! Compression of rotated files, on a thread of its own.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use super::names::Names;
use crate::sync::{Arc, AtomicBool, Ordering};

/// Compresses one file at a time. A crash at any point leaves the lines in the plain file or in the compressed one, and
/// [`recover`] leaves them in one of both.
#[derive(Debug, Default)]
pub(super) struct Compressor {
    busy: Arc<AtomicBool>,
}

impl Compressor {
    /// Whether a file is just being compressed: it must not be renamed meanwhile.
    pub(super) fn is_busy(&self) -> bool {
        // Acquire: what the thread did to the files is seen by whoever goes on with them.
        self.busy.load(Ordering::Acquire)
    }

    /// Compresses a file in the background. Where that fails it stays as it is.
    pub(super) fn start(&self, path: PathBuf) {
        self.busy.store(true, Ordering::Relaxed);
        let done = Done(Arc::clone(&self.busy));
        let name = "logtree-gzip".to_owned();
        // Without a thread the file stays as it is.
        let _ = thread::Builder::new().name(name).spawn(move || {
            let _ = compress(&path);
            drop(done);
        });
    }
}

struct Done(Arc<AtomicBool>);

impl Drop for Done {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Writes beside it, makes it durable, gives it its name, and only then removes the source.
fn compress(path: &Path) -> io::Result<()> {
    let unfinished = unfinished(path);
    let mut source = File::open(path)?;
    let target = create(&unfinished, &source)?;
    let written = encode(&mut source, target);
    let finished = written.and_then(|target| {
        target.sync_all()?;
        fs::rename(&unfinished, Names::compressed(path))
    });
    match finished {
        Ok(()) => fs::remove_file(path),
        Err(error) => {
            let _ = fs::remove_file(&unfinished);
            Err(error)
        }
    }
}

#[cfg(feature = "gzip")]
fn encode(source: &mut File, target: File) -> io::Result<File> {
    let mut encoder = flate2::write::GzEncoder::new(target, flate2::Compression::default());
    io::copy(source, &mut encoder)?;
    encoder.finish()
}

#[cfg(not(feature = "gzip"))]
fn encode(_: &mut File, _: File) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A new file with the permissions of the source; what stands there is left over from a crash.
fn create(path: &Path, source: &File) -> io::Result<File> {
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let target = options.open(path)?;
    target.set_permissions(source.metadata()?.permissions())?;
    Ok(target)
}

fn unfinished(path: &Path) -> PathBuf {
    let mut name = Names::compressed(path).into_os_string();
    name.push(".tmp");
    name.into()
}

/// Puts right what a crash may have left at the name of a rotated file: a compressed one that has its name is whole, so the
/// plain one beside it is left over.
pub(super) fn recover(path: &Path) {
    let _ = fs::remove_file(unfinished(path));
    if path.symlink_metadata().is_ok() && Names::compressed(path).symlink_metadata().is_ok() {
        let _ = fs::remove_file(path);
    }
}

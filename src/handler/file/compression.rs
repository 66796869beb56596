//! The thread that compresses what was rotated.

use std::path::Path;
use std::{io, thread};

use crate::error::Error;
use crate::handler::file::compress::{self, Compressor, Pair};
use crate::handler::file::device::Device;
use crate::handler::file::rotation::Rotation;
use crate::handler::file::system;
use crate::sys::sync::Arc;
use crate::sys::user_code;

/// A file whose rotated predecessors are compressed.
pub(super) trait Rotated {
    fn compressor(&self) -> &Compressor;

    /// Lends the rotation out.
    ///
    /// # Errors
    /// [`ErrorKind::Reentrant`](crate::ErrorKind::Reentrant) when called by a namer or rotator.
    fn with_rotation<R>(
        &self,
        work: impl FnOnce(&mut Rotation, Option<&Device>) -> R,
    ) -> Result<Option<R>, Error>;

    /// Lends the rotation out while no other process works on the file.
    ///
    /// # Errors
    /// The same, and where another process keeps the lock.
    fn with_rotation_alone<R>(&self, work: impl FnOnce(&mut Rotation) -> R) -> Result<R, Error>;
}

/// Has what was rotated compressed; by the thread that is at it, if there is one.
pub(super) fn start(file: &Arc<impl Rotated + Send + Sync + 'static>) {
    if !system::may_have_threads() || !file.compressor().begin() {
        return;
    }
    let own = Arc::clone(file);
    let name = "logtree-gzip".to_owned();
    let thread = thread::Builder::new().name(name).spawn(move || {
        while own.compressor().goes_on() {
            // Namers are user code.
            let _ = user_code::catch(|| compress_all(&*own));
        }
    });
    if thread.is_err() {
        // The files stay as they are, until the next rotation.
        file.compressor().ended();
    }
}

/// Compresses all that is there to be compressed, one after another. What fails stays as it is, for
/// the next pass.
pub(super) fn compress_all(file: &impl Rotated) {
    let files = file.with_rotation(|rotation, device| {
        let mut files = rotation.uncompressed();
        // Where no new file could be opened, one of them is written on.
        files.retain(|plain| !device.is_some_and(|device| device.is_at(plain)));
        files
    });
    for plain in files.ok().flatten().unwrap_or_default() {
        let _ = see_to(file, &plain);
    }
}

fn see_to(file: &impl Rotated, plain: &Path) -> io::Result<()> {
    match compress::pair(plain)? {
        Pair::No => compress_one(file, plain),
        Pair::Same(known) => alone(file, |_| {
            if known.is_at(plain) {
                system::remove(plain)?;
            }
            Ok(())
        }),
        Pair::Different(known) => {
            let other = alone(file, |rotation| {
                if !known.is_at(plain) {
                    return Ok(None);
                }
                rotation.give_another_name(plain)
            })?;
            // By number, the next rotation gives each its own.
            other.map_or(Ok(()), |plain| compress_one(file, &plain))
        }
    }
}

fn compress_one(file: &impl Rotated, plain: &Path) -> io::Result<()> {
    let Some(compressed) = compress::compress(plain)? else {
        return Ok(());
    };
    let exchanged = alone(file, |rotation| {
        let now = rotation.moved_from(plain, |path| compressed.is_source(path));
        compressed.exchange(now.as_deref())
    });
    compressed.finish();
    exchanged
}

/// Works on the files while no other thread or process does.
fn alone<R>(
    file: &impl Rotated,
    work: impl FnOnce(&mut Rotation) -> io::Result<R>,
) -> io::Result<R> {
    file.with_rotation_alone(work)
        .unwrap_or_else(|_| Err(io::ErrorKind::WouldBlock.into()))
}

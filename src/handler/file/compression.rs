//! The thread that compresses what was rotated.

use std::path::Path;
use std::{io, thread};

use crate::handler::file::compress::{self, Pair};
use crate::handler::file::rotation::Rotation;
use crate::handler::file::sink::FileSink;
use crate::handler::file::system;
use crate::sys::sync::Arc;
use crate::sys::user_code;

/// Has what was rotated compressed; by the thread that is at it, if there is one.
pub(super) fn start(sink: &Arc<FileSink>) {
    if !system::may_have_threads() || !sink.compressor.begin() {
        return;
    }
    let own = Arc::clone(sink);
    let name = "logtree-gzip".to_owned();
    let thread = thread::Builder::new().name(name).spawn(move || {
        while own.compressor.goes_on() {
            // Namers are user code.
            let _ = user_code::catch(|| pass(&own));
        }
    });
    if thread.is_err() {
        // The files stay as they are, until the next rotation.
        sink.compressor.ended();
    }
}

/// Compresses all that is there to be compressed, one after another. What fails stays as it is, for the next pass.
pub(super) fn pass(sink: &FileSink) {
    let files = sink.with_rotation(|rotation, device| {
        let mut files = rotation.uncompressed();
        // Where no new file could be opened, one of them is written on.
        files.retain(|plain| !device.is_some_and(|device| device.is_at(plain)));
        files
    });
    for plain in files.ok().flatten().unwrap_or_default() {
        let _ = see_to(sink, &plain);
    }
}

fn see_to(sink: &FileSink, plain: &Path) -> io::Result<()> {
    match compress::pair(plain)? {
        Pair::No => compress_one(sink, plain),
        Pair::Same(known) => alone(sink, |_| {
            if known.is_at(plain) {
                system::remove(plain)?;
            }
            Ok(())
        }),
        Pair::Different(known) => {
            let other = alone(sink, |rotation| {
                if !known.is_at(plain) {
                    return Ok(None);
                }
                rotation.give_another_name(plain)
            })?;
            // By number, the next rotation gives each its own.
            other.map_or(Ok(()), |plain| compress_one(sink, &plain))
        }
    }
}

fn compress_one(sink: &FileSink, plain: &Path) -> io::Result<()> {
    let Some(compressed) = compress::compress(plain)? else {
        return Ok(());
    };
    let exchanged = alone(sink, |rotation| {
        let now = rotation.moved_from(plain, |path| compressed.is_source(path));
        compressed.exchange(now.as_deref())
    });
    compressed.finish();
    exchanged
}

/// Works on the files while no other thread or process does.
fn alone<R>(sink: &FileSink, work: impl FnOnce(&mut Rotation) -> io::Result<R>) -> io::Result<R> {
    sink.with_rotation_alone(work)
        .unwrap_or_else(|_| Err(io::ErrorKind::WouldBlock.into()))
}

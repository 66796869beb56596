//! Files that end with the server or the process: [`OwnFile`].

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::sys::process;
use crate::sys::sync::Mutex;

/// Those that are to be removed at the end of the process.
static ALL: Mutex<Vec<Identity>> = Mutex::new(Vec::new());

/// A file that this process has made. It is removed when this is dropped, and at the end of the
/// process, unless another file has taken its place.
#[derive(Debug)]
pub(crate) struct OwnFile(Identity);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Identity {
    path: PathBuf,
    device: u64,
    number: u64,
    /// A child must not remove its parent's files.
    generation: u32,
}

impl OwnFile {
    pub(crate) fn new(path: &Path, metadata: &Metadata) -> Self {
        process::at_exit(remove_all);
        let identity = Identity {
            path: path.to_owned(),
            device: metadata.dev(),
            number: metadata.ino(),
            generation: process::generation(),
        };
        ALL.lock().push(identity.clone());
        Self(identity)
    }

    #[cfg(feature = "control")]
    pub(crate) fn path(&self) -> &Path {
        &self.0.path
    }
}

impl Drop for OwnFile {
    fn drop(&mut self) {
        ALL.lock().retain(|known| *known != self.0);
        self.0.remove();
    }
}

impl Identity {
    fn remove(&self) {
        let found = fs::symlink_metadata(&self.path);
        let is_it = |found: Metadata| (found.dev(), found.ino()) == (self.device, self.number);
        if self.generation == process::generation() && found.is_ok_and(is_it) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn remove_all() {
    let all = std::mem::take(&mut *ALL.lock());
    all.iter().for_each(Identity::remove);
}

//! Certificates of receivers.

use std::fs;
use std::path::{Path, PathBuf};

/// A certificate for this machine, and its key, as files.
pub(super) fn files(directory: &Path) -> (PathBuf, PathBuf) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (directory.join("cert.pem"), directory.join("key.pem"));
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.key_pair.serialize_pem()).unwrap();
    (certificate, key)
}

/// Another certificate for this machine.
pub(super) fn other(directory: &Path) -> PathBuf {
    let directory = directory.join("other");
    fs::create_dir(&directory).unwrap();
    files(&directory).0
}

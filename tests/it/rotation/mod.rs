//! Files that are rotated.

mod failures;
#[cfg(feature = "gzip")]
mod gzip;
mod names;
mod shared;

use std::fs;
use std::path::Path;

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

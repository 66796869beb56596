//! Who sends: the name of the program.

use std::env;
use std::path::PathBuf;

/// Returns the name of the program's file, without `.exe`; empty if it is not known.
pub(super) fn program() -> String {
    let path = env::args_os().next().map(PathBuf::from);
    let name = path.as_ref().and_then(|path| path.file_name());
    let name = name.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    match name.strip_suffix(env::consts::EXE_SUFFIX) {
        Some(name) => name.to_owned(),
        None => name,
    }
}

//! Reading a configuration file.

use std::path::Path;

use crate::config::syntax::{Defaults, MAX_BYTES};
use crate::error::{Error, ErrorKind};
use crate::sys::small_file::{self, Unread};

/// Reads the text of a file, which must be a regular one, of bounded length, and not writable by
/// everyone.
pub(super) fn read(path: &Path) -> Result<String, Error> {
    let what = format!("cannot read the configuration {}", path.display());
    let text = small_file::read(path, MAX_BYTES).map_err(|unread| match unread {
        Unread::Failed(error) => Error::io(what.clone(), error).with_path(path),
        Unread::Refused(why) => {
            Error::new(ErrorKind::InvalidConfig, format!("{what}: {why}")).with_path(path)
        }
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}

/// The values that every INI file can use: `here`, its directory, and `__file__`.
pub(super) fn defaults(path: &Path) -> Defaults {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let named = [("here", path.parent()), ("__file__", Some(&*path))];
    let text =
        |(key, path): (&str, Option<&Path>)| Some((key.to_owned(), path?.to_str()?.to_owned()));
    named.into_iter().filter_map(text).collect()
}

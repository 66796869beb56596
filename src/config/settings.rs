//! How a document is read: [`Settings`].

use std::path::PathBuf;

/// What the program sets for reading a document, whatever the document contains.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// The directory of relative paths; `None` is the working directory.
    pub(super) directory: Option<PathBuf>,
    pub(super) allow_parent: bool,
    pub(super) disable_existing: Option<bool>,
}

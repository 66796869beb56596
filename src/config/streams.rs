//! The streams that a document can name: [`Streams`].

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;

use crate::sys::sync::Arc;

/// Opens a stream.
pub(super) type OpenStream = dyn Fn() -> Box<dyn Write + Send> + Send + Sync;

/// The program's own streams, by name.
#[derive(Clone, Default)]
pub(crate) struct Streams(BTreeMap<String, Arc<OpenStream>>);

impl Streams {
    pub(super) fn insert(&mut self, name: &str, open: Arc<OpenStream>) {
        self.0.insert(name.to_owned(), open);
    }

    pub(super) fn get(&self, name: &str) -> Option<Arc<OpenStream>> {
        self.0.get(name).cloned()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|name| &**name)
    }
}

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

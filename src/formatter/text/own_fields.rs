//! Fields that a program adds to those that templates know: [`OwnFields`].

use std::fmt;

use crate::formatter::format::Format;
use crate::sys::sync::Arc;

/// What writes fields, by their names.
#[derive(Clone, Default)]
pub(super) struct OwnFields(Vec<(Box<str>, Arc<dyn Format>)>);

impl OwnFields {
    pub(super) fn add(&mut self, name: Box<str>, format: Arc<dyn Format>) {
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, format));
    }

    pub(super) fn get(&self, name: &str) -> Option<&dyn Format> {
        let found = self.0.iter().find(|(known, _)| **known == *name);
        found.map(|(_, format)| &**format)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for OwnFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

//! Where an object is in a document: [`Location`].

use crate::config::place::Place;

/// Where an object is in the document, for errors while it is built.
#[derive(Clone, Debug, Default)]
pub(in crate::config) struct Location {
    pub(in crate::config) path: String,
    pub(in crate::config) place: Place,
}

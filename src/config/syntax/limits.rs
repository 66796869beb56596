//! Limits of every document.

use crate::config::place::Place;
use crate::config::raw_problem::RawProblem;

/// The longest text that is read, in bytes.
pub(in crate::config) const MAX_BYTES: usize = 1024 * 1024;

/// How deep lists and sections may nest.
pub(super) const MAX_DEPTH: usize = 64;

pub(super) fn too_long(bytes: usize) -> RawProblem {
    let message = format!("expected at most {MAX_BYTES} bytes, found {bytes}");
    RawProblem::new(Place::Nowhere, message)
}

pub(super) fn too_deep(place: Place) -> RawProblem {
    RawProblem::new(
        place,
        format!("expected at most {MAX_DEPTH} levels of lists and sections"),
    )
}

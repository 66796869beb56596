//! A state of a fleet: [`Revision`].

use std::fmt;

/// A state of a fleet. It prints as the number of changes.
///
/// # Examples
/// ```
/// use logtree::control::fleet::Revision;
///
/// assert_eq!(Revision::new(17, 90_210).to_string(), "17");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Revision {
    /// The number of changes.
    pub number: u64,
    /// The store's own revision, which also moves with what was put without a change.
    pub position: u64,
}

impl Revision {
    /// Returns a revision.
    #[must_use]
    pub fn new(number: u64, position: u64) -> Self {
        Self { number, position }
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(f)
    }
}

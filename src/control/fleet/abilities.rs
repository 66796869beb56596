//! What a store can do: [`Abilities`].

use std::time::Duration;

/// What a [`Store`](super::Store) can do.
///
/// # Examples
/// ```
/// use logtree::control::fleet::{Abilities, Watch};
///
/// let abilities = Abilities::new(Watch::Push);
/// assert!(abilities.writable && abilities.batch == 128);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Abilities {
    /// How changes arrive.
    pub watch: Watch,
    /// The shortest time after which the store removes an entry by itself; `None` if it removes
    /// none.
    pub expiry: Option<Duration>,
    /// How many operations it makes as one: 128 by default.
    pub batch: usize,
    /// The largest value, in bytes: 1 MiB by default.
    pub largest: usize,
    /// Whether instances report what they have.
    pub reports: bool,
    /// Whether it can be changed.
    pub writable: bool,
}

/// How changes arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Watch {
    /// The store sends them.
    Push,
    /// The store is asked, at most once in this time.
    Poll(Duration),
}

impl Abilities {
    /// Returns the abilities of a store that can be changed and has reports, and removes nothing
    /// by itself.
    #[must_use]
    pub fn new(watch: Watch) -> Self {
        Self {
            watch,
            expiry: None,
            batch: 128,
            largest: 1024 * 1024,
            reports: true,
            writable: true,
        }
    }
}

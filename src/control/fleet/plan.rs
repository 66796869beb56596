//! What a change of a fleet would do: [`Plan`].

use crate::control::fleet::logged::Edit;
use crate::control::fleet::revision::Revision;

/// What a change of a fleet would do; see [`Fleet::plan`](super::Fleet::plan).
///
/// # Examples
/// ```
/// use logtree::Level;
/// use logtree::control::fleet::{Fleet, MemoryStore, Selector, Terms};
/// use logtree::control::{Change, LevelTarget};
///
/// let fleet = Fleet::new(MemoryStore::new());
/// let change = Change::Level(LevelTarget::logger("boto3"), Level::DEBUG);
/// let plan = fleet.plan(&Selector::all(), [change], &Terms::new().without_end())?;
/// assert_eq!(plan.edits[0].after.as_deref(), Some("DEBUG"));
/// assert_eq!(plan.consent, Some(0), "without an end, even for no instance");
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Plan {
    /// The revision that it is planned for.
    pub revision: Revision,
    /// What it would do to each key; empty if there is nothing to change.
    pub edits: Vec<Edit>,
    /// The number that the change still needs [consent](super::Terms::with_consent) to.
    pub consent: Option<u64>,
}

//! Where a level comes from: [`Layer`].

use std::fmt;

use crate::level::Level;

/// Where the level of a target comes from, and what it hides.
///
/// # Examples
/// ```
/// use logtree::control::{Control, Layer, LevelTarget, Page};
/// use logtree::{Level, Registry};
///
/// let control = Control::new(&Registry::new());
/// control.set_level(LevelTarget::logger("boto3"), Level::DEBUG)?;
/// let listing = control.list(None, Page::new(10))?;
/// let layers: Vec<_> = listing.overrides.iter().map(|one| one.layer.to_string()).collect();
/// assert_eq!(layers, ["file", "local"]);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Layer {
    /// The program itself: its code, a configuration, a variable of the environment. Prints as
    /// `file`.
    Program,
    /// A control of this process.
    #[non_exhaustive]
    Local {
        /// The level of the fleet, which does not apply here.
        hides: Option<Level>,
    },
    /// A setting for the instances of a service; see the feature `fleet`.
    #[non_exhaustive]
    Fleet {
        /// The instances that it is for.
        selector: String,
        /// The change that set it.
        revision: u64,
        /// Whether it applies before what is set on this instance itself.
        forced: bool,
    },
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program => f.write_str("file"),
            Self::Local { hides: None } => f.write_str("local"),
            Self::Local { hides: Some(level) } => write!(f, "local, hides fleet {level}"),
            Self::Fleet {
                selector,
                revision,
                forced,
            } => {
                let forced = if *forced { ", forced" } else { "" };
                write!(f, "fleet {selector}, {revision}{forced}")
            }
        }
    }
}

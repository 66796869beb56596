//! What a stream's lines know of its terminal, for the formatter that asks for it.

#[cfg(feature = "pretty")]
#[path = "watched.rs"]
mod variant;

#[cfg(not(feature = "pretty"))]
#[path = "unknown.rs"]
mod variant;

pub(super) use self::variant::{Above, Terminal};

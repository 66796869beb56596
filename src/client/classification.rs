//! The severity of a client's message: [`Classification`].

use std::borrow::Cow;
use std::fmt;

use crate::level::Level;
use crate::registry::Registry;

/// The severity of a client's message as a word. Any word is valid; two have constants.
///
/// # Go
/// `logging.Classification`.
///
/// # Examples
/// ```
/// use logtree::{Level, client::Classification};
///
/// assert_eq!(Classification::WARN.level(), Level::WARNING);
/// assert_eq!(Classification::from("ERROR").level(), Level::ERROR);
/// assert_eq!(Classification::from("NOTE").level(), Level::INFO);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Classification(Cow<'static, str>);

impl Classification {
    /// A warning.
    pub const WARN: Self = Self(Cow::Borrowed("WARN"));
    /// A detail.
    pub const DEBUG: Self = Self(Cow::Borrowed("DEBUG"));

    /// Returns the word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the level of that name; `INFO` for other words.
    #[must_use]
    pub fn level(&self) -> Level {
        Registry::global()
            .level_by_name(&self.0)
            .unwrap_or(Level::INFO)
    }
}

impl From<&'static str> for Classification {
    fn from(word: &'static str) -> Self {
        Self(Cow::Borrowed(word))
    }
}

impl From<String> for Classification {
    fn from(word: String) -> Self {
        Self(Cow::Owned(word))
    }
}

impl fmt::Display for Classification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

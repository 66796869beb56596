//! A problem of a configuration or a line of levels: [`Problem`].

use std::fmt;

/// A problem at one place of a configuration or a line of levels; see
/// [`Error::problems`](crate::Error::problems) and
/// [`LevelSpec::problems`](crate::LevelSpec::problems).
///
/// `Display` shows it in one line: `line 7, column 14: handlers.file.level: expected …, found
/// "WTF"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub(crate) path: String,
    pub(crate) position: Option<(usize, usize)>,
    pub(crate) message: String,
    pub(crate) suggestion: Option<String>,
}

impl Problem {
    /// Returns the path from the top of the document: `handlers.file.level`, `root.handlers[0]`;
    /// empty for the document itself. For a line of levels, the environment variable that it was
    /// read from, if any.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the line in the text, from 1; `None` for a configuration that is not a text.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.position.map(|(line, _)| line)
    }

    /// Returns the column in the text, from 1, in characters; `None` for a configuration that is
    /// not a text.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.position.map(|(_, column)| column)
    }

    /// Returns the message: what was expected, and what was found.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the known word that may have been meant.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.position {
            write!(f, "line {line}, column {column}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path.escape_debug())?;
        }
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean {suggestion:?}?"),
            None => Ok(()),
        }
    }
}

//! A value that is not what was expected: [`Mismatch`].

use std::borrow::Cow;
use std::fmt::Display;

use crate::config::node::Node;
use crate::config::raw_problem::RawProblem;
use crate::text::near::suggest;

/// What was expected in place of a value.
#[derive(Debug)]
pub(crate) struct Mismatch {
    expected: Cow<'static, str>,
    suggestion: Option<String>,
    /// Whether `expected` is the whole message.
    is_whole: bool,
}

impl Mismatch {
    pub(super) fn new(expected: impl Into<Cow<'static, str>>) -> Self {
        Self {
            expected: expected.into(),
            suggestion: None,
            is_whole: false,
        }
    }

    /// A mismatch with a message of its own.
    pub(super) fn whole(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            is_whole: true,
            ..Self::new(message)
        }
    }

    /// Adds the known word that may have been meant.
    pub(super) fn among<'k>(self, word: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        Self {
            suggestion: suggest(word, known).map(str::to_owned),
            ..self
        }
    }

    /// Adds where the value is inside another one.
    pub(super) fn inside(self, place: impl Display) -> Self {
        if self.is_whole {
            return self;
        }
        Self {
            expected: format!("{} {place}", self.expected).into(),
            ..self
        }
    }

    /// Returns the problem of the value that was found.
    pub(super) fn problem(self, found: &Node) -> RawProblem {
        let message = if self.is_whole {
            self.expected
        } else {
            format!("expected {}, found {}", self.expected, found.describe()).into()
        };
        RawProblem {
            suggestion: self.suggestion,
            ..RawProblem::new(found.place, message)
        }
    }
}

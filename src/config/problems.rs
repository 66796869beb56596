//! What is found to be wrong while a document is read and checked.

use std::borrow::Cow;
use std::fmt::Write;

use crate::config::node::Place;
use crate::error::problem::Problem;
use crate::error::{Error, ErrorKind};
use crate::text::near::suggest;

/// What is wrong, and where; the way to it in the document is known by whoever checks.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub(crate) place: Place,
    pub(crate) path: String,
    pub(crate) message: Cow<'static, str>,
    pub(crate) suggestion: Option<String>,
}

impl Trouble {
    pub(crate) fn new(place: Place, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            place,
            path: String::new(),
            message: message.into(),
            suggestion: None,
        }
    }

    pub(crate) fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Adds which of the known words may have been meant.
    pub(crate) fn among<'k>(
        mut self,
        word: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Self {
        self.suggestion = suggest(word, known).map(str::to_owned);
        self
    }
}

/// A document of nothing but errors is not repeated whole.
pub(super) const MOST_SHOWN: usize = 100;

/// A message with what it quotes of the text: no control character of that reaches a terminal.
fn shown(message: &str) -> String {
    let mut shown = String::with_capacity(message.len());
    for c in message.chars() {
        if c.is_control() {
            shown.extend(c.escape_debug());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The error of a configuration, with all that is wrong in the order of the text.
pub(crate) fn error(source: &str, text: &str, troubles: Vec<Trouble>) -> Error {
    let count = troubles.len();
    let mut problems: Vec<_> = troubles
        .into_iter()
        .take(MOST_SHOWN)
        .map(|trouble| Problem {
            path: trouble.path,
            position: trouble.place.position(text),
            message: shown(&trouble.message),
            suggestion: trouble.suggestion,
        })
        .collect();
    problems.sort_by_key(|problem| problem.position);
    let plural = if count == 1 { "" } else { "s" };
    let mut message = format!("{} has {count} error{plural}", shown(source));
    for problem in &problems {
        let _ = write!(message, "\n  {problem}");
    }
    if count > MOST_SHOWN {
        let _ = write!(message, "\n  and {} more", count - MOST_SHOWN);
    }
    Error::new(ErrorKind::InvalidConfig, message).with_problems(problems)
}

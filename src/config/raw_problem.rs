//! A problem found while a document is read or checked: [`RawProblem`].

use std::borrow::Cow;
use std::fmt::Write;

use crate::config::place::Place;
use crate::error::{Error, ErrorKind, Problem};
use crate::text::near::suggest;

/// What is wrong, and where. The path in the document is added by the check.
#[derive(Clone, Debug)]
pub(crate) struct RawProblem {
    pub(crate) place: Place,
    pub(crate) path: String,
    pub(crate) message: Cow<'static, str>,
    pub(crate) suggestion: Option<String>,
}

impl RawProblem {
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

    /// Adds the known word that may have been meant.
    pub(crate) fn among<'k>(
        mut self,
        word: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Self {
        self.suggestion = suggest(word, known).map(str::to_owned);
        self
    }
}

/// How many problems are reported of one document.
pub(super) const MOST_SHOWN: usize = 100;

/// Escapes the control characters that a message quotes from the text.
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

/// Returns the error of a configuration, with all problems in the order of the text.
pub(crate) fn error(source: &str, text: &str, problems: Vec<RawProblem>) -> Error {
    let count = problems.len();
    let mut problems: Vec<_> = problems
        .into_iter()
        .take(MOST_SHOWN)
        .map(|problem| Problem {
            path: problem.path,
            position: problem.place.position(text),
            message: shown(&problem.message),
            suggestion: problem.suggestion,
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

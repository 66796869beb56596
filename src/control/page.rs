//! A part of a list.

use super::error::ControlError;
use super::target::{Target, TargetType};
use crate::Level;

/// Where the next page begins; to be given back as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(Target);

/// How much of a list is wanted.
#[derive(Clone, Debug)]
#[must_use]
pub struct Page {
    size: usize,
    after: Option<Token>,
}

impl Page {
    /// The largest page. AWS's `maxResults` ends there.
    pub const LARGEST: usize = 250;

    /// The first entries, at most so many.
    pub fn new(size: usize) -> Self {
        Self { size, after: None }
    }

    /// Those behind a page that ended with a token.
    pub fn after(mut self, token: Option<Token>) -> Self {
        self.after = token;
        self
    }

    /// The part of all entries, which are in order.
    pub(super) fn of(
        self,
        all: impl IntoIterator<Item = (Target, Level)>,
        only: Option<TargetType>,
    ) -> Result<Listing, ControlError> {
        if !(1..=Self::LARGEST).contains(&self.size) {
            let message = format!(
                "expected a page of 1 to {} entries, found {}",
                Self::LARGEST,
                self.size
            );
            return Err(ControlError::invalid(message));
        }
        let after = self.after.map(|token| token.0);
        let mut entries = all.into_iter().filter(|(target, _)| {
            only.is_none_or(|only| target.target_type() == only)
                && after.as_ref().is_none_or(|after| target > after)
        });
        let targets: Vec<_> = entries.by_ref().take(self.size).collect();
        // The last key, not a number: what is put in or taken out before it moves nothing.
        let token = targets.last().map(|(target, _)| Token(target.clone()));
        let next = token.filter(|_| entries.next().is_some());
        Ok(Listing { targets, next })
    }
}

/// A page of targets and their levels.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listing {
    /// By type and name.
    pub targets: Vec<(Target, Level)>,
    /// For the page behind; `None` at the end.
    pub next: Option<Token>,
}

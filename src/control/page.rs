//! A part of a list: [`Page`].

use crate::control::error_codes::invalid;
use crate::control::listing::{Listing, Override};
use crate::control::target::LevelTarget;
use crate::control::token::Token;
use crate::error::Error;
use crate::level::Level;

/// Which part of a list to return; see [`Control::list`](super::Control::list).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Page {
    size: usize,
    after: Option<Token>,
}

impl Page {
    /// The maximum size of a page, which is that of AWS's `maxResults`.
    pub const MAX: usize = 250;

    /// The first page, with up to `size` entries.
    pub fn new(size: usize) -> Self {
        Self { size, after: None }
    }

    /// The page after the one that returned a token.
    pub fn after(mut self, token: Option<Token>) -> Self {
        self.after = token;
        self
    }

    /// Returns the page of `all` targets, which are sorted.
    pub(super) fn list(
        self,
        all: impl Iterator<Item = (LevelTarget, Level)>,
        show: impl Fn(LevelTarget, Level) -> Override,
    ) -> Result<Listing, Error> {
        if !(1..=Self::MAX).contains(&self.size) {
            return Err(invalid(format!(
                "expected a page of 1 to {} entries, found {}",
                Self::MAX,
                self.size
            )));
        }
        let after = self.after.map(Token::into_target);
        let mut rest = all.filter(|(target, _)| after.as_ref().is_none_or(|after| target > after));
        let page = rest.by_ref().take(self.size);
        let overrides: Vec<_> = page.map(|(target, level)| show(target, level)).collect();
        // The last key rather than an index: changes of earlier entries do not move the page.
        let last = overrides.last().map(|last| Token::new(last.target.clone()));
        let next = last.filter(|_| rest.next().is_some());
        Ok(Listing { overrides, next })
    }
}

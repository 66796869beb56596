//! A part of a list.

use std::fmt;
use std::str::FromStr;

use crate::control::error::ControlError;
use crate::control::state::{Entry, State};
use crate::control::target::{Target, TargetType};
use crate::level::Level;
use crate::time::Timestamp;

/// Where the next page begins; to be given back as it is.
///
/// Its text, by `Display` and `FromStr`, crosses wires and is good for any control: it holds the last target of a page.
///
/// # Examples
/// ```
/// use logtree::control::{Control, Page, Target, Token};
/// use logtree::{Level, Registry};
///
/// let control = Control::new(&Registry::new());
/// control.set_level(Target::logger("a"), Level::DEBUG)?;
/// let next = control.list(None, Page::new(1))?.next.expect("a second page").to_string();
/// let token: Token = next.parse()?;
/// assert_eq!(control.list(None, Page::new(1).after(Some(token)))?.overrides[0].target, Target::logger("a"));
/// # Ok::<(), logtree::control::ControlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(Target);

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.target_type(), self.0.name())
    }
}

impl FromStr for Token {
    type Err = ControlError;

    fn from_str(text: &str) -> Result<Self, ControlError> {
        let parts = text.split_once(':').and_then(|(kind, name)| {
            let target = Target::new(kind.parse().ok()?, name);
            // Not one that another spelling would give as well.
            (target.name() == name && target.target_type().aws_name() == kind).then_some(target)
        });
        parts.map(Self).ok_or_else(|| {
            ControlError::invalid(
                "invalid token of a page: expected one of an earlier page".to_owned(),
            )
        })
    }
}

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

    /// Those after a page that ended with a token.
    pub fn after(mut self, token: Option<Token>) -> Self {
        self.after = token;
        self
    }

    /// The part of all entries, which are in order.
    pub(super) fn of(
        self,
        state: &State,
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
        let overrides: Vec<_> = entries
            .by_ref()
            .take(self.size)
            .map(|(target, level)| Override::of(state, target, level))
            .collect();
        // The last key, not a number: what is put in or taken out before it moves nothing.
        let token = overrides.last().map(|last| Token(last.target.clone()));
        let next = token.filter(|_| entries.next().is_some());
        Ok(Listing { overrides, next })
    }
}

/// A target that has a level.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Override {
    /// The target.
    pub target: Target,
    /// Its level.
    pub level: Level,
    /// When the level ends, by the system's clock; `None` where it has no end. What the target has then is what it had before.
    pub until: Option<Timestamp>,
    /// The [origin](super::Control::by) of the level; `None` where it was not set through a control.
    pub origin: Option<String>,
}

impl Override {
    fn of(state: &State, target: Target, level: Level) -> Self {
        let entry = state.entry(&target, Some(level));
        let newest = entry.and_then(Entry::newest);
        let origin = match (newest, entry) {
            (Some(newest), _) => Some(&newest.origin),
            (None, Some(entry)) => entry.origin.as_ref(),
            (None, None) => None,
        };
        Self {
            until: newest.map(|newest| newest.until),
            origin: origin.map(|origin| origin.as_ref().to_owned()),
            target,
            level,
        }
    }
}

/// A page of targets and their levels.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listing {
    /// By type and name.
    pub overrides: Vec<Override>,
    /// For the next page; `None` at the end.
    pub next: Option<Token>,
}

//! The position of a page: [`Token`].

use std::fmt;
use std::str::FromStr;

use crate::control::error_codes::invalid;
use crate::control::target::LevelTarget;
use crate::error::Error;
use crate::text::serialize::serialize_as_text;

/// Where the next page begins; opaque.
///
/// `Display` and `FromStr` convert it to a string and back. It is valid for any control, as it
/// holds the last target of a page.
///
/// # Examples
/// ```
/// use logtree::control::{Control, LevelTarget, Page, Token};
/// use logtree::{Level, Registry};
///
/// let control = Control::new(&Registry::new());
/// control.set_level(LevelTarget::logger("a"), Level::DEBUG)?;
/// let next = control.list(None, Page::new(1))?.next.expect("a second page").to_string();
/// let token: Token = next.parse()?;
/// let second = control.list(None, Page::new(1).after(Some(token)))?;
/// assert_eq!(second.overrides[0].target, LevelTarget::logger("a"));
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Token(LevelTarget);

serialize_as_text!(Token);

impl Token {
    pub(super) fn new(target: LevelTarget) -> Self {
        Self(target)
    }

    pub(super) fn into_target(self) -> LevelTarget {
        self.0
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.target_type(), self.0.name())
    }
}

impl FromStr for Token {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parts = text.split_once(':').and_then(|(kind, name)| {
            let target = LevelTarget::new(kind.parse().ok()?, name);
            // Only the canonical spelling is accepted.
            (target.name() == name && target.target_type().aws_name() == kind).then_some(target)
        });
        parts
            .map(Self)
            .ok_or_else(|| invalid("invalid page token: expected one of an earlier page"))
    }
}

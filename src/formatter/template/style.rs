//! The syntax of templates: [`TemplateStyle`].

use std::str::FromStr;

use crate::error::{Error, ErrorKind};

/// The syntax of a template.
///
/// # Python
/// The `style` argument of `logging.Formatter`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TemplateStyle {
    /// `%(levelname)-8s`, as in `printf`. The default.
    #[default]
    Percent,
    /// `{levelname:<8}`, as in Python's `str.format`.
    Brace,
    /// `$levelname` or `${levelname}`.
    Dollar,
}

impl FromStr for TemplateStyle {
    type Err = Error;

    /// Parses `%`, `{` or `$`.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "%" => Ok(Self::Percent),
            "{" => Ok(Self::Brace),
            "$" => Ok(Self::Dollar),
            _ => Err(Error::new(
                ErrorKind::InvalidFormat,
                format!("unknown style {text:?}: expected one of % {{ $"),
            )),
        }
    }
}

impl TemplateStyle {
    /// Returns the template of an empty one: the message alone.
    pub(crate) fn message_only(self) -> &'static str {
        match self {
            Self::Percent => "%(message)s",
            Self::Brace => "{message}",
            Self::Dollar => "${message}",
        }
    }
}

//! Levels to text and back, by the names of the global registry.

use std::fmt;
use std::str::FromStr;

use crate::context::RegistryContext;
use crate::error::Error;
use crate::level::Level;

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&RegistryContext::global().level_names.name(*self))
    }
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Level {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        RegistryContext::global().level_names.parse(text)
    }
}

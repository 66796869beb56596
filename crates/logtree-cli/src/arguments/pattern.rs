//! Patterns of names.

use glob::Pattern;

pub(super) fn read(text: &str) -> Result<Pattern, String> {
    Pattern::new(text).map_err(|error| error.to_string())
}

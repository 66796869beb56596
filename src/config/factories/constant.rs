//! Names of Python's constants: [`constant`].

/// Returns the last part of the name of a constant of Python's.
pub(super) fn constant(text: &str) -> &str {
    let name = text.strip_prefix("ext://").unwrap_or(text);
    name.rsplit('.').next().unwrap_or(name)
}

//! Where a text can be cut.

/// Returns the last boundary of a character at or before a place; the end, if the text is shorter.
/// `str::floor_char_boundary` is in std since Rust 1.91.
pub(crate) fn floor_char_boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    let boundary = (at.saturating_sub(3)..=at).rfind(|at| text.is_char_boundary(*at));
    boundary.unwrap_or(0)
}

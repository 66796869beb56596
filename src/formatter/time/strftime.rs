//! Patterns of `strftime`: their codes, as chrono's items.

use std::fmt::Write;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, FixedOffset};

use crate::formatter::zone::TimeZone;

/// The fraction of a second that a code asks for.
#[derive(Clone, Copy, Default)]
pub(super) struct Fraction {
    pub(super) digits: usize,
    pub(super) point: bool,
}

impl Fraction {
    fn of(code: &str) -> Option<Self> {
        let (digits, point) = match code {
            "%3f" => (3, false),
            "%f" | "%6f" => (6, false),
            "%9f" => (9, false),
            "%.3f" => (3, true),
            "%.f" | "%.6f" => (6, true),
            "%.9f" => (9, true),
            _ => return None,
        };
        Some(Self { digits, point })
    }
}

/// Returns the first fraction of a second in a pattern, and what is before and after its code.
pub(super) fn find_fraction(pattern: &str) -> Option<(&str, Fraction, &str)> {
    let mut rest = pattern;
    while let Some((_, code, after)) = next_code(rest) {
        if let Some(fraction) = Fraction::of(code) {
            let head = &pattern[..pattern.len() - after.len() - code.len()];
            return Some((head, fraction, after));
        }
        rest = after;
    }
    None
}

/// Returns the first code of a pattern (`%`, flags and one letter), and what is before and after
/// it.
fn next_code(pattern: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = pattern.split_at(pattern.find('%')?);
    let mut letters = rest.char_indices().skip(1);
    let letter = letters.find(|(_, c)| !matches!(c, '-' | '_' | '0' | ':' | '.' | '1'..='9'));
    let end = letter.map_or(rest.len(), |(at, c)| at + c.len_utf8());
    let (code, after) = rest.split_at(end);
    Some((before, code, after))
}

/// Returns the items of a pattern for chrono. Codes that chrono does not know are literals, as in
/// the C library.
pub(super) fn items(pattern: &str, zone: TimeZone) -> Vec<Item<'static>> {
    let mut items = Vec::new();
    let mut rest = pattern;
    while let Some((before, code, after)) = next_code(rest) {
        items.push(Item::OwnedLiteral(before.into()));
        rest = after;
        match code {
            // chrono writes an offset for the name of a zone.
            "%Z" if zone == TimeZone::Utc => items.push(Item::Literal("UTC")),
            // Known to chrono, not to C, and not a time.
            "%+" => items.push(Item::Literal("%+")),
            // Other fractions: chrono receives whole seconds and would write zeros.
            _ if code.ends_with('f') => items.push(Item::OwnedLiteral(code.into())),
            _ if StrftimeItems::new(code).any(|item| item == Item::Error) => {
                items.push(Item::OwnedLiteral(code.into()))
            }
            _ => items.extend(StrftimeItems::new(code).map(Item::to_owned)),
        }
    }
    items.push(Item::OwnedLiteral(rest.into()));
    items
}

/// Appends the items of a time; nothing if one of them cannot be written.
pub(super) fn write_items(time: &DateTime<FixedOffset>, items: &[Item<'static>], out: &mut String) {
    let before = out.len();
    if write!(out, "{}", time.format_with_items(items.iter())).is_err() {
        out.truncate(before);
    }
}

//! Milliseconds after a time, as Python's `default_msec_format` writes them: [`Millis`].

use std::fmt::Write;

/// How milliseconds are written: the flags, width and precision of `%d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Millis {
    left: bool,
    zero: bool,
    sign: &'static str,
    width: usize,
    precision: usize,
}

impl Millis {
    /// `%03d`.
    pub(super) const THREE_DIGITS: Self = Self {
        left: false,
        zero: true,
        sign: "",
        width: 3,
        precision: 0,
    };

    /// Parses what follows a percent sign. Returns the rest after the conversion as well.
    fn parse(text: &str) -> Option<(Self, &str)> {
        const WIDEST: usize = 64;
        let flags = text.find(|c| !"-0+ #".contains(c))?;
        let (flags, rest) = text.split_at(flags);
        let end = rest.find(['d', 'i', 'u'])?;
        let (counts, rest) = (&rest[..end], &rest[end + 1..]);
        let (width, precision) = counts.split_once('.').unwrap_or((counts, ""));
        let count = |digits: &str| match digits {
            "" => Some(0),
            _ if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
            _ => None,
        };
        let count = |digits| count(digits).filter(|&count: &usize| count <= WIDEST);
        let millis = Self {
            left: flags.contains('-'),
            zero: flags.contains('0'),
            sign: match (flags.contains('+'), flags.contains(' ')) {
                (true, _) => "+",
                (false, true) => " ",
                (false, false) => "",
            },
            width: count(width)?,
            precision: count(precision)?,
        };
        Some((millis, rest))
    }

    /// Appends a number of milliseconds.
    pub(super) fn push(self, millis: u32, out: &mut String) {
        let Self {
            left,
            zero,
            sign,
            width,
            precision,
        } = self;
        let zeros = if zero && !left {
            width.saturating_sub(sign.len())
        } else {
            0
        };
        let number = format!("{sign}{millis:0>digits$}", digits = precision.max(zeros));
        let _ = if left {
            write!(out, "{number:<width$}")
        } else {
            write!(out, "{number:>width$}")
        };
    }
}

/// Returns the parts of Python's `default_msec_format`: the literal before the time, the one
/// between it and the milliseconds, how these are written, and the literal after them.
pub(super) fn millis_parts(format: &str) -> Option<(String, String, Millis, String)> {
    let (before, rest) = literal_and_rest(format);
    let (between, rest) = literal_and_rest(rest?.strip_prefix('s')?);
    let (millis, rest) = Millis::parse(rest?)?;
    match literal_and_rest(rest) {
        (after, None) => Some((before, between, millis, after)),
        _ => None,
    }
}

/// Returns the literal up to the first percent sign that starts a conversion, with `%%` as one
/// sign, and what follows that sign.
fn literal_and_rest(format: &str) -> (String, Option<&str>) {
    let mut literal = String::new();
    let mut rest = format;
    while let Some((text, after)) = rest.split_once('%') {
        literal.push_str(text);
        let Some(after) = after.strip_prefix('%') else {
            return (literal, Some(after));
        };
        literal.push('%');
        rest = after;
    }
    literal.push_str(rest);
    (literal, None)
}

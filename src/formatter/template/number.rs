//! Numbers as Python writes them.

use std::fmt::Write;

use crate::record::Scalar;
use crate::text::line_buf::LineBuf;

/// Which numbers have a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Negative,
    Always,
    Space,
}

impl Sign {
    pub(super) fn text(self, negative: bool) -> &'static str {
        match self {
            _ if negative => "-",
            Self::Negative => "",
            Self::Always => "+",
            Self::Space => " ",
        }
    }
}

/// Returns the value of an integer or Boolean.
pub(super) fn whole(value: Scalar<'_>) -> Option<i128> {
    match value {
        Scalar::Bool(value) => Some(value.into()),
        Scalar::Signed(value) => Some(value),
        Scalar::Unsigned(value) => i128::try_from(value).ok(),
        _ => None,
    }
}

/// Returns a number as an integer, floats truncated.
#[expect(
    clippy::cast_possible_truncation,
    reason = "truncation is the purpose, and the ends saturate"
)]
pub(super) fn truncated(value: Scalar<'_>) -> Option<i128> {
    match value {
        Scalar::Float(value) if value.is_finite() => Some(value as i128),
        _ => whole(value),
    }
}

/// Returns a number as a float.
#[expect(clippy::cast_precision_loss, reason = "a float is what is asked for")]
pub(super) fn float(value: Scalar<'_>) -> Option<f64> {
    match value {
        Scalar::Float(value) => Some(value),
        Scalar::Unsigned(value) => Some(value as f64),
        _ => whole(value).map(|value| value as f64),
    }
}

/// Appends a float as Python's `repr` does: the shortest digits that parse back, with an exponent
/// from 16 digits on.
pub(super) fn push_repr(value: f64, out: &mut LineBuf) {
    if !value.is_finite() {
        out.push_str(non_finite(value));
        return;
    }
    if value == 0.0 || (1e-4..1e16).contains(&value.abs()) {
        let _ = write!(out, "{value:?}");
        return;
    }
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    out.push_str(digits);
    push_exponent(exponent.parse().unwrap_or(0), 'e', out);
}

fn non_finite(value: f64) -> &'static str {
    match value {
        _ if value.is_nan() => "nan",
        _ if value > 0.0 => "inf",
        _ => "-inf",
    }
}

fn push_exponent(exponent: i32, letter: char, out: &mut impl Write) {
    let sign = if exponent < 0 { '-' } else { '+' };
    let _ = write!(out, "{letter}{sign}{:02}", exponent.unsigned_abs());
}

/// One of `%e`, `%f` and `%g`.
pub(super) struct FloatForm {
    kind: u8,
    upper: bool,
    precision: usize,
    /// Keeps the point and trailing zeros.
    alternate: bool,
    /// Python's form without a kind: like `g`, but always with a digit after the point.
    with_point: bool,
}

impl FloatForm {
    pub(super) fn of(kind: u8, precision: usize, alternate: bool) -> Self {
        let upper = kind.is_ascii_uppercase();
        Self {
            kind: kind.to_ascii_lowercase(),
            upper,
            precision,
            alternate,
            with_point: false,
        }
    }

    pub(super) fn general_with_point(precision: usize, alternate: bool) -> Self {
        Self {
            with_point: true,
            ..Self::of(b'g', precision, alternate)
        }
    }

    /// Returns the text of a number that is not negative.
    pub(super) fn text(&self, size: f64) -> String {
        let text = if size.is_finite() {
            match self.kind {
                b'e' => self.scientific(size, self.precision),
                b'f' => self.fixed(size, self.precision),
                _ => self.general(size),
            }
        } else {
            non_finite(size).to_owned()
        };
        if self.upper {
            text.to_uppercase()
        } else {
            text
        }
    }

    fn fixed(&self, size: f64, precision: usize) -> String {
        let mut text = format!("{size:.precision$}");
        if self.alternate && precision == 0 {
            text.push('.');
        }
        text
    }

    fn scientific(&self, size: f64, precision: usize) -> String {
        let text = format!("{size:.precision$e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let mut text = digits.to_owned();
        if self.alternate && precision == 0 {
            text.push('.');
        }
        push_exponent(exponent.parse().unwrap_or(0), 'e', &mut text);
        text
    }

    fn general(&self, size: f64) -> String {
        let precision = self.precision.max(1);
        // The exponent after rounding to the precision decides between the two forms.
        let rounded = format!("{size:.*e}", precision - 1);
        let exponent: i32 = rounded
            .split_once('e')
            .and_then(|(_, exponent)| exponent.parse().ok())
            .unwrap_or(0);
        let limit = i32::try_from(precision).unwrap_or(i32::MAX) - i32::from(self.with_point);
        if exponent < -4 || exponent >= limit {
            let text = self.scientific(size, precision - 1);
            return match text.split_once('e') {
                Some((digits, exponent)) if !self.alternate => {
                    format!("{}e{exponent}", without_zeros(digits))
                }
                _ => text,
            };
        }
        let after_point = i32::try_from(precision).unwrap_or(i32::MAX) - 1 - exponent;
        let text = self.fixed(size, usize::try_from(after_point).unwrap_or(0));
        let mut text = if self.alternate {
            text
        } else {
            without_zeros(&text).to_owned()
        };
        if self.with_point && !text.contains('.') {
            text.push_str(".0");
        }
        text
    }
}

fn without_zeros(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

/// Returns digits with a separator between groups.
pub(super) fn grouped(digits: &str, separator: Option<char>, every: usize) -> String {
    let Some(separator) = separator else {
        return digits.to_owned();
    };
    let mut out = String::with_capacity(grouped_len(digits, Some(separator), every));
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % every == 0 {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

pub(super) fn grouped_len(digits: &str, separator: Option<char>, every: usize) -> usize {
    digits.len() + separator.map_or(0, |_| digits.len().saturating_sub(1) / every)
}

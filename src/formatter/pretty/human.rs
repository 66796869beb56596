//! Durations and sizes as people read them.

use std::fmt::Write as _;

use crate::formatter::text::span_time::push_nanos;
use crate::record::Scalar;
use crate::text::line_buf::LineBuf;

/// What a number counts, by the end of its key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unit {
    /// So many nanoseconds each.
    Time(f64),
    Bytes,
}

/// Returns a key without its unit, and the unit.
pub(super) fn unit_of(key: &str) -> Option<(&str, Unit)> {
    let (name, unit) = key.rsplit_once('_')?;
    let unit = match unit {
        "ns" => Unit::Time(1.0),
        "us" => Unit::Time(1e3),
        "ms" => Unit::Time(1e6),
        "secs" => Unit::Time(1e9),
        "bytes" => Unit::Bytes,
        _ => return None,
    };
    (!name.is_empty()).then_some((name, unit))
}

/// Appends a number with its unit. Returns `false` for anything but a number from 0 on.
pub(super) fn push(value: Scalar<'_>, unit: Unit, out: &mut LineBuf) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "three digits are written")]
    let number = match value {
        Scalar::Signed(number) => number as f64,
        Scalar::Unsigned(number) => number as f64,
        Scalar::Float(number) => number,
        _ => return false,
    };
    if !number.is_finite() || number < 0.0 {
        return false;
    }
    match unit {
        Unit::Time(nanos) => push_duration(number * nanos, out),
        Unit::Bytes => push_size(number, out),
    }
    true
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is rounded, and saturates"
)]
fn push_duration(nanos: f64, out: &mut LineBuf) {
    push_nanos(nanos.round() as u64, out);
}

fn push_size(bytes: f64, out: &mut LineBuf) {
    let mut size = bytes;
    let mut unit = "B";
    for larger in ["KiB", "MiB", "GiB", "TiB"] {
        // What three digits round to 1,024 has a larger unit.
        if size < 1023.5 {
            break;
        }
        size /= 1024.0;
        unit = larger;
    }
    let _ = match unit {
        "B" => write!(out, "{size}B"),
        _ if size < 99.95 => write!(out, "{size:.1}{unit}"),
        _ => write!(out, "{size:.0}{unit}"),
    };
}

/// Appends a duration with three digits, in place of the text that its `Debug` writes. Returns
/// `false` for any other text.
pub(super) fn push_debug(text: &str, out: &mut LineBuf) -> bool {
    let end = text.find(|character: char| !character.is_ascii_digit() && character != '.');
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    let nanos = match unit {
        "ns" => 1.0,
        "µs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        _ => return false,
    };
    match number.parse::<f64>() {
        Ok(number) => push_duration(number * nanos, out),
        Err(_) => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn numbers_have_the_unit_of_their_key() {
        let shown = |key: &str, value| {
            let (name, unit) = unit_of(key)?;
            LineBuf::with(|out| push(value, unit, out).then(|| format!("{name}={}", out.as_str())))
        };
        let unsigned = |number: u128| Scalar::Unsigned(number);
        for (key, value, expected) in [
            ("took_us", unsigned(12_400), Some("took=12.4ms")),
            ("took_ns", unsigned(7), Some("took=7ns")),
            ("took_secs", Scalar::Float(1.5), Some("took=1.50s")),
            ("took_ms", Scalar::Signed(3), Some("took=3.00ms")),
            ("body_bytes", unsigned(1_258_291), Some("body=1.2MiB")),
            ("body_bytes", unsigned(1023), Some("body=1023B")),
            ("body_bytes", unsigned(1 << 60), Some("body=1048576TiB")),
            ("body_bytes", Scalar::Signed(-1), None),
            ("took_ms", Scalar::Float(f64::NAN), None),
            ("took_ms", Scalar::Text("12"), None),
            ("_ms", unsigned(1), None),
            ("items", unsigned(1), None),
        ] {
            assert_eq!(shown(key, value).as_deref(), expected, "{key} {value:?}");
        }
    }

    #[test]
    fn durations_have_three_digits() {
        let shown = |text: &str| {
            LineBuf::with(|out| push_debug(text, out).then(|| out.as_str().to_owned()))
        };
        for (nanos, expected) in [
            (12_345_678, "12.3ms"),
            (999, "999ns"),
            (1_500, "1.50µs"),
            (61_000_000_000, "61.00s"),
        ] {
            let text = format!("{:?}", Duration::from_nanos(nanos));
            assert_eq!(shown(&text).as_deref(), Some(expected));
        }
        for other in ["", "ms", "1.2.3s", "12", "12 ms", "x1s", "-1s"] {
            assert_eq!(shown(other), None, "{other}");
        }
    }
}

//! The times of a span as people read them.

use std::fmt::Write as _;

use crate::record::Scalar;
use crate::text::line_buf::LineBuf;

/// Appends one of the times that a closed span has, as ` time.busy=18.2ms`. Returns `false` for
/// anything else.
#[cold]
pub(super) fn push(key: &str, value: Scalar<'_>, out: &mut LineBuf) -> bool {
    let name = match key {
        "busy_ns" => "busy",
        "idle_ns" => "idle",
        _ => return false,
    };
    let nanos = match value {
        Scalar::Unsigned(nanos) => u64::try_from(nanos),
        Scalar::Signed(nanos) => u64::try_from(nanos),
        _ => return false,
    };
    let Ok(nanos) = nanos else {
        return false;
    };
    let _ = write!(out, " time.{name}=");
    push_nanos(nanos, out);
    true
}

/// Appends a duration with three digits.
#[expect(clippy::cast_precision_loss, reason = "three digits are written")]
pub(in crate::formatter) fn push_nanos(nanos: u64, out: &mut LineBuf) {
    let mut size = nanos as f64;
    for unit in ["ns", "µs", "ms"] {
        // What three digits round to 1,000 has a larger unit.
        if size < 999.5 {
            let _ = match size {
                ..9.995 if unit == "ns" => write!(out, "{size}{unit}"),
                ..9.995 => write!(out, "{size:.2}{unit}"),
                ..99.95 if unit != "ns" => write!(out, "{size:.1}{unit}"),
                _ => write!(out, "{size:.0}{unit}"),
            };
            return;
        }
        size /= 1000.0;
    }
    let _ = write!(out, "{size:.2}s");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_digits() {
        let text = |nanos| {
            LineBuf::with(|out| {
                push_nanos(nanos, out);
                out.as_str().to_owned()
            })
        };
        let all = [
            0,
            9,
            999,
            1_150,
            18_200,
            999_499,
            999_500,
            18_200_000,
            1_500_000_000,
        ];
        let expected = [
            "0ns", "9ns", "999ns", "1.15µs", "18.2µs", "999µs", "1.00ms", "18.2ms", "1.50s",
        ];
        assert_eq!(all.map(text), expected);
        assert_eq!(text(3_600_000_000_000), "3600.00s");
    }
}

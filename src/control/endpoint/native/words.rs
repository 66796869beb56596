//! How targets, levels and times are written in this dialect.

use std::time::Duration;

use crate::control::error_codes::invalid;
use crate::control::target::LevelTarget;
use crate::control::target_type::TargetType;
use crate::error::Error;

/// Returns the word of a type: AWS's, and `LOGGER` for a logger.
pub(super) fn type_name(kind: TargetType) -> &'static str {
    match kind {
        TargetType::Logger => "LOGGER",
        other => other.aws_name(),
    }
}

/// Returns the name of a target; `root` for the default level.
pub(super) fn target_name(target: &LevelTarget) -> &str {
    match target.target_type() {
        TargetType::Default => "root",
        _ => target.name(),
    }
}

/// Returns the time that a text gives: `90s`, `10m`, `1h30m`, `2d`.
pub(super) fn time(text: &str) -> Result<Duration, Error> {
    let wrong = || {
        invalid(format!(
            "invalid time {text:?}: expected numbers with the units d, h, m, s or ms, such as \
             \"10m\" or \"1h30m\""
        ))
    };
    let mut rest = text;
    let mut sum = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, tail) = rest.split_at(digits);
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic());
        let (unit, tail) = tail.split_at(letters.unwrap_or(tail.len()));
        let millis = match unit {
            "ms" => Some(number),
            "s" => number.checked_mul(1_000),
            "m" => number.checked_mul(60_000),
            "h" => number.checked_mul(3_600_000),
            "d" => number.checked_mul(86_400_000),
            _ => None,
        };
        let part = Duration::from_millis(millis.ok_or_else(wrong)?);
        sum = sum.checked_add(part).ok_or_else(wrong)?;
        rest = tail;
    }
    match sum.is_zero() {
        true => Err(wrong()),
        false => Ok(sum),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        for (text, millis) in [
            ("10m", 600_000),
            ("90s", 90_000),
            ("1h30m", 5_400_000),
            ("2d", 172_800_000),
            ("250ms", 250),
            ("1m0s", 60_000),
        ] {
            assert_eq!(time(text).unwrap(), Duration::from_millis(millis), "{text}");
        }
        for text in [
            "",
            "10",
            "m",
            "10 m",
            "-5m",
            "0s",
            "1.5h",
            "5x",
            "10m5",
            "ü",
            "5ü",
            "99999999999999999999s",
            "18446744073709551615d",
        ] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}

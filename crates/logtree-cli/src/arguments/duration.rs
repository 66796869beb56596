//! How long a level lasts.

use std::time::Duration;

/// Checks a time such as `90s`, `10m`, `1h30m`, `2d`; the endpoint reads it.
pub(super) fn check(text: &str) -> Result<String, String> {
    // A fleet has levels that do not end, if they are asked for.
    if cfg!(feature = "fleet") && text == "never" {
        return Ok(text.to_owned());
    }
    parse(text).map(|_| text.to_owned())
}

/// Returns such a time, which is not zero.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || "expected numbers with the units d, h, m, s or ms, such as 10m".to_owned();
    let mut all = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let end =
            |is_part: fn(char) -> bool, of: &str| of.find(|c| !is_part(c)).unwrap_or(of.len());
        let (number, tail) = rest.split_at(end(|c| c.is_ascii_digit(), rest));
        let (unit, tail) = tail.split_at(end(|c| c.is_ascii_alphabetic(), tail));
        let number = number.parse::<u64>().map_err(|_| wrong())?;
        let part = match unit {
            "d" => Duration::from_secs(number.saturating_mul(86_400)),
            "h" => Duration::from_secs(number.saturating_mul(3_600)),
            "m" => Duration::from_secs(number.saturating_mul(60)),
            "s" => Duration::from_secs(number),
            "ms" => Duration::from_millis(number),
            _ => return Err(wrong()),
        };
        all = all.saturating_add(part);
        rest = tail;
    }
    match all.is_zero() {
        true => Err(wrong()),
        false => Ok(all),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_sums_of_numbers_with_units() {
        for (text, millis) in [
            ("90s", 90_000),
            ("1h30m", 5_400_000),
            ("2d", 172_800_000),
            ("5ms", 5),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for wrong in ["", "0s", "10", "m", "10x", "-1s", "1 m"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}

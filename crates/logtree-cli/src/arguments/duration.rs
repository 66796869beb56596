//! How long a level lasts.

/// Checks a time such as `90s`, `10m`, `1h30m`, `2d`; the endpoint reads it.
pub(super) fn check(text: &str) -> Result<String, String> {
    let wrong = || "expected numbers with the units d, h, m, s or ms, such as 10m".to_owned();
    let mut rest = text;
    while !rest.is_empty() {
        let end =
            |is_part: fn(char) -> bool, of: &str| of.find(|c| !is_part(c)).unwrap_or(of.len());
        let (number, tail) = rest.split_at(end(|c| c.is_ascii_digit(), rest));
        let (unit, tail) = tail.split_at(end(|c| c.is_ascii_alphabetic(), tail));
        number.parse::<u64>().map_err(|_| wrong())?;
        if !["d", "h", "m", "s", "ms"].contains(&unit) {
            return Err(wrong());
        }
        rest = tail;
    }
    match text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        true => Ok(text.to_owned()),
        false => Err(wrong()),
    }
}

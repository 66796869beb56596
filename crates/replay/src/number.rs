//! Numbers of log libraries: levels and times.

use logtree::Level;
use logtree::time::Timestamp;
use serde_json::Value;

/// Returns the level of a number on Python's scale, which is this crate's.
pub(crate) fn level(value: &Value) -> Option<Level> {
    Some(Level::new(u16::try_from(value.as_u64()?).ok()?))
}

/// Returns the level of a number on the scale of pino and bunyan: 10 is TRACE, 60 is CRITICAL.
pub(crate) fn bunyan_level(value: &Value) -> Option<Level> {
    let number = value.as_u64()?;
    Some(match number {
        0..20 => Level::TRACE,
        20..30 => Level::DEBUG,
        30..40 => Level::INFO,
        40..50 => Level::WARNING,
        50..60 => Level::ERROR,
        _ => Level::CRITICAL,
    })
}

/// Returns a time that is a string in RFC 3339, or a number of seconds, milliseconds, microseconds
/// or nanoseconds since 1970; of the units, the one that gives a year from 1970 on and before 5138.
pub(crate) fn time(value: &Value) -> Option<Timestamp> {
    if let Some(text) = value.as_str() {
        return text.parse().ok();
    }
    if let Some(whole) = value.as_i64() {
        let unit = unit(whole.unsigned_abs() as f64);
        return Some(Timestamp::from_nanos(whole.checked_mul(unit)?));
    }
    let number = value.as_f64()?;
    let unit = unit(number.abs());
    // To the microsecond: a double has no more digits for seconds of today.
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let micros = (number * (unit as f64 / 1e3)) as i64;
    Some(Timestamp::from_nanos(micros.checked_mul(1000)?))
}

/// Returns the nanoseconds of the unit of a time since 1970.
fn unit(number: f64) -> i64 {
    match number {
        ..1e11 => 1_000_000_000,
        ..1e14 => 1_000_000,
        ..1e17 => 1_000,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_in_any_unit() {
        let nanos = 1_795_226_333_426_318_000;
        for value in [
            json!(1795226333.426318),
            json!(1795226333426.318),
            json!(1795226333426318_i64),
            json!(nanos),
            json!("2026-11-21T01:58:53.426318Z"),
            json!("2026-11-21T02:58:53.426318+01:00"),
        ] {
            let found = time(&value).unwrap();
            assert_eq!(found, Timestamp::from_nanos(nanos), "{value}: {found}");
        }
        assert_eq!(time(&json!("yesterday")), None);
        assert_eq!(time(&json!(null)), None);
    }
}

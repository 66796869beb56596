//! Levels as OpenTelemetry knows them.

use crate::level::Level;

/// Returns the severity number of a level: that of OpenTelemetry's SDK for Python, in which the
/// first four numbers of a named level and those above it have one each; and 1 to 4 below 10.
pub(super) fn severity(level: Level) -> i32 {
    let number = i32::from(level.number());
    let (base, from) = match number {
        50.. => (21, 50),
        40.. => (17, 40),
        30.. => (13, 30),
        20.. => (9, 20),
        10.. => (5, 10),
        // `TRACE` is 5.
        _ => (1, 5),
    };
    base + (number - from).clamp(0, 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_pythons_sdk() {
        for (number, expected) in [
            (0, 1),
            (5, 1),
            (6, 2),
            (8, 4),
            (9, 4),
            (10, 5),
            (13, 8),
            (14, 8),
            (19, 8),
            (20, 9),
            (23, 12),
            (29, 12),
            (30, 13),
            (33, 16),
            (39, 16),
            (40, 17),
            (43, 20),
            (49, 20),
            (50, 21),
            (53, 24),
            (54, 24),
            (u16::MAX, 24),
        ] {
            assert_eq!(severity(Level::new(number)), expected, "{number}");
        }
    }
}

//! Levels as syslog knows them.

use crate::level::level::Level;

/// Returns the severity of syslog for a level: that of the nearest named level at or below it.
pub(crate) fn severity(level: Level) -> u8 {
    match level.number() {
        50.. => 2,
        40.. => 3,
        30.. => 4,
        // NOTICE, where a program has such a level.
        25.. => 5,
        20.. => 6,
        _ => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_counts_as_the_named_one_below() {
        for (number, expected) in [
            (u16::MAX, 2),
            (50, 2),
            (49, 3),
            (40, 3),
            (39, 4),
            (30, 4),
            (29, 5),
            (25, 5),
            (24, 6),
            (20, 6),
            (19, 7),
            (0, 7),
        ] {
            assert_eq!(severity(Level::new(number)), expected, "{number}");
        }
    }
}

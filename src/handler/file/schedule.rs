//! When a file is rotated by time.

use chrono::{Datelike, Timelike};

use crate::error::{Error, ErrorKind};
use crate::formatter::TimeZone;
use crate::handler::file::suffix::Suffix;
use crate::handler::file::when::When;

const DAY: i64 = 24 * 60 * 60;

/// Points in time at which a file is rotated. Times are seconds since the epoch.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    when: When,
    /// How many of them make an interval.
    every: u32,
    /// Seconds since midnight.
    time_of_day: Option<i64>,
    pub(super) zone: TimeZone,
    /// The names of rotated files.
    pub(super) suffix: Suffix,
}

impl Schedule {
    pub(super) fn new(
        when: When,
        every: u32,
        time_of_day: Option<(u8, u8, u8)>,
        zone: TimeZone,
    ) -> Result<Self, Error> {
        let invalid = |what: String| Err(Error::new(ErrorKind::InvalidRollover, what));
        if let When::Weekday(day @ 7..) = when {
            return invalid(format!(
                "invalid rollover day {day}: expected 0 (Monday) to 6"
            ));
        }
        if every == 0 {
            return invalid("invalid rollover interval: it must be at least 1".to_owned());
        }
        let time_of_day = match time_of_day {
            Some((hour @ ..24, minute @ ..60, second @ ..60)) => {
                Some((i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second))
            }
            Some((hour, minute, second)) => {
                return invalid(format!("no time of day: {hour:02}:{minute:02}:{second:02}"));
            }
            None => None,
        };
        Ok(Self {
            when,
            every,
            time_of_day,
            zone,
            suffix: Suffix::of(when),
        })
    }

    /// Sets the format of the times in names.
    ///
    /// # Errors
    /// Those of [`Suffix::new`].
    pub(super) fn with_suffix(mut self, format: &str) -> Result<Self, Error> {
        self.suffix = Suffix::new(format, self.when)?;
        Ok(self)
    }

    fn interval(&self) -> i64 {
        self.when.seconds() * i64::from(self.every)
    }

    /// The first rotation after a time. Python's `computeRollover`.
    pub(super) fn next(&self, now: i64) -> i64 {
        let weekday = match self.when {
            When::Midnight => None,
            When::Weekday(day) => Some(i64::from(day)),
            _ => return now + self.interval(),
        };
        let Some(local) = self.zone.at(now) else {
            return now + self.interval();
        };
        let since_midnight = i64::from(local.num_seconds_from_midnight());
        let mut day = i64::from(local.weekday().num_days_from_monday());
        let mut wait = self.time_of_day.unwrap_or(DAY) - since_midnight;
        if wait <= 0 {
            // Today's has been.
            wait += DAY;
            day = (day + 1) % 7;
        }
        if let Some(weekday) = weekday {
            wait += (weekday - day).rem_euclid(7) * DAY;
        }
        // The first of the days or weeks was counted already.
        let result = now + wait + self.interval() - self.when.seconds();
        self.at_the_same_clock_time(now, result)
    }

    /// Corrects a time that was counted in days of 24 hours for a change to or from summer time in
    /// between.
    fn at_the_same_clock_time(&self, now: i64, then: i64) -> i64 {
        let offset = |time| {
            let local = self.zone.at(time);
            local.map_or(0, |local| i64::from(local.offset().local_minus_utc()))
        };
        let later = offset(then) - offset(now);
        // A clock time that the change leaves out comes that much later.
        if later > 0 && offset(then - later) != offset(then) {
            return then;
        }
        then - later
    }

    /// The name of the interval that ends at a rotation: its start, as text.
    pub(super) fn name_of_interval_before(&self, rollover: i64, now: i64) -> String {
        let start = rollover - self.interval();
        let offset = |time| {
            self.zone
                .at(time)
                .map_or(0, |local| i64::from(local.offset().local_minus_utc()))
        };
        // As Python has it: by the clock of now.
        let start = start + offset(now) - offset(start);
        match self.zone.at(start) {
            Some(local) => local.format(self.suffix.format()).to_string(),
            None => start.to_string(),
        }
    }
}

impl Schedule {
    /// The name of an interval that is still to come, whatever the zone.
    pub(super) fn name_of_a_time_to_come(&self, now: i64) -> String {
        match self.zone.at(now.saturating_add(2 * DAY)) {
            Some(local) => local.format(self.suffix.format()).to_string(),
            // After all names.
            None => ":".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(when: When, every: u32, time_of_day: Option<(u8, u8, u8)>) -> Schedule {
        Schedule::new(when, every, time_of_day, TimeZone::Utc).unwrap()
    }

    /// Python: `computeRollover` at midnight.
    #[test]
    fn the_first_rotations_after_the_epoch() {
        for (when, single, triple) in [
            (When::Second, 1, 3),
            (When::Minute, 60, 180),
            (When::Hour, 3600, 10_800),
            (When::Day, 86_400, 259_200),
            (When::Midnight, 86_400, 259_200),
            (When::Weekday(0), 432_000, 1_641_600),
            (When::Weekday(3), 86_400, 1_296_000),
            (When::Weekday(6), 345_600, 1_555_200),
        ] {
            assert_eq!(schedule(when, 1, None).next(0), single, "{when}");
            assert_eq!(schedule(when, 3, None).next(0), triple, "{when}");
        }
        assert_eq!(schedule(When::Day, 1, None).next(36_000), 122_400);
        assert_eq!(schedule(When::Midnight, 1, None).next(36_000), 86_400);
    }

    /// Python: `computeRollover` for weekdays.
    #[test]
    fn at_a_time_of_day() {
        let noon = schedule(When::Midnight, 1, Some((12, 0, 0)));
        for (now, next) in [
            (0, 43_200),
            (43_199, 43_200),
            (43_200, 129_600),
            (46_800, 129_600),
        ] {
            assert_eq!(noon.next(now), next, "{now}");
        }
    }

    /// Python: the argument `when`.
    #[test]
    fn whens_are_read_and_refused() {
        for (text, when) in [
            ("s", When::Second),
            ("Midnight", When::Midnight),
            ("w0", When::Weekday(0)),
        ] {
            assert_eq!(text.parse::<When>().unwrap(), when);
        }
        for text in ["X", "", "5", "W", "W00", "W7", "W-1", "HOUR"] {
            let error = text.parse::<When>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRollover, "{text}");
        }
        assert!(Schedule::new(When::Weekday(7), 1, None, TimeZone::Utc).is_err());
        assert!(Schedule::new(When::Day, 0, None, TimeZone::Utc).is_err());
        assert!(Schedule::new(When::Midnight, 1, Some((24, 0, 0)), TimeZone::Utc).is_err());
    }
}

//! How many panics of a location are logged: [`Limit`].

use std::panic::Location;
use std::time::Duration;

use crate::sys::host::Instant;

/// How many records a location may have in [`PERIOD`].
const RECORDS: usize = 10;
const PERIOD: Duration = Duration::from_secs(1);

/// How many locations are remembered; the one that is longest past makes room.
const LOCATIONS: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Limit(Vec<Seen>);

/// A location that panicked.
#[derive(Debug)]
struct Seen {
    file: Box<str>,
    line: u32,
    column: u32,
    /// The times of the records in the last period, in order.
    logged: Vec<Instant>,
    suppressed: u64,
}

impl Limit {
    /// Returns how many panics of the location were left out since its last record; `None` if this
    /// one is left out too.
    pub(super) fn passes(&mut self, location: Option<&Location<'_>>, now: Instant) -> Option<u64> {
        let (file, line, column) = location.map_or(("", 0, 0), |location| {
            (location.file(), location.line(), location.column())
        });
        let is_it = |seen: &Seen| seen.line == line && seen.column == column && *seen.file == *file;
        let at = self.0.iter().position(is_it).unwrap_or_else(|| {
            self.make_room();
            self.0.push(Seen {
                file: file.into(),
                line,
                column,
                logged: Vec::new(),
                suppressed: 0,
            });
            self.0.len() - 1
        });
        self.0.get_mut(at)?.passes(now)
    }

    fn make_room(&mut self) {
        if self.0.len() >= LOCATIONS {
            let places = self.0.iter().enumerate();
            if let Some((oldest, _)) = places.min_by_key(|(_, seen)| seen.logged.last().copied()) {
                self.0.swap_remove(oldest);
            }
        }
    }
}

impl Seen {
    fn passes(&mut self, now: Instant) -> Option<u64> {
        self.logged
            .retain(|time| now.saturating_duration_since(*time) < PERIOD);
        if self.logged.len() >= RECORDS {
            self.suppressed += 1;
            return None;
        }
        self.logged.push(now);
        Some(std::mem::take(&mut self.suppressed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_in_any_second_for_each_location() {
        let (here, there) = (Location::caller(), None);
        let start = Instant::now();
        let mut limit = Limit::default();
        for n in 0..10 {
            let time = start + Duration::from_millis(50 * n);
            assert_eq!(limit.passes(Some(here), time), Some(0));
        }
        for later in [500, 999] {
            let time = start + Duration::from_millis(later);
            assert_eq!(limit.passes(Some(here), time), None);
            assert_eq!(limit.passes(there, time), Some(0));
        }
        // One second after the first, one more.
        let time = start + PERIOD;
        assert_eq!(limit.passes(Some(here), time), Some(2));
        assert_eq!(limit.passes(Some(here), time), None);
    }

    #[test]
    fn the_oldest_of_many_locations_is_forgotten() {
        let start = Instant::now();
        let mut limit = Limit::default();
        for line in 0..1000 {
            limit.make_room();
            limit.0.push(Seen {
                file: "a.rs".into(),
                line,
                column: 1,
                logged: vec![start + Duration::from_millis(line.into())],
                suppressed: 0,
            });
        }
        assert_eq!(limit.0.len(), LOCATIONS);
        assert!(limit.0.iter().all(|seen| seen.line >= 744));
    }
}

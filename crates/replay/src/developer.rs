//! The layout for reading: [`Developer`].

use logtree::formatter::{Colors, Format, Line, TimeZone};
use logtree::{Error, Formatter, Record};

/// Writes `22:40:48.123 INFO     app.db: connected port=5432`, without the name and its colon if
/// there is no name.
pub(crate) struct Developer {
    named: Formatter,
    unnamed: Formatter,
}

impl Developer {
    pub(crate) fn new(zone: TimeZone) -> Result<Self, Error> {
        let formatter = |rest: &str| {
            Formatter::builder()
                .format(format!("%(asctime)s %(levelname)-8s {rest}"))
                .date_format("%H:%M:%S%.3f")
                .time_zone(zone)
                .colors(Colors::default())
                .build()
        };
        Ok(Self {
            named: formatter("%(name)s: %(message)s")?,
            unnamed: formatter("%(message)s")?,
        })
    }
}

impl Format for Developer {
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        let formatter = match record.name() {
            "" => &self.unnamed,
            _ => &self.named,
        };
        formatter.format(record, line)
    }
}

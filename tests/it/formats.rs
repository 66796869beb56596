//! The types from which users build formatters, clocks and records.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use logtree::formatter::{Format, Line, format_fn};
use logtree::record::OwnedValue;
use logtree::time::{Clock, ManualClock, Timestamp};
use logtree::{Error, Formatter, Level, Record, Registry};

fn text(format: impl Format, record: &Record<'_>) -> Result<String, Error> {
    let mut line = Line::new();
    format.format(record, &mut line)?;
    Ok(line.as_str().to_owned())
}

/// The program of the documentation: every step by `?`, and no line can be forged.
struct Logfmt;

impl Format for Logfmt {
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        write!(line, "time={} level={} msg=", record.time(), record.level())?;
        line.push_escaped(record.message());
        record
            .key_values()
            .try_for_each(|key, value| write!(line, " {key}={value}"))
    }
}

#[test]
fn a_formatter_of_ones_own_needs_no_helpers() {
    let record = Record::builder()
        .level(Level::WARN)
        .message("a\nb\x1b[2J")
        .time(Timestamp::from_nanos(1_500_000_000))
        .key_value("n", 1)
        .build();
    let shown = r"time=1970-01-01T00:00:01.500Z level=WARNING msg=a\nb\x1b[2J n=1";
    assert_eq!(text(Logfmt, &record).unwrap(), shown);
    assert_eq!(text(Box::new(Logfmt), &record).unwrap(), shown);
    assert_eq!(
        text(Arc::new(Logfmt) as Arc<dyn Format>, &record).unwrap(),
        shown
    );
    let closure = format_fn(|record, line| write!(line, "{:<8}|", record.level()));
    assert_eq!(text(closure, &record).unwrap(), "WARNING |");
}

/// A second `Line` inside a formatter, as of a `Display` that logs, is another buffer.
#[test]
fn lines_inside_lines_are_apart() {
    let inner = Formatter::new("%(message)s").unwrap();
    let outer = format_fn(|record: &Record<'_>, line: &mut Line| {
        line.push_str("<");
        let mut other = Line::new();
        inner.format(record, &mut other)?;
        line.push_str(other.as_str());
        line.push_str(">");
        Ok(())
    });
    let record = Record::builder().message("m").build();
    assert_eq!(text(outer, &record).unwrap(), "<m>");
}

#[test]
fn clocks_are_shared_by_their_clones_and_pointers() {
    let clock = ManualClock::new(Timestamp::from_nanos(5));
    let pointers: [Box<dyn Clock>; 3] = [
        Box::new(clock.clone()),
        Box::new(Arc::new(clock.clone())),
        Box::new(Box::new(clock.clone()) as Box<dyn Clock>),
    ];
    let registry = Registry::builder().clock(clock.clone()).build();
    clock.advance(Duration::from_nanos(2));
    for pointer in &pointers {
        assert_eq!(pointer.now(), Timestamp::from_nanos(7));
    }
    let logger = registry.get_logger("a");
    let record = logger.record_builder(Level::INFO).build();
    assert_eq!(record.time(), clock.now());
    assert!(Timestamp::now() > Timestamp::default());
}

#[test]
fn key_values_are_iterated() {
    let record = Record::builder()
        .key_value("a", 1)
        .key_value("b", "x")
        .build();
    let key_values = record.key_values();
    let map: BTreeMap<_, _> = key_values
        .into_iter()
        .map(|(key, value)| (key.to_string(), value.to_string()))
        .collect();
    assert_eq!(
        map,
        BTreeMap::from([("a".into(), "1".into()), ("b".into(), "x".into())])
    );
    let last = (&key_values).into_iter().next_back();
    assert_eq!(last.unwrap().0.as_str(), "b");
    assert_eq!((key_values.len(), key_values.iter().len()), (2, 2));
}

#[test]
fn kept_records_are_lent_again() {
    let list = OwnedValue::List(vec![1.into(), "x".into()]);
    let record = Record::builder()
        .message("m")
        .key_value("list", list.clone())
        .build();
    let kept = record.to_owned_record();
    assert_eq!(kept.key_value("list"), Some(&list));
    let lent = Record::from(&kept);
    assert_eq!(
        text(Formatter::default(), &lent).unwrap(),
        r#"m list="[1, \"x\"]""#
    );
    let mut changed = lent.clone();
    changed.set_level(log::Level::Error);
    assert_eq!(
        (changed.level(), lent.level()),
        (Level::ERROR, Level::NOTSET)
    );
}

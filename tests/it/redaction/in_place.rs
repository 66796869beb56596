//! Lines that are redacted in place are those that a filtered record gives.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use logtree::filter::RedactingFilter;
use logtree::formatter::{Format, JsonFormatter, JsonTime, LogfmtFormatter, Multiline};
use logtree::handler::StreamHandler;
use logtree::{Formatter, Handler, Record, Registry};

use super::corpus;
use crate::support::Text;

/// Two handlers, of which the first redacts in place. The second has a filter more, so that its
/// formatter is given records that were filtered.
struct Both([(Registry, Text); 2]);

impl Both {
    fn new(formatter: impl Format + Clone + 'static) -> Self {
        Self([1, 2].map(|filters| {
            let text = Text::default();
            let handler = StreamHandler::new(text.clone()).with_formatter(formatter.clone());
            let handler = Handler::from(handler);
            handler.add_filter(RedactingFilter::credentials());
            if filters == 2 {
                handler.add_filter(|_: &mut Record<'_>| true);
            }
            let registry = Registry::new();
            registry.root().add_handler(handler);
            (registry, text)
        }))
    }

    /// Logs a message by each, and returns their lines.
    fn lines(&self, message: &dyn fmt::Display) -> [String; 2] {
        self.0.each_ref().map(|(registry, text)| {
            logtree::warn!(registry.root(), "{message}");
            text.take()
        })
    }
}

fn formatter(template: &str, multiline: Multiline) -> Formatter {
    let builder = Formatter::builder().format(template).multiline(multiline);
    builder.build().unwrap()
}

#[test]
fn both_ways_write_the_same_lines() {
    const ONCE: &str = "%(name)s [%(levelname)s] %(message)s.";
    const TWICE: &str = "%(message)s|%(levelname)s|%(message)40s|%(message).9s";
    let all = [
        Both::new(formatter(ONCE, Multiline::Raw)),
        Both::new(formatter(ONCE, Multiline::Indent)),
        Both::new(formatter(ONCE, Multiline::Escape)),
        Both::new(formatter(TWICE, Multiline::Escape)),
        Both::new(JsonFormatter::builder().time(JsonTime::Omitted).build()),
        Both::new(
            JsonFormatter::builder()
                .ecs()
                .time(JsonTime::Omitted)
                .build(),
        ),
        Both::new(LogfmtFormatter::new().with_time(JsonTime::Omitted)),
        // Not one of the crate's, and it shows more than the message as it is.
        Both::new(logtree::formatter::format_fn(|record, line| {
            write!(line, "{:?} ", record.message())?;
            formatter(ONCE, Multiline::Raw).format(record, line)
        })),
    ];
    let mut changed = 0;
    for text in corpus::all() {
        for both in &all {
            let [in_place, filtered] = both.lines(&text);
            assert_eq!(in_place, filtered);
            changed += usize::from(filtered.contains("***"));
        }
    }
    assert!(changed > 5000, "{changed}");
}

/// An invisible character is escaped in the line, so that the name is not a name there.
#[test]
fn what_escapes_hide_is_found() {
    for (message, expected) in [
        ("pass\u{200b}word=hunter2", "pass\\u{200b}word=***\n"),
        ("token:\thunter2345", "token:\t***\n"),
        ("password\n=hunter2", "password\n    ***\n"),
    ] {
        let both = Both::new(formatter("%(message)s", Multiline::Indent));
        let [in_place, filtered] = both.lines(&message);
        assert_eq!((&*in_place, &*filtered), (expected, expected));
    }
}

/// In the line, such a value has no name.
#[test]
fn a_value_without_its_name_is_redacted() {
    let registry = Registry::new();
    let text = Text::default();
    let handler = Handler::from(StreamHandler::new(text.clone()));
    handler.set_formatter(formatter("%(message)s %(password)s", Multiline::Raw));
    handler.add_filter(RedactingFilter::credentials());
    registry.root().add_handler(handler);
    logtree::warn!(registry.root(), password = "rosebud99"; "log-in of {}", "ann");
    assert_eq!(text.take(), "log-in of ann ***\n");
}

#[test]
fn arguments_are_formatted_once() {
    struct Counts(Cell<u32>, &'static str);

    impl fmt::Display for Counts {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.set(self.0.get() + 1);
            f.write_str(self.1)
        }
    }

    for shown in ["nothing here", "password=hunter2", "password=hunter2\n"] {
        let both = Both::new(formatter("%(message)s", Multiline::Indent));
        let counts = Counts(Cell::new(0), shown);
        let [(registry, _), _] = &both.0;
        logtree::warn!(registry.root(), "{counts}");
        assert_eq!(counts.0.get(), 1, "{shown:?}");
    }
}

/// A writer that fails.
struct Broken;

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("broken"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A writer that panics.
struct Panics;

impl Write for Panics {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        panic!("on purpose")
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_hook_is_given_a_redacted_record() {
    let further = |record: &mut Record<'_>| {
        assert!(!record.message().contains("filter"), "on purpose");
        true
    };
    for (message, expected) in [
        ("password=hunter2", "password=***"),
        (
            "password=hunter2 panics in a filter",
            "password=*** panics in a filter",
        ),
    ] {
        for handler in [StreamHandler::new(Broken), StreamHandler::new(Panics)] {
            let seen = seen_by_hook(handler, message, |handler| {
                handler.add_filter(further);
                handler.add_filter(RedactingFilter::credentials());
            });
            assert_eq!(seen, expected);
        }
    }
    for handler in [StreamHandler::new(Broken), StreamHandler::new(Panics)] {
        let seen = seen_by_hook(handler, "password=hunter2", |handler| {
            handler.add_filter(RedactingFilter::credentials());
        });
        assert_eq!(seen, "password=***");
    }
}

/// Neither does the call panic, nor is a secret shown.
#[test]
fn a_pattern_that_panics_shows_nothing() {
    let pattern = |_: &str| -> Option<std::ops::Range<usize>> { panic!("on purpose") };
    for further in [false, true] {
        let handler = StreamHandler::new(Text::default());
        let seen = seen_by_hook(handler, "password=hunter2", |handler| {
            handler.add_filter(RedactingFilter::credentials().with_pattern(pattern));
            if further {
                handler.add_filter(|_: &mut Record<'_>| true);
            }
        });
        assert_eq!(seen, "a record that could not be redacted");
    }
}

/// Logs a message, and returns that of the record that the error hook is given.
fn seen_by_hook(
    handler: StreamHandler,
    message: &'static str,
    add_filters: impl FnOnce(&Handler),
) -> String {
    let registry = Registry::new();
    let seen = Arc::new(Mutex::new(String::new()));
    let handler = Handler::from(handler);
    add_filters(&handler);
    let shown = Arc::clone(&seen);
    handler.set_error_hook(move |failure| {
        *shown.lock().unwrap() = failure.record().message().to_owned();
    });
    registry.root().add_handler(handler);
    logtree::warn!(registry.root(), "{}", message);
    let seen = seen.lock().unwrap();
    seen.clone()
}

//! Handlers with equal formatters: one of them formats a record's line, all write it.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Write};

use logtree::filter::{RedactingFilter, SecretClass};
use logtree::formatter::{ColorChoice, Colors, Format, JsonFormatter, LogfmtFormatter, Multiline};
use logtree::handler::{DropReason, FileHandler, StreamHandler};
use logtree::{Formatter, Level, Logger, Registry};

use crate::support::Text;

/// A value that counts how often it is displayed, and shows the number.
#[derive(Default)]
struct Shown(Cell<u32>);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.set(self.0.get() + 1);
        write!(f, "{}", self.0.get())
    }
}

/// A logger with a handler for each formatter, and what they write.
fn logger_to(formatters: Vec<Box<dyn Format>>) -> (Logger, Vec<Text>) {
    let logger = Registry::new().get_logger("app");
    logger.set_level(Level::INFO);
    let mut texts = Vec::new();
    for formatter in formatters {
        let text = Text::default();
        logger.add_handler(StreamHandler::new(text.clone()).with_formatter(formatter));
        texts.push(text);
    }
    (logger, texts)
}

fn boxed(formatter: impl Format + 'static) -> Box<dyn Format> {
    Box::new(formatter)
}

fn all(texts: &[Text]) -> Vec<String> {
    texts.iter().map(Text::take).collect()
}

/// How often a key-value is displayed, by handlers with these formatters.
fn times_shown(formatters: Vec<Box<dyn Format>>) -> u32 {
    let (logger, texts) = logger_to(formatters);
    let shown = Shown::default();
    logtree::info!(logger, shown:%; "text {}", 1);
    for text in texts {
        assert!(text.get().contains("text 1"), "{}", text.get());
    }
    shown.0.get()
}

#[test]
fn a_line_is_formatted_once_for_handlers_with_equal_formatters() {
    let text = || boxed(Formatter::new("%(levelname)-8s %(name)s %(message)s").unwrap());
    assert_eq!(times_shown(vec![text(), text(), text()]), 1);
    let json = || boxed(JsonFormatter::builder().source(true).build());
    assert_eq!(times_shown(vec![json(), json()]), 1);
    assert_eq!(
        times_shown(vec![
            boxed(LogfmtFormatter::new()),
            boxed(LogfmtFormatter::new())
        ]),
        1
    );
    // Two of three, and one of another kind.
    assert_eq!(times_shown(vec![text(), json(), text()]), 2);
}

#[test]
fn formatters_that_differ_share_nothing() {
    let raw = Formatter::builder().multiline(Multiline::Raw);
    let pairs = [
        [boxed(Formatter::default()), boxed(raw.build().unwrap())],
        [
            boxed(JsonFormatter::new()),
            boxed(JsonFormatter::builder().source(true).build()),
        ],
        [boxed(LogfmtFormatter::new()), boxed(JsonFormatter::new())],
        // A user's own, of which nothing is known.
        [
            boxed(logtree::formatter::format_fn(|record, line| {
                write!(
                    line,
                    "{} {}",
                    record.message(),
                    record.key_values().get("shown").unwrap()
                )
            })),
            boxed(logtree::formatter::format_fn(|record, line| {
                write!(
                    line,
                    "{} {}",
                    record.message(),
                    record.key_values().get("shown").unwrap()
                )
            })),
        ],
    ];
    for pair in pairs {
        assert_eq!(times_shown(pair.into()), 2);
    }
}

#[test]
fn each_sink_ends_the_line_in_its_way() {
    let folder = tempfile::tempdir().unwrap();
    let logger = Registry::new().get_logger("app");
    logger.set_level(Level::INFO);
    let formatter = Formatter::new("%(levelname)s %(message)s").unwrap();
    let texts: Vec<_> = ["\r\n", "\n", ""]
        .map(|end| {
            let text = Text::default();
            let handler = StreamHandler::new(text.clone()).with_terminator(end);
            logger.add_handler(handler.with_formatter(formatter.clone()));
            text
        })
        .into();
    let path = folder.path().join("app.log");
    logger.add_handler(FileHandler::open(&path).unwrap().with_formatter(formatter));
    for n in 0..2 {
        logtree::info!(logger, "line {}", n);
    }
    assert_eq!(
        all(&texts),
        [
            "INFO line 0\r\nINFO line 1\r\n",
            "INFO line 0\nINFO line 1\n",
            "INFO line 0INFO line 1"
        ]
    );
    assert_eq!(
        std::fs::read_to_string(path).unwrap(),
        "INFO line 0\nINFO line 1\n"
    );
}

/// A stream with colours needs another line, but the arguments are not formatted again.
#[test]
fn a_handler_that_shows_colours_has_its_own_line() {
    let logger = Registry::new().get_logger("app");
    logger.set_level(Level::INFO);
    let formatter = Formatter::builder()
        .format("%(levelname)s %(message)s")
        .colors(Colors::default());
    let formatter = formatter.build().unwrap();
    let choices = [ColorChoice::Never, ColorChoice::Always, ColorChoice::Never];
    let texts: Vec<_> = choices
        .map(|choice| {
            let text = Text::default();
            let handler = StreamHandler::new(text.clone()).with_color(choice);
            logger.add_handler(handler.with_formatter(formatter.clone()));
            text
        })
        .into();
    let shown = Shown::default();
    logtree::info!(logger, "{}", shown);
    logtree::info!(logger, "{}\n", shown);
    let plain = "INFO 1\nINFO 2\n";
    assert_eq!(
        all(&texts),
        [
            plain,
            "\x1b[32mINFO\x1b[0m 1\n\x1b[32mINFO\x1b[0m 2\n",
            plain
        ]
    );
}

#[test]
fn redaction_is_that_of_each_handler() {
    let logger = Registry::new().get_logger("app");
    logger.set_level(Level::INFO);
    let filters = [0, 0, 1].map(|other| match other {
        0 => RedactingFilter::credentials(),
        _ => RedactingFilter::credentials().with_name("zebra"),
    });
    let texts: Vec<_> = filters
        .each_ref()
        .map(|filter| {
            let text = Text::default();
            let handler = StreamHandler::new(text.clone()).with_formatter(Formatter::default());
            handler.add_filter(filter.clone());
            logger.add_handler(handler);
            text
        })
        .into();
    let shown = Shown::default();
    logtree::info!(logger, "plain {}", shown);
    logtree::info!(logger, "password=hunter{}", shown);
    logtree::info!(logger, "zebra=stripes{}", shown);
    logtree::info!(logger, password = "hunter2"; "with a value {}", shown);
    let shared = "plain 1\npassword=***\nzebra=stripes3\nwith a value 4 password=***\n";
    let other = "plain 1\npassword=***\nzebra=***\nwith a value 4 password=***\n";
    assert_eq!(all(&texts), [shared, shared, other]);
    assert_eq!(
        filters.map(|filter| filter.found(SecretClass::Password)),
        [2, 2, 2]
    );
}

#[test]
fn a_sink_that_fails_takes_nothing_from_the_others() {
    struct Fails;
    impl Write for Fails {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let formatter = Formatter::new("<%(message)s>").unwrap();
    let (logger, texts) = logger_to(vec![boxed(formatter.clone()), boxed(formatter.clone())]);
    let failing = StreamHandler::new(Fails).with_formatter(formatter);
    let reported = Text::default();
    let hook = reported.clone();
    failing.set_error_hook(move |failure| {
        let _ = hook.clone().write(failure.record().message().as_bytes());
    });
    let last = logger.remove_handler(&logger.handlers()[1]);
    assert!(last);
    logger.add_handler(failing.clone());
    let text = Text::default();
    logger.add_handler(
        StreamHandler::new(text.clone()).with_formatter(Formatter::new("<%(message)s>").unwrap()),
    );
    let shown = Shown::default();
    logtree::info!(logger, "{}", shown);
    assert_eq!(
        (texts[0].get(), text.get()),
        ("<1>\n".into(), "<1>\n".into())
    );
    // The hook reads the text that the others have written.
    assert_eq!(reported.get(), "1");
    assert_eq!(failing.counters().dropped_for(DropReason::Io), 1);
}

/// As many as without a shared line.
#[test]
fn missing_fields_are_counted_by_each_handler() {
    let formatter = Formatter::new("%(request)s %(message)s").unwrap();
    let (logger, texts) = logger_to(vec![boxed(formatter.clone()), boxed(formatter.clone())]);
    logtree::info!(logger, "text");
    assert_eq!(all(&texts), ["- text\n", "- text\n"]);
    assert_eq!(formatter.missing_fields(), 2);
}

/// A handler that gets another formatter leaves the others' line at once.
#[test]
fn a_new_formatter_is_in_effect_at_once() {
    let formatter = Formatter::new("a %(message)s").unwrap();
    let (logger, texts) = logger_to(vec![boxed(formatter.clone()), boxed(formatter)]);
    logtree::info!(logger, "1");
    logger.handlers()[1].set_formatter(Formatter::new("b %(message)s").unwrap());
    logtree::info!(logger, "2");
    logger.handlers()[1].set_level(Level::ERROR);
    logtree::info!(logger, "3");
    assert_eq!(all(&texts), ["a 1\na 2\na 3\n", "a 1\nb 2\n"]);
}

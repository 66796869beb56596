//! The macros: what can stand in them, and what they evaluate.

use std::cell::Cell;
use std::fmt;

use logtree::{Capture, Level, OwnedValue, Registry};

#[test]
fn all_levels_and_all_forms() {
    let registry = Registry::new();
    let logger = registry.get_logger("m");
    let capture = Capture::new(&logger);
    let user = "ann";
    logtree::trace!(logger, "plain");
    logtree::debug!(&logger, "args {} {user} {x:>3}", 1, x = 2);
    logtree::info!(logger, user = user, size = 3; "kv");
    logtree::warn!(logger, user, debug:? = Some(1), shown:% = 1.5, user:%; "captures {}", 1);
    logtree::error!(logger, "http.status" = 200; "a text as key");
    logtree::critical!(logger: logger, user = 1; "named logger");
    logtree::log!(logger, Level::new(25), "level {}", 25);
    logtree::log!(logger: logger, Level::new(25), user = 1; "both named");
    logtree::info!(registry.get_logger("m.child"), concat!("an", " expression"));
    let expected = [
        "plain",
        "args 1 ann   2",
        "kv",
        "captures 1",
        "a text as key",
        "named logger",
        "level 25",
        "both named",
        "an expression",
    ];
    assert_eq!(capture.messages(), expected);
    let records = capture.records();
    assert_eq!(
        [5, 10, 20, 30, 40, 50, 25, 25, 20].map(Level::new).to_vec(),
        records.iter().map(|r| r.level()).collect::<Vec<_>>()
    );
    assert_eq!(
        records[2].key_values().collect::<Vec<_>>(),
        [("user", &"ann".into()), ("size", &3_i32.into())]
    );
    let captures = [
        ("user", "ann"),
        ("debug", "Some(1)"),
        ("shown", "1.5"),
        ("user", "ann"),
    ];
    assert!(
        records[3].key_values().eq(captures
            .map(|(key, text)| (key, OwnedValue::from(text)))
            .iter()
            .map(|(k, v)| (*k, v)))
    );
    assert_eq!(records[4].key_value("http.status"), Some(&200_i32.into()));
}

#[test]
fn without_a_logger_it_is_the_modules_own() {
    let logger = logtree::get_logger(module_path!());
    let capture = Capture::of_this_thread(&logger);
    let count = 2;
    logtree::warn!("plain");
    logtree::warn!("with {} {count}", 1);
    logtree::warn!(count = count; "kv");
    logtree::warn!(count:?; "captured");
    logtree::warn!(count; "alone");
    logtree::warn!("text key" = 1; "text");
    logtree::log!(Level::ERROR, "log");
    logtree::log!(Level::ERROR, count = 1, other = 2; "log kv");
    assert_eq!(capture.len(), 8);
    assert!(
        capture
            .records()
            .iter()
            .all(|record| record.name() == module_path!().replace("::", "."))
    );
    assert!(logtree::log_enabled!(Level::WARNING));
    assert!(logtree::log_enabled!(logger, Level::WARNING));
    assert!(!logtree::log_enabled!(Registry::new().root(), Level::INFO));
}

#[test]
fn nothing_is_evaluated_when_the_level_is_off() {
    let logger = Registry::new().get_logger("off");
    let evaluated = Cell::new(0);
    let costly = || {
        evaluated.set(evaluated.get() + 1);
        1
    };
    logtree::debug!(logger, "{}", costly());
    logtree::debug!(logger, key = costly(); "kv");
    logtree::debug!(logger, key:? = costly(), here:backtrace; "kv");
    logtree::log!(logger, Level::INFO, "{}", costly());
    assert_eq!(evaluated.get(), 0);
    logtree::warn!(logger, key = costly(); "{}", costly());
    assert_eq!(evaluated.get(), 2);
}

#[test]
fn the_source_is_where_the_macro_stands() {
    let registry = Registry::new();
    let logger = registry.get_logger("s");
    let capture = Capture::new(&logger);
    logtree::warn!(logger, "here");
    let line = line!() - 1;
    let in_closure = || logtree::warn!(logger, "in a closure");
    in_closure();
    logger.warning("method");
    let method_line = line!() - 1;
    let records = capture.records();
    let record = records[0].as_record();
    let source = record.source();
    assert_eq!(
        (source.file(), source.line(), source.module_path()),
        (file!(), line, module_path!())
    );
    assert_eq!(source.function(), "the_source_is_where_the_macro_stands");
    assert_eq!(
        records[1].as_record().source().function(),
        "the_source_is_where_the_macro_stands"
    );
    assert_eq!(records[2].as_record().source().line(), method_line);
}

#[derive(Debug)]
struct Failure(&'static str, Option<Box<Failure>>);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.1.as_deref().map(|cause| cause as _)
    }
}

#[test]
fn errors_and_backtraces() {
    let logger = Registry::new().get_logger("e");
    let capture = Capture::new(&logger);
    let error = Failure("outer", Some(Box::new(Failure("inner", None))));
    logtree::error!(logger, error:err, user = 1, second:err = Failure("second", None); "failed");
    logtree::error!(logger, here:backtrace; "failed");
    logger.exception("failed", &error);
    let records = capture.records();
    assert_eq!(records[0].error_text(), Some("outer\ncaused by: inner"));
    assert_eq!(records[0].key_value("second"), Some(&"second".into()));
    assert!(records[0].key_value("error").is_none() && records[0].key_value("user").is_some());
    assert!(
        records[1]
            .as_record()
            .stack()
            .unwrap()
            .contains("errors_and_backtraces")
    );
    assert_eq!(
        (records[2].error_text(), records[2].level()),
        (Some("outer\ncaused by: inner"), Level::ERROR)
    );
}

#[test]
fn the_facades_macros_take_a_logger() {
    let logger = Registry::new().get_logger("s3");
    logger.set_level(Level::DEBUG);
    let capture = Capture::new(&logger);
    log::set_max_level(log::LevelFilter::Trace);
    log::info!(logger: logger, size = 3; "by the facade {}", 1);
    log::trace!(logger: logger, "a capture sees what the level hides");
    assert_eq!(
        capture.messages(),
        ["by the facade 1", "a capture sees what the level hides"]
    );
    let records = capture.records();
    assert_eq!(
        (records[0].name(), records[0].key_value("size")),
        ("s3", Some(&3_i32.into()))
    );
    assert_eq!(records[0].as_record().source().file(), file!());
}

/// What asks for nothing but `{}` is written without `core::fmt`; nobody may be able to tell.
#[test]
fn messages_are_those_of_format() {
    let registry = Registry::new();
    let logger = registry.get_logger("m");
    let capture = Capture::new(&logger);
    struct Shown(&'static str);
    impl fmt::Display for Shown {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.pad(self.0)
        }
    }
    fn generic<T: fmt::Display + ?Sized>(logger: &logtree::Logger, value: &T) {
        logtree::info!(logger, "generic {}", value);
    }
    let mut expected = Vec::new();
    macro_rules! both {
        ($($message:tt)+) => {
            logtree::info!(logger, $($message)+);
            expected.push(format!($($message)+));
        };
    }
    let (text, owned, number) = ("text", String::from("owned"), 5);
    both!("{}", number);
    both!("{} {} {} {}", text, &owned, owned, &&text);
    both!("{}|{}|{}|{}", i8::MIN, i64::MIN, u64::MAX, usize::MAX);
    both!("{}{}{}", true, 'é', 1.50);
    both!("{} {}", u128::MAX, i128::MIN);
    both!("é{}日{}", Shown("a"), std::borrow::Cow::from("b"),);
    both!("{}", format_args!("{}{}", 1, 2));
    both!("{} {x}", 1, x = 2);
    both!("{:>4}|{:?}|{0}|{number:03}", number, text);
    both!("{{}} {}", number);
    both!("{:1$} {:.*} {:p}", number, 3, 2, std::ptr::null::<u8>());
    both!("{:?}", Some([1]));
    both!("{}", [1, 2].iter().map(|n| n * 2).sum::<i32>());
    both!("{}", if number == 5 { "five" } else { "other" });
    let dynamic: Box<dyn fmt::Display> = Box::new(7);
    both!("{} {}", dynamic, &*dynamic);
    generic(&logger, "str");
    generic(&logger, &Shown("shown"));
    expected.extend(["generic str".to_owned(), "generic shown".to_owned()]);
    assert_eq!(capture.messages(), expected);
}

/// Each argument is evaluated once, in order, and not at all when the level is off.
#[test]
fn arguments_of_plain_messages_are_evaluated_once() {
    let registry = Registry::new();
    let logger = registry.get_logger("m");
    let capture = Capture::from_level(&logger, Level::INFO);
    let calls = Cell::new(0);
    let next = || {
        calls.set(calls.get() + 1);
        calls.get()
    };
    logtree::info!(logger, "{} {}", next(), next());
    logtree::debug!(logger, "{} {}", next(), next());
    assert_eq!(capture.messages(), ["1 2"]);
    assert_eq!(calls.get(), 2);
}

/// A logging call can wait in the middle of its arguments, also where the task moves between threads.
#[test]
fn arguments_can_be_awaited() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let logger = Registry::new().get_logger("m");
    let capture = Capture::new(&logger);
    let future = is_send(async {
        logtree::info!(
            logger,
            "{} {}",
            std::future::ready(1).await,
            std::future::ready("b").await
        );
    });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(std::pin::pin!(future).poll(&mut context).is_ready());
    assert_eq!(capture.messages(), ["1 b"]);
}

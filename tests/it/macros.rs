//! The macros: what they accept, and what they evaluate.

use std::cell::{Cell, LazyCell, RefCell};
use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;

use logtree::logger::LoggerAdapter;
use logtree::record::OwnedValue;
use logtree::test::Capture;
use logtree::{Level, Logger, Registry, StaticLogger};
use once_cell::sync::Lazy;

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
    let capture = Capture::thread_local(&logger);
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
    assert!(logtree::log_enabled!(target: "macros.enabled", Level::WARNING));
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
    let record = records[1].as_record();
    let stack = record.stack().unwrap();
    // In a program without symbols, frames have no names.
    let is_named = stack.contains("errors_and_backtraces") || stack.contains("<unknown>");
    assert!(stack.trim_start().starts_with("0: ") && is_named, "{stack}");
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

/// A message whose only placeholders are `{}` is formatted without `core::fmt`, with the same
/// result.
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
    fn generic<T: fmt::Display + ?Sized>(logger: &Logger, value: &T) {
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
    both!("{}{}{}{}{}{}", 1, 2, 3, 4, 5, 6);
    both!("{} {} {} {} {} {} {}", 1, 2, 3, 4, 5, 6, 7);
    both!("{} and more than the sixteen bytes of a short piece", 1);
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
    both!("{:p} {:?}", text, std::ptr::from_ref(&number));
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
    let capture = Capture::builder(&logger).level(Level::INFO).start();
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

/// A logging call can await in its arguments, even if the task moves between threads.
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

/// A format made by a macro, as `format!` takes it.
#[test]
fn a_format_can_be_made_by_a_macro() {
    macro_rules! two {
        ($first:literal) => {
            concat!($first, " {} {}")
        };
    }
    macro_rules! from_a_macro {
        ($logger:expr, $($message:tt)+) => { logtree::warn!($logger, $($message)+) };
    }
    let logger = logtree::get_logger(module_path!());
    let capture = Capture::thread_local(&logger);
    logtree::warn!(concat!("a", " {}"), 1);
    logtree::warn!(two!["b"], 1, 2);
    logtree::warn!(std::concat!("c", "d"));
    logtree::warn!(::std::concat!("e", "{x}"), x = 1);
    logtree::warn!(logger, two!("f"), 1, 2);
    logtree::warn!(logger: logger, key = 1; concat!("g", "h"),);
    logtree::warn!(key = 1; concat!("i", "{}"), 1);
    logtree::log!(Level::WARNING, concat!("j", "{}"), 1);
    logtree::log!(Level::WARNING, ::std::concat!("k"));
    logtree::log!(logger, Level::WARNING, concat!("l", "{}"), 1);
    from_a_macro!(logger, two!("m"), 1, 2);
    from_a_macro!(&logger, "n");
    let expected = [
        "a 1", "b 1 2", "cd", "e1", "f 1 2", "gh", "i1", "j1", "k", "l1", "m 1 2", "n",
    ];
    assert_eq!(capture.messages(), expected);
}

/// The expansions of the macros use no name of the prelude or of the call site.
#[no_implicit_prelude]
mod without_the_prelude {
    #[test]
    fn macros_need_no_prelude() {
        let logger = ::logtree::Registry::new().get_logger("p");
        let adapter = logger.with("id", 1);
        let capture = ::logtree::test::Capture::new(&logger);
        let error = ::std::fmt::Error;
        let x = 1;
        ::logtree::trace!(logger, "plain");
        ::logtree::debug!(logger, "{} {x:?}", x);
        ::logtree::info!(adapter, x, a = 1, b:? = x, c:% = x, error:err, here:backtrace; "{}", 1);
        ::logtree::warn!(logger: logger, "k" = 1; "named {n}", n = 1);
        ::logtree::log!(logger, ::logtree::Level::ERROR, "log");
        ::logtree::critical!("on the module's own {}", 1);
        ::logtree::log!(::logtree::Level::ERROR, x = 1; "on the module's own");
        ::std::assert!(::logtree::log_enabled!(logger, ::logtree::Level::ERROR));
        ::std::assert!(::logtree::log_enabled!(::logtree::Level::ERROR));
        static LOG: ::logtree::StaticLogger = ::logtree::logger!();
        ::logtree::error!(LOG, "static");
        ::std::assert_eq!(capture.len(), 5);
    }
}

/// Names and methods of the call site do not interfere.
#[test]
fn names_at_the_call_do_not_clash() {
    #![allow(non_upper_case_globals, dead_code, reason = "what a program may have")]
    static logger: LazyLock<Logger> = LazyLock::new(|| logtree::get_logger("clash"));
    static level: u8 = 1;
    const value: u8 = 1;
    const argument: u8 = 1;
    struct Some;
    trait Everywhere: Sized {
        fn may_pass(self, _: Level) -> bool {
            false
        }
        fn logger(self, _: &str, _: Level) -> Option<Logger> {
            None
        }
        fn lets_through(self, _: Level) -> bool {
            false
        }
    }
    impl<T> Everywhere for T {}
    let capture = Capture::new(&*logger);
    logtree::warn!(logger, level, value = value; "{} {}", argument, level);
    logtree::info!(target_of(&logger), level = level; "{}", value);
    assert_eq!(capture.messages(), ["1 1", "1"]);
    let own = logtree::get_logger(module_path!());
    let capture = Capture::thread_local(&own);
    logtree::warn!("{}", level);
    assert!(logtree::log_enabled!(Level::WARNING));
    assert_eq!(capture.len(), 1);

    fn target_of(kept: &Logger) -> &Logger {
        kept
    }
}

/// Values and arguments are evaluated once, in the order of the text.
#[test]
fn values_come_before_arguments() {
    let registry = Registry::new();
    let logger = registry.get_logger("m");
    let capture = Capture::new(&logger);
    let calls = Cell::new(0);
    let next = || {
        calls.set(calls.get() + 1);
        calls.get()
    };
    logtree::info!(logger, a = next(), b:? = next(), c:% = next(); "{} {:?}", next(), next());
    assert_eq!(capture.messages(), ["4 5"]);
    let records = capture.records();
    let values = ["a", "b", "c"].map(|key| records[0].key_value(key).map(ToString::to_string));
    let expected = ["1", "2", "3"].map(|text| Some(text.to_owned()));
    assert_eq!(values, expected);
    // A temporary lives until the record is written.
    logtree::info!(logger, text = String::from("t").as_str(), list:? = String::from("l").chars(); "x");
    assert_eq!(capture.records()[1].key_value("text"), Some(&"t".into()));
}

/// A value can wait, too, and the future still moves between threads.
#[test]
fn values_can_be_awaited() {
    use std::future::ready;

    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let logger = Registry::new().get_logger("m");
    let own = logtree::get_logger(module_path!());
    let (capture, of_the_module) = (Capture::new(&logger), Capture::thread_local(&own));
    let future = is_send(async move {
        logtree::error!(logger, k = ready(5).await; "x");
        logtree::error!(
            logger,
            a = ready(1).await, b:? = ready(2).await, c:% = ready(3).await, d:err = ready(fmt::Error).await, e = 5;
            "{} {:?}", ready(6).await, ready(7).await
        );
        logtree::error!(logger, a = 1, b:backtrace, c = ready(2).await; "{:?}", ready(8).await);
        logtree::log!(logger, Level::ERROR, a = ready(1).await; concat!("{}", "{}"), 1, ready(9).await);
        logtree::error!(a = ready(1).await; "{}", ready(10).await);
    });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(std::pin::pin!(future).poll(&mut context).is_ready());
    assert_eq!(capture.messages(), ["x", "6 7", "8", "19"]);
    assert_eq!(of_the_module.messages(), ["10"]);
    assert_eq!(
        capture.records()[1].key_value("b"),
        Some(&OwnedValue::from("2"))
    );
}

/// A logger is accepted in any wrapper.
#[test]
fn a_logger_can_be_kept_anywhere() {
    static LAZY_LOCK: LazyLock<Logger> = LazyLock::new(|| logtree::get_logger("kept"));
    static LAZY: Lazy<Logger> = Lazy::new(|| logtree::get_logger("kept"));
    static ONCE: OnceLock<Logger> = OnceLock::new();
    static ADAPTER: LazyLock<LoggerAdapter> =
        LazyLock::new(|| logtree::get_logger("kept").with("id", 7));
    static STATIC: StaticLogger = logtree::logger!("kept");
    static MODULE: StaticLogger = logtree::logger!();
    /// A static as `lazy_static` defines it.
    struct Pointer;
    impl Deref for Pointer {
        type Target = Logger;
        fn deref(&self) -> &Logger {
            &LAZY
        }
    }
    struct Service<'s> {
        logger: &'s Arc<Logger>,
    }
    fn generic<L: Deref<Target = Logger>>(logger: L) {
        logtree::error!(logger, "generic");
    }
    fn count(calls: impl FnOnce()) -> usize {
        let capture = Capture::thread_local(&*LAZY);
        calls();
        capture.len()
    }
    log::set_max_level(log::LevelFilter::Trace);
    assert_eq!(MODULE.name(), module_path!().replace("::", "."));
    assert_eq!(format!("{STATIC:?}"), "StaticLogger(\"kept\")");
    let shared = Arc::new(logtree::get_logger("kept"));
    let service = Service { logger: &shared };
    let cell = RefCell::new(Arc::clone(&shared));
    let number = count(|| {
        logtree::error!(LAZY_LOCK, "1");
        logtree::error!(&LAZY_LOCK, a = 1; "2 {}", 2);
        logtree::error!(LAZY, "3");
        logtree::error!(ONCE.get_or_init(|| logtree::get_logger("kept")), "4");
        logtree::error!(STATIC, "5");
        logtree::error!(&STATIC, a = 1; "6");
        logtree::error!(shared, "7");
        logtree::error!(&&shared, "8");
        logtree::error!(Arc::clone(&shared), "9");
        logtree::error!(service.logger, "10");
        logtree::error!(Box::new(LAZY.clone()), "11");
        logtree::error!(Rc::new(Box::new(LAZY.clone())), "12");
        logtree::error!(&mut LAZY.clone(), "13");
        logtree::error!(LazyCell::new(|| LAZY.clone()), "14");
        logtree::error!(cell.borrow(), "16");
        logtree::error!(Pointer, "17");
        logtree::log!(LAZY_LOCK, Level::ERROR, "18");
        logtree::log!(logger: shared, Level::ERROR, a = 1; "19");
        log::error!(logger: STATIC, "20");
        generic(&*LAZY);
        generic(Pointer);
        generic(Arc::clone(&shared));
    });
    assert_eq!(number, 22);
    assert!(logtree::log_enabled!(LAZY_LOCK, Level::ERROR));
    assert!(!logtree::log_enabled!(STATIC, Level::TRACE));
    // The key-values that an adapter adds are kept.
    let capture = Capture::thread_local(&*LAZY);
    logtree::error!(ADAPTER, "1");
    logtree::error!(Arc::new(&ADAPTER), size = 1; "2");
    let records = capture.records();
    assert!(
        records
            .iter()
            .all(|record| record.key_value("id") == Some(&7.into()))
    );
    assert_eq!(records.len(), 2);
}

/// A record goes to the logger of a name, which need not be a literal.
#[test]
fn a_target_names_the_logger() {
    const NAME: &str = "macros.target";
    let logger = logtree::get_logger(NAME);
    logger.set_level(Level::INFO);
    let capture = Capture::thread_local(&logger);
    let size = 3;
    logtree::info!(target: "macros.target", "literal {}", 1);
    logtree::info!(target: "macros::target", size, a = 1; "Rust path");
    logtree::info!(target: NAME, "constant {size}");
    logtree::info!(target: format!("macros.{}", "target"), "made at run time");
    logtree::log!(target: "macros.target", Level::ERROR, size; "by log");
    logtree::log!(target: NAME, Level::ERROR, "by log and a constant");
    logtree::trace!(target: "macros.other", "elsewhere");
    assert_eq!(
        capture.messages(),
        [
            "literal 1",
            "Rust path",
            "constant 3",
            "made at run time",
            "by log",
            "by log and a constant"
        ]
    );
    assert!(logtree::log_enabled!(target: NAME, Level::INFO));
    assert!(logtree::log_enabled!(logger: logger, Level::INFO));
}

/// A type like `anyhow::Error` and `eyre::Report`.
struct Report(Failure);

impl AsRef<dyn std::error::Error + Send + Sync> for Report {
    fn as_ref(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        &self.0
    }
}

/// A value is taken by the first way that its type allows.
#[test]
fn values_are_taken_as_their_type_allows() {
    use std::error::Error as StdError;

    let registry = Registry::new();
    let logger = registry.get_logger("values");
    let capture = Capture::new(&logger);
    let last = || capture.records().pop().unwrap();
    let path = Path::new("a/b");
    let (took, size, none) = (Duration::from_millis(1500), 3, None::<PathBuf>);
    logtree::info!(
        logger,
        took, path, size, none, buffer = path.to_owned(), shown = path.display(), boxed = Some(&path),
        text = "t", owned = String::from("o"), some = Some(1.5), flag = true;
        "std"
    );
    let record = last();
    let values = [
        "took", "path", "size", "none", "buffer", "shown", "boxed", "text", "owned", "some",
    ]
    .map(|key| record.key_value(key).map(ToString::to_string).unwrap());
    assert_eq!(
        values,
        [
            "1.5s", "a/b", "3", "None", "a/b", "a/b", "a/b", "t", "o", "1.5"
        ]
    );

    fn generic<E: StdError>(logger: &Logger, err: &E) {
        logtree::error!(logger, err; "generic");
    }
    let failure = || Failure("outer", Some(Box::new(Failure("inner", None))));
    let err = failure();
    let chain = "outer\ncaused by: inner";
    macro_rules! attaches {
        ($($values:tt)+) => {
            logtree::error!(logger, $($values)+; "failed");
            let record = last();
            assert_eq!(record.error_text(), Some(chain), stringify!($($values)+));
            assert_eq!(record.key_values().count(), 0);
        };
    }
    attaches!(err);
    attaches!(err:err);
    attaches!(err = &err);
    attaches!(err = failure());
    let dynamic: &dyn StdError = &err;
    attaches!(dynamic);
    attaches!(dynamic:err);
    let boxed: Box<dyn StdError> = Box::new(failure());
    attaches!(boxed);
    attaches!(boxed:err);
    attaches!(err = &boxed);
    let sync: Box<dyn StdError + Send + Sync> = Box::new(failure());
    attaches!(sync);
    attaches!(sync:err);
    let shared: Arc<dyn StdError + Send + Sync> = Arc::new(failure());
    attaches!(shared);
    attaches!(err = Report(failure()));
    attaches!(err:err = Report(failure()));
    generic(&logger, &err);
    assert_eq!(last().error_text(), Some(chain));
    // A text under the name is a text; the second error is a key-value.
    logtree::error!(logger, error = "text", first = err, second = failure(); "failed");
    let record = last();
    assert_eq!(record.key_value("error"), Some(&"text".into()));
    assert_eq!(record.error_text(), Some(chain));
    assert_eq!(record.key_value("second"), Some(&"outer".into()));
    assert!(record.key_value("first").is_none());
}

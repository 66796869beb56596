//! The forms of a call.

use std::cell::Cell;
use std::sync::LazyLock;

use logtree::record::OwnedValue;
use logtree::test::Capture;
use logtree::{Level, Logger, Registry};

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

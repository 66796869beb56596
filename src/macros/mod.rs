//! The macros that log.
//!
//! All expand to `__log`, which sorts out whether a logger stands first, then to `__log_to` or `__log_here`, which test the level,
//! to `__submit`, which sorts out key-values, and to `__emit`, which sorts out what the message is written from.

pub(crate) mod private;

/// Logs at a level: `log!(LEVEL, "…")` on the module's own logger, `log!(logger, LEVEL, "…")` on another.
///
/// ```
/// use logtree::Level;
///
/// const NOTICE: Level = Level::new(25);
/// logtree::log!(NOTICE, "on the logger of this module");
/// let logger = logtree::get_logger("app");
/// logtree::log!(logger, NOTICE, user = "ann"; "hello {}", 1 + 1);
/// ```
///
/// # What stands where
/// 1. A logger and a comma; or nothing, for the logger with the name of the module, found once for each call site. A logger is a
///    [`Logger`](crate::Logger), a [`StaticLogger`](crate::StaticLogger), a [`LoggerAdapter`](crate::logger::LoggerAdapter), or what
///    dereferences to one: `&`, `Box`, `Rc`, `Arc`, `LazyLock`, a guard of a lock. `logger: x` says the same, and is needed where a
///    macro makes the logger: what a macro makes is the message's format, as in `format!`.
/// 2. Key-values and a semicolon, in the syntax of the `log` crate: `key = value`; `key:? = value` and `key:% = value` take the
///    value by its `Debug` or `Display`; `key:?` alone takes the variable of that name. A key can be a text: `"http.status" = 200`.
///    A variable alone, as in `user; "…"`, is a key-value only without a logger and by itself, as a comma after
///    it would make it the logger.
///    - `key:err = error` attaches an error, whose causes are shown after the message.
///    - `key:backtrace` attaches the stack of calls.
/// 3. The message, as `format!` has it.
///
/// Nothing of it is evaluated when the level is off; the test is a load and a compare. Otherwise each value is evaluated once, in the
/// order of the text, and may `.await`: the future stays `Send`.
///
/// The features `max_level_…` and `release_max_level_…` of the `log` crate remove calls of these macros from the program as they do
/// those of its own; `CRITICAL` counts as `ERROR`. Methods such as [`Logger::info`](crate::Logger::info) stay.
///
/// ```compile_fail,E0277
/// let name = String::from("app");
/// logtree::info!(name, "a text is not a logger");
/// ```
///
/// ```
/// let name = String::from("app");
/// logtree::info!(logtree::get_logger(&name), "its logger is one");
/// logtree::info!("{}, or a format comes first", name);
/// ```
///
/// # Python
/// `Logger.log` with `extra`, `exc_info` and `stack_info`.
#[macro_export]
macro_rules! log {
    (logger: $logger:expr, $level:expr, $($rest:tt)+) => { $crate::__log_to!($level; $logger; $($rest)+) };
    ($level:expr, $key:literal = $($rest:tt)+) => { $crate::__log!($level; $key = $($rest)+) };
    ($level:expr, $format:literal $($rest:tt)*) => { $crate::__log!($level; $format $($rest)*) };
    ($level:expr, $key:ident = $($rest:tt)+) => { $crate::__log!($level; $key = $($rest)+) };
    ($level:expr, $key:ident : $($rest:tt)+) => { $crate::__log!($level; $key : $($rest)+) };
    ($level:expr, $key:ident ; $($rest:tt)+) => { $crate::__log!($level; $key ; $($rest)+) };
    ($level:expr, $($macro:ident)::+ ! $arguments:tt $(, $($rest:tt)*)?) => { $crate::__log!($level; $($macro)::+ ! $arguments $(, $($rest)*)?) };
    ($level:expr, :: $($macro:ident)::+ ! $arguments:tt $(, $($rest:tt)*)?) => { $crate::__log!($level; :: $($macro)::+ ! $arguments $(, $($rest)*)?) };
    ($logger:expr, $level:expr, $($rest:tt)+) => { $crate::__log_to!($level; $logger; $($rest)+) };
}

/// Logs at [`Level::TRACE`](crate::Level::TRACE); see [`log!`](macro@crate::log) for what can stand in it.
#[macro_export]
macro_rules! trace {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::TRACE; $($rest)+) };
}

/// Logs at [`Level::DEBUG`](crate::Level::DEBUG); see [`log!`](macro@crate::log) for what can stand in it.
#[macro_export]
macro_rules! debug {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::DEBUG; $($rest)+) };
}

/// Logs at [`Level::INFO`](crate::Level::INFO); see [`log!`](macro@crate::log) for what can stand in it.
///
/// ```
/// let s3 = logtree::get_logger("botocore.client.S3");
/// let (bucket, size) = ("photos", 3);
/// logtree::info!(s3, bucket, size = size * 1024; "put object");
/// logtree::info!("on the logger of this module: {bucket}");
/// ```
#[macro_export]
macro_rules! info {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::INFO; $($rest)+) };
}

/// Logs at [`Level::WARNING`](crate::Level::WARNING); see [`log!`](macro@crate::log) for what can stand in it.
#[macro_export]
macro_rules! warn {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::WARNING; $($rest)+) };
}

/// Logs at [`Level::ERROR`](crate::Level::ERROR); see [`log!`](macro@crate::log) for what can stand in it.
///
/// ```
/// let logger = logtree::get_logger("app");
/// if let Err(error) = std::fs::read("/no/such/file") {
///     logtree::error!(logger, error:err, here:backtrace; "cannot start");
/// }
/// ```
#[macro_export]
macro_rules! error {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::ERROR; $($rest)+) };
}

/// Logs at [`Level::CRITICAL`](crate::Level::CRITICAL); see [`log!`](macro@crate::log) for what can stand in it.
#[macro_export]
macro_rules! critical {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::CRITICAL; $($rest)+) };
}

/// Makes a [`StaticLogger`](crate::StaticLogger): `logger!("a.b")` for a name, `logger!()` for the name of the module.
///
/// ```
/// use logtree::StaticLogger;
///
/// static LOG: StaticLogger = logtree::logger!("mylib.store");
/// static OF_THE_MODULE: StaticLogger = logtree::logger!();
/// logtree::info!(LOG, "on mylib.store");
/// log::info!(logger: LOG, "the facade's macros take it as well");
/// ```
///
/// # Python
/// `logger = logging.getLogger(__name__)` at the head of a module.
#[macro_export]
macro_rules! logger {
    () => {
        $crate::StaticLogger::new($crate::__private::module_path!())
    };
    ($name:expr $(,)?) => {
        $crate::StaticLogger::new($name)
    };
}

/// Whether a record would go on: `log_enabled!(LEVEL)` for the module's own logger, `log_enabled!(logger, LEVEL)` for another.
///
/// ```
/// use logtree::Level;
///
/// let logger = logtree::get_logger("app");
/// if logtree::log_enabled!(logger, Level::DEBUG) {
///     // Work that only the log needs.
/// }
/// ```
#[macro_export]
macro_rules! log_enabled {
    ($level:expr) => {{
        static __SITE: $crate::__private::CallSite = $crate::__private::CallSite::new();
        $crate::__private::CallSite::is_enabled(&__SITE, $crate::__private::module_path!(), $level)
    }};
    ($logger:expr, $level:expr) => {{
        let __held = &$logger;
        $crate::__private::passes($crate::__private::held(__held).__find(), $level).is_some()
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __log {
    ($level:expr; logger: $logger:expr, $($rest:tt)+) => { $crate::__log_to!($level; $logger; $($rest)+) };
    ($level:expr; $key:literal = $($rest:tt)+) => { $crate::__log_here!($level; $key = $($rest)+) };
    ($level:expr; $format:literal $($rest:tt)*) => { $crate::__log_here!($level; $format $($rest)*) };
    ($level:expr; $key:ident = $($rest:tt)+) => { $crate::__log_here!($level; $key = $($rest)+) };
    ($level:expr; $key:ident : $($rest:tt)+) => { $crate::__log_here!($level; $key : $($rest)+) };
    ($level:expr; $key:ident ; $($rest:tt)+) => { $crate::__log_here!($level; $key ; $($rest)+) };
    // A format made by a macro, as `format!` takes it; it cannot be told from a logger made by one.
    ($level:expr; $($macro:ident)::+ ! $arguments:tt $(, $($rest:tt)*)?) => { $crate::__log_here!($level; $($macro)::+ ! $arguments $(, $($rest)*)?) };
    ($level:expr; :: $($macro:ident)::+ ! $arguments:tt $(, $($rest:tt)*)?) => { $crate::__log_here!($level; :: $($macro)::+ ! $arguments $(, $($rest)*)?) };
    ($level:expr; $logger:expr, $($rest:tt)+) => { $crate::__log_to!($level; $logger; $($rest)+) };
    ($level:expr; $($format:tt)+) => { $crate::__log_here!($level; $($format)+) };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __log_here {
    ($level:expr; $($rest:tt)+) => {{
        static __SITE: $crate::__private::CallSite = $crate::__private::CallSite::new();
        let __level: $crate::Level = $level;
        if $crate::__private::CallSite::may_pass(&__SITE, __level) {
            if let $crate::__private::Some((__logger, __passed)) =
                $crate::__private::CallSite::logger(&__SITE, $crate::__private::module_path!(), __level)
            {
                $crate::__submit!(__passed; __logger; $($rest)+);
            }
        }
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __log_to {
    ($level:expr; $logger:expr; $($rest:tt)+) => {{
        // Apart, so that what the expression made lives on.
        let __held = &$logger;
        let __logger = $crate::__private::held(__held).__find();
        if let $crate::__private::Some(__passed) = $crate::__private::passes(__logger, $level) {
            $crate::__submit!(__passed; __logger; $($rest)+);
        }
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __submit {
    ($level:ident; $logger:ident; $($key:tt $(: $capture:tt)? $(= $value:expr)?),+ ; $($format:tt)+) => {
        $crate::__bind!(($level, $logger, $($format)+); []; $([$key [$($capture)?] [$($value)?]])+)
    };
    ($level:ident; $logger:ident; $key:ident = $($rest:tt)+) => {
        $crate::__private::compile_error!("key-values end with a semicolon, before the message")
    };
    ($level:ident; $logger:ident; $($format:tt)+) => { $crate::__emit!($level, $logger, []; $($format)+) };
}

/// Binds each value in turn, before the message's arguments are evaluated: nothing that is not `Send` is held while one of them waits.
#[doc(hidden)]
#[macro_export]
macro_rules! __bind {
    (($level:ident, $logger:ident, $($format:tt)+); [$([$($capture:tt)+])*]; ) => {
        $crate::__emit!($level, $logger, [$($crate::__capture!($($capture)+)),*]; $($format)+)
    };
    ($call:tt; [$($done:tt)*]; [$key:tt $mode:tt [$value:expr]] $($rest:tt)*) => {
        match &$value {
            __value => $crate::__bind!(
                $call;
                [$($done)* [$key $mode __value]];
                $($rest)*
            ),
        }
    };
    ($call:tt; $done:tt; [$key:tt [backtrace] []] $($rest:tt)*) => {
        $crate::__bind!($call; $done; [$key [backtrace] [$crate::__private::StdBacktrace::force_capture()]] $($rest)*)
    };
    ($call:tt; $done:tt; [$key:ident $mode:tt []] $($rest:tt)*) => {
        $crate::__bind!($call; $done; [$key $mode [$key]] $($rest)*)
    };
}

/// A message that asks for nothing but `{}` is taken apart, the others are left to `format_args!`. Which one it is is known when
/// the program is compiled; both are, so that errors are those of `format_args!`.
#[doc(hidden)]
#[macro_export]
macro_rules! __emit {
    ($level:ident, $logger:ident, $captures:tt; $format:literal, $($argument:tt)+) => {{
        const __PIECES: $crate::__private::usize = $crate::__private::count_pieces($format);
        if __PIECES > 0 {
            $crate::__take_apart!(($level, $logger, $captures, $format, __PIECES, ($($argument)+)); []; $($argument)+)
        } else {
            $crate::__emit_arguments!($level, $logger, $captures, $format, $($argument)+)
        }
    }};
    ($level:ident, $logger:ident, $captures:tt; $($format:tt)+) => {
        $crate::__emit_arguments!($level, $logger, $captures, $($format)+)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __emit_arguments {
    ($level:ident, $logger:ident, $captures:tt, $($format:tt)+) => {
        $crate::__private::log(
            $logger,
            $level,
            $crate::__source!(),
            $crate::__private::MessageSource::Arguments($crate::__private::format_args!($($format)+)),
            &$captures,
        )
    };
}

/// Takes a reference to each argument in turn, as `format_args!` does, and logs by them. Named arguments end it.
#[doc(hidden)]
#[macro_export]
macro_rules! __take_apart {
    (($level:ident, $logger:ident, $captures:tt, $format:literal, $pieces:ident, $all:tt); [$($argument:ident)*]; ) => {{
        const __LIST: [$crate::__private::MessagePiece; $pieces] = $crate::__private::pieces::<$pieces>($format);
        #[allow(unused_imports, reason = "whichever the arguments need")]
        use $crate::__private::{ByDisplay as _, ByNothing as _, ByPlain as _};
        $crate::__private::log(
            $logger,
            $level,
            $crate::__source!(),
            $crate::__private::MessageSource::Split($crate::__private::SplitMessage {
                pieces: &__LIST,
                arguments: &[$((&&&$crate::__private::Probe($argument)).to_argument()),*],
            }),
            &$captures,
        )
    }};
    (($level:ident, $logger:ident, $captures:tt, $format:literal, $pieces:ident, ($($all:tt)+)); [$($done:ident)*]; $name:ident = $($rest:tt)*) => {
        $crate::__emit_arguments!($level, $logger, $captures, $format, $($all)+)
    };
    ($call:tt; [$($done:ident)*]; $argument:expr $(, $($rest:tt)*)?) => {
        match &$argument {
            __argument => $crate::__take_apart!($call; [$($done)* __argument]; $($($rest)*)?),
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __source {
    () => {{
        // The function is known by the path of an item inside it.
        fn __item() {}
        fn __path() -> &'static str {
            $crate::__private::type_name_of_val(&__item)
        }
        static __SOURCE: $crate::record::Source<'static> = $crate::record::Source::of_call_site(
            $crate::__private::module_path!(),
            $crate::__private::file!(),
            $crate::__private::line!(),
            __path,
        );
        &__SOURCE
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __key {
    ($key:ident) => {
        $crate::__private::stringify!($key)
    };
    ($key:expr) => {
        $key
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __capture {
    // The usual one, in one step less.
    ($key:ident [] $value:ident) => {
        ($crate::__private::stringify!($key), $crate::__private::value($value))
    };
    ($key:tt $mode:tt $value:ident) => { ($crate::__key!($key), $crate::__captured!($mode $value)) };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __captured {
    ([] $value:ident) => { $crate::__private::value($value) };
    ([?] $value:ident) => {
        $crate::__private::CallValue::Value($crate::__private::KvValue::from_debug($value))
    };
    ([debug] $value:ident) => { $crate::__captured!([?] $value) };
    ([%] $value:ident) => {
        $crate::__private::CallValue::Value($crate::__private::KvValue::from_display($value))
    };
    ([display] $value:ident) => { $crate::__captured!([%] $value) };
    ([err] $value:ident) => { $crate::__private::CallValue::Error($value) };
    ([backtrace] $value:ident) => { $crate::__private::CallValue::Backtrace($value) };
}

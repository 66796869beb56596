//! The macros that log.
//!
//! All expand to `__log`, which sorts out whether a logger stands first, then to `__log_to` or `__log_here`, which test the level,
//! to `__submit`, which sorts out key-values, and to `__emit`, which sorts out what the message is written from.

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
/// 1. A logger ([`Logger`](crate::Logger), [`LoggerAdapter`](crate::LoggerAdapter), or a reference to one) and a comma; or
///    nothing, for the logger with the name of the module, found once for each call site.
/// 2. Key-values and a semicolon, in the syntax of the `log` crate: `key = value`; `key:? = value` and `key:% = value` take the
///    value by its `Debug` or `Display`; `key:?` alone takes the variable of that name. A key can be a text: `"http.status" = 200`.
///    A variable alone, as in `user; "…"`, is a key-value only without a logger and by itself, as a comma behind
///    it would make it the logger.
///    - `key:err = error` attaches an error, whose causes are shown behind the message.
///    - `key:backtrace` attaches the stack of calls.
/// 3. The message, as `format!` has it.
///
/// Nothing of it is evaluated when the level is off; the test is a load and a compare.
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
    ($logger:expr, $level:expr, $($rest:tt)+) => { $crate::__log_to!($level; $logger; $($rest)+) };
}

/// Logs at [`Level::TRACE`](crate::Level::TRACE); see [`log!`](crate::log) for what can stand in it.
#[macro_export]
macro_rules! trace {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::TRACE; $($rest)+) };
}

/// Logs at [`Level::DEBUG`](crate::Level::DEBUG); see [`log!`](crate::log) for what can stand in it.
#[macro_export]
macro_rules! debug {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::DEBUG; $($rest)+) };
}

/// Logs at [`Level::INFO`](crate::Level::INFO); see [`log!`](crate::log) for what can stand in it.
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

/// Logs at [`Level::WARNING`](crate::Level::WARNING); see [`log!`](crate::log) for what can stand in it.
#[macro_export]
macro_rules! warn {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::WARNING; $($rest)+) };
}

/// Logs at [`Level::ERROR`](crate::Level::ERROR); see [`log!`](crate::log) for what can stand in it.
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

/// Logs at [`Level::CRITICAL`](crate::Level::CRITICAL); see [`log!`](crate::log) for what can stand in it.
#[macro_export]
macro_rules! critical {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::CRITICAL; $($rest)+) };
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
        let level: $crate::Level = $level;
        __SITE.may_pass(level)
            && __SITE
                .logger($crate::__private::module_path!(), level)
                .is_some()
    }};
    ($logger:expr, $level:expr) => {
        $crate::__private::Target::lets_through(&$logger, $level)
    };
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
    ($level:expr; $logger:expr, $($rest:tt)+) => { $crate::__log_to!($level; $logger; $($rest)+) };
    ($level:expr; $($format:tt)+) => { $crate::__log_here!($level; $($format)+) };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __log_here {
    ($level:expr; $($rest:tt)+) => {{
        static __SITE: $crate::__private::CallSite = $crate::__private::CallSite::new();
        let level: $crate::Level = $level;
        if __SITE.may_pass(level) {
            if let Some(logger) = __SITE.logger($crate::__private::module_path!(), level) {
                $crate::__submit!(level; logger; $($rest)+);
            }
        }
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __log_to {
    ($level:expr; $logger:expr; $($rest:tt)+) => {{
        let logger = &$logger;
        let level: $crate::Level = $level;
        if $crate::__private::Target::lets_through(logger, level) {
            $crate::__submit!(level; logger; $($rest)+);
        }
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __submit {
    ($level:ident; $logger:ident; $($key:tt $(: $capture:tt)? $(= $value:expr)?),+ ; $($format:tt)+) => {
        $crate::__emit!(
            $level, $logger,
            [$(($crate::__key!($key), $crate::__capture!($key $(: $capture)? = $($value)?))),+];
            $($format)+
        )
    };
    ($level:ident; $logger:ident; $($format:tt)+) => { $crate::__emit!($level, $logger, []; $($format)+) };
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
            $crate::__private::Unwritten::Arguments($crate::__private::format_args!($($format)+)),
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
            $crate::__private::Unwritten::Parts($crate::__private::Parts {
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
            argument => $crate::__take_apart!($call; [$($done)* argument]; $($($rest)*)?),
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
        static __SOURCE: $crate::Source<'static> = $crate::Source::of_call_site(
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
    ($key:tt : backtrace =) => {
        $crate::__private::Captured::Backtrace(&$crate::__private::StdBacktrace::force_capture())
    };
    ($key:tt $(: $capture:tt)? =) => { $crate::__capture!($key $(: $capture)? = $key) };
    ($key:tt = $value:expr) => {
        $crate::__private::Captured::Value($crate::__private::ToValue::to_value(&$value))
    };
    ($key:tt : ? = $value:expr) => {
        $crate::__private::Captured::Value($crate::__private::KvValue::from_debug(&$value))
    };
    ($key:tt : debug = $value:expr) => { $crate::__capture!($key : ? = $value) };
    ($key:tt : % = $value:expr) => {
        $crate::__private::Captured::Value($crate::__private::KvValue::from_display(&$value))
    };
    ($key:tt : display = $value:expr) => { $crate::__capture!($key : % = $value) };
    ($key:tt : err = $value:expr) => { $crate::__private::Captured::Error(&$value) };
}

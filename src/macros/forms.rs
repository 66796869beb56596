//! The macros that programs name.

/// Logs at a level: `log!(LEVEL, "…")` on the module's own logger, `log!(logger, LEVEL, "…")` on
/// another.
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
/// # Grammar
/// 1. A logger and a comma. Without one, the record goes to the logger with the name of the module,
///    which is looked up once for each call site. A logger is a [`Logger`](crate::Logger), a
///    [`StaticLogger`](crate::StaticLogger), a [`LoggerAdapter`](crate::logger::LoggerAdapter), or
///    what dereferences to one: `&`, `Box`, `Rc`, `Arc`, `LazyLock`, a guard of a lock.
///    - `logger: x` is the same, and is needed if a macro makes the logger: the result of a macro
///      is taken for the format string, as in `format!`.
///    - `target: "a.b"` is the logger of that name. A literal is looked up once for each call site,
///      any other expression at each call, which creates the logger as
///      [`get_logger`](crate::get_logger) does.
/// 2. Key-values and a semicolon, in the syntax of the `log` crate. A key is an identifier or a
///    string literal, as in `"http.status" = 200`; `key` alone takes the variable of that name,
///    except as the first of several in a call without a logger, where it would be the logger. The
///    first of these that its type allows decides how a value is taken:
///    - `Duration` by its `Debug`; `Path`, `PathBuf` and `path::Display` by the path's `display`;
///    - an error, or what has [`AsRef`] for one (`Box<dyn Error>`, `anyhow::Error`), is attached as
///      by `key:err`;
///    - any other type by its `log::kv::ToValue`.
///
///    Modifiers take a value in another way: `key:? = value` by its `Debug`, `key:% = value` by its
///    `Display`, `key:serde = value` and `key:sval = value` as the data that it serializes itself
///    to (features `kv-serde` and `kv-sval`), `key:err = error` as an error. The first error of a
///    call is the record's, whose causes are shown after the message; others are key-values.
///    `key:backtrace` attaches the stack.
/// 3. The message, as in `format!`.
///
/// If the level is off, nothing is evaluated, and the test is a load and a compare. Otherwise each
/// value and argument is evaluated once, in the order of the text. They may `.await`: the future
/// stays `Send`.
///
/// The features `max_level_…` and `release_max_level_…` of the `log` crate remove calls of these
/// macros from the program as they do those of its own; `CRITICAL` counts as `ERROR`. Methods such
/// as [`Logger::info`](crate::Logger::info) stay.
///
/// # Errors of the compiler
/// A logger is not a name:
/// ```compile_fail,E0277
/// let name = String::from("app");
/// logtree::info!(name, "a text is not a logger");
/// ```
/// ```
/// let name = String::from("app");
/// logtree::info!(logtree::get_logger(&name), "its logger is one");
/// logtree::info!("{}, or a format string comes first", name);
/// ```
///
/// A key-value needs a type that can be one, or a modifier:
/// ```compile_fail,E0277
/// #[derive(Debug)]
/// struct Settings;
/// let logger = logtree::get_logger("app");
/// logtree::info!(logger, settings = Settings; "read");
/// ```
/// ```
/// #[derive(Debug)]
/// struct Settings;
/// let logger = logtree::get_logger("app");
/// logtree::info!(logger, settings:? = Settings; "read");
/// ```
///
/// # Python
/// `Logger.log` with `extra`, `exc_info` and `stack_info`.
#[macro_export]
macro_rules! log {
    ($($rest:tt)+) => { $crate::__log_at!([] $($rest)+) };
}

/// Logs at [`Level::TRACE`](crate::Level::TRACE); its grammar is that of
/// [`log!`](macro@crate::log).
#[macro_export]
macro_rules! trace {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::TRACE; $($rest)+) };
}

/// Logs at [`Level::DEBUG`](crate::Level::DEBUG); its grammar is that of
/// [`log!`](macro@crate::log).
#[macro_export]
macro_rules! debug {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::DEBUG; $($rest)+) };
}

/// Logs at [`Level::INFO`](crate::Level::INFO); its grammar is that of [`log!`](macro@crate::log).
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

/// Logs at [`Level::WARNING`](crate::Level::WARNING); its grammar is that of
/// [`log!`](macro@crate::log).
#[macro_export]
macro_rules! warn {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::WARNING; $($rest)+) };
}

/// Logs at [`Level::ERROR`](crate::Level::ERROR); its grammar is that of
/// [`log!`](macro@crate::log).
///
/// ```
/// let logger = logtree::get_logger("app");
/// if let Err(error) = std::fs::read("/no/such/file") {
///     logtree::error!(logger, error, here:backtrace; "cannot start");
/// }
/// ```
#[macro_export]
macro_rules! error {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::ERROR; $($rest)+) };
}

/// Logs at [`Level::CRITICAL`](crate::Level::CRITICAL); its grammar is that of
/// [`log!`](macro@crate::log).
#[macro_export]
macro_rules! critical {
    ($($rest:tt)+) => { $crate::__log!($crate::Level::CRITICAL; $($rest)+) };
}

/// Returns a [`StaticLogger`](crate::StaticLogger): `logger!("a.b")` for a name, `logger!()` for
/// the name of the module.
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
        $crate::StaticLogger::new($crate::__private::std::module_path!())
    };
    ($name:expr $(,)?) => {
        $crate::StaticLogger::new($name)
    };
}

/// Reports whether a record would pass: `log_enabled!(LEVEL)` for the module's own logger,
/// `log_enabled!(logger, LEVEL)` or `log_enabled!(target: "a.b", LEVEL)` for another.
///
/// ```
/// use logtree::Level;
///
/// let logger = logtree::get_logger("app");
/// if logtree::log_enabled!(logger, Level::DEBUG) {
///     // Work that only the log needs.
/// }
/// assert!(logtree::log_enabled!(target: "app", Level::ERROR));
/// ```
#[macro_export]
macro_rules! log_enabled {
    (target: $name:literal, $level:expr) => {{
        static __SITE: $crate::__private::CallSite = $crate::__private::CallSite::new();
        $crate::__private::CallSite::is_enabled(&__SITE, $name, $level)
    }};
    (target: $name:expr, $level:expr) => {
        $crate::log_enabled!($crate::get_logger($name), $level)
    };
    (logger: $logger:expr, $level:expr) => {
        $crate::log_enabled!($logger, $level)
    };
    ($level:expr) => {{
        static __SITE: $crate::__private::CallSite = $crate::__private::CallSite::new();
        $crate::__private::CallSite::is_enabled(
            &__SITE,
            $crate::__private::std::module_path!(),
            $level,
        )
    }};
    ($logger:expr, $level:expr) => {{
        let __kept = &$logger;
        $crate::__private::is_enabled($crate::__private::logger(__kept).__logger(), $level)
    }};
}

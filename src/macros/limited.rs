//! The macros that limit how often a call site logs.

/// Logs only the first time: `log_once!(warn!(LOG, "…"))`, around any macro of this crate that
/// logs. The inner macro is known by its name, `warn!` or `logtree::warn!`, and needs no import.
///
/// Each call site counts by itself, in a static, the calls whose level passes. A call that is
/// suppressed evaluates neither key-values nor arguments, and costs one addition; one whose level
/// is off costs what it costs without this macro, and is not counted. Errors are limited as well,
/// and nothing is reported when the process ends; a
/// [`RateLimitFilter`](crate::filter::RateLimitFilter) does that.
///
/// From its second occurrence on, a record has the key-value `occurrence` with its number, and
/// `suppressed` with that of the calls since the last record, where there are any. They replace
/// the call's own of these names.
///
/// ```
/// use logtree::{StaticLogger, logger};
///
/// static LOG: StaticLogger = logger!("app.settings");
///
/// fn read(name: &str) {
///     logtree::log_once!(logtree::warn!(LOG, name; "this setting is deprecated"));
/// }
/// # read("a");
/// # let capture = logtree::test::Capture::new(&LOG);
/// # read("b");
/// # assert!(capture.is_empty());
/// ```
///
/// # Errors of the compiler
/// ```compile_fail
/// logtree::log_once!(println!("no macro of this crate"));
/// ```
#[macro_export]
macro_rules! log_once {
    ($($call:tt)+) => { $crate::__limited!([First(1)] $($call)+) };
}

/// Logs only the first `n` times: `log_first_n!(5, warn!(LOG, "…"))`. The number is a constant;
/// all else is as in [`log_once!`].
///
/// ```
/// let logger = logtree::get_logger("app.first_n");
/// let capture = logtree::test::Capture::new(&logger);
/// for attempt in 1..10 {
///     logtree::log_first_n!(2, logtree::warn!(logger, "attempt {attempt} failed"));
/// }
/// assert_eq!(capture.messages(), ["attempt 1 failed", "attempt 2 failed"]);
/// ```
#[macro_export]
macro_rules! log_first_n {
    ($n:expr, $($call:tt)+) => { $crate::__limited!([First($n)] $($call)+) };
}

/// Logs the first time and then one of `n` times: `log_every_n!(100, info!(LOG, "…"))`. The number
/// is a constant, and 0 counts as 1; all else is as in [`log_once!`].
///
/// ```
/// let logger = logtree::get_logger("app.every_n");
/// let capture = logtree::test::Capture::new(&logger);
/// for packet in 0..250 {
///     logtree::log_every_n!(100, logtree::warn!(logger, "packet {packet} lost"));
/// }
/// let records = capture.records();
/// assert_eq!(capture.messages(), ["packet 0 lost", "packet 100 lost", "packet 200 lost"]);
/// assert_eq!(records[1].key_value("suppressed").and_then(|value| value.as_i64()), Some(99));
/// ```
#[macro_export]
macro_rules! log_every_n {
    ($n:expr, $($call:tt)+) => { $crate::__limited!([EveryN($n)] $($call)+) };
}

/// Logs the first, second, fourth, eighth … time: `log_every_pow2!(warn!(LOG, "…"))`. All else is
/// as in [`log_once!`].
///
/// ```
/// let logger = logtree::get_logger("app.pow2");
/// let capture = logtree::test::Capture::new(&logger);
/// for attempt in 1..=1_000 {
///     logtree::log_every_pow2!(logtree::warn!(logger, "attempt {attempt}"));
/// }
/// assert_eq!(capture.len(), 10);
/// ```
#[macro_export]
macro_rules! log_every_pow2 {
    ($($call:tt)+) => { $crate::__limited!([Pow2] $($call)+) };
}

/// Logs at most once in a time: `log_every!(Duration::from_secs(5), warn!(LOG, "…"))`. The time is
/// a constant, and passes by the clock of the logger's registry, which a suppressed call reads as
/// well; all else is as in [`log_once!`].
///
/// ```
/// use std::time::Duration;
///
/// let logger = logtree::get_logger("app.every");
/// let capture = logtree::test::Capture::new(&logger);
/// for _ in 0..1_000 {
///     logtree::log_every!(Duration::from_secs(3600), logtree::warn!(logger, "disk is slow"));
/// }
/// assert_eq!(capture.len(), 1);
/// ```
#[macro_export]
macro_rules! log_every {
    ($time:expr, $($call:tt)+) => { $crate::__limited!([Every($time)] $($call)+) };
}

/// Finds out the level of the inner call, and logs with a limit of its own.
#[doc(hidden)]
#[macro_export]
macro_rules! __limited {
    ($pace:tt :: $($call:tt)+) => { $crate::__limited!($pace $($call)+) };
    ($pace:tt $module:ident :: $($call:tt)+) => { $crate::__limited!($pace $($call)+) };
    ($pace:tt trace!($($call:tt)+) $(,)?) => { $crate::__limited!(@ $pace TRACE $($call)+) };
    ($pace:tt debug!($($call:tt)+) $(,)?) => { $crate::__limited!(@ $pace DEBUG $($call)+) };
    ($pace:tt info!($($call:tt)+) $(,)?) => { $crate::__limited!(@ $pace INFO $($call)+) };
    ($pace:tt warn!($($call:tt)+) $(,)?) => { $crate::__limited!(@ $pace WARNING $($call)+) };
    ($pace:tt error!($($call:tt)+) $(,)?) => { $crate::__limited!(@ $pace ERROR $($call)+) };
    ($pace:tt critical!($($call:tt)+) $(,)?) => { $crate::__limited!(@ $pace CRITICAL $($call)+) };
    ([$($pace:tt)+] log!($($call:tt)+) $(,)?) => {{
        static __LIMIT: $crate::__private::Limit =
            $crate::__private::Limit::new($crate::__private::Pace::$($pace)+);
        $crate::__log_at!([__LIMIT] $($call)+);
    }};
    (@ [$($pace:tt)+] $level:ident $($call:tt)+) => {{
        static __LIMIT: $crate::__private::Limit =
            $crate::__private::Limit::new($crate::__private::Pace::$($pace)+);
        $crate::__log!($crate::Level::$level, __LIMIT; $($call)+);
    }};
    ($($other:tt)+) => {
        $crate::__private::std::compile_error!(
            "expected one of logtree's macros: `trace!`, `debug!`, `info!`, `warn!`, `error!`, `critical!` or `log!`"
        )
    };
}

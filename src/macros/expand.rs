//! The hidden macros, in the order in which a call passes them.

/// Finds out where a record goes: to the logger of a name, to a given logger, or to the module's
/// own if a message or a key-value stands first.
#[doc(hidden)]
#[macro_export]
macro_rules! __log {
    ($level:expr $(, $limit:ident)?; target: $name:literal, $($rest:tt)+) => { $crate::__call!(named $name, $level $(, $limit)?; $($rest)+) };
    ($level:expr $(, $limit:ident)?; target: $name:expr, $($rest:tt)+) => { $crate::__call!(kept $crate::get_logger($name), $level $(, $limit)?; $($rest)+) };
    ($level:expr $(, $limit:ident)?; logger: $logger:expr, $($rest:tt)+) => { $crate::__call!(kept $logger, $level $(, $limit)?; $($rest)+) };
    ($level:expr $(, $limit:ident)?; $key:literal = $($rest:tt)+) => { $crate::__call!($level $(, $limit)?; $key = $($rest)+) };
    ($level:expr $(, $limit:ident)?; $format:literal $($rest:tt)*) => { $crate::__call!($level $(, $limit)?; $format $($rest)*) };
    ($level:expr $(, $limit:ident)?; $key:ident = $($rest:tt)+) => { $crate::__call!($level $(, $limit)?; $key = $($rest)+) };
    ($level:expr $(, $limit:ident)?; $key:ident : $($rest:tt)+) => { $crate::__call!($level $(, $limit)?; $key : $($rest)+) };
    ($level:expr $(, $limit:ident)?; $key:ident ; $($rest:tt)+) => { $crate::__call!($level $(, $limit)?; $key ; $($rest)+) };
    // A format made by a macro, as `format!` takes it; it cannot be distinguished from a logger
    // made by one.
    ($level:expr $(, $limit:ident)?; $(::)? $($macro:ident)::+ ! $arguments:tt $(, $($rest:tt)*)?) => {
        $crate::__call!($level $(, $limit)?; $($macro)::+ ! $arguments $(, $($rest)*)?)
    };
    ($level:expr $(, $limit:ident)?; $value:ident $(. $field:tt)* $(,)?) => {
        $crate::__private::std::compile_error!(
            "expected a message: write the value as an argument of a format string, such as `\"{}\", value`"
        )
    };
    ($level:expr $(, $limit:ident)?; $logger:expr, $($rest:tt)+) => { $crate::__call!(kept $logger, $level $(, $limit)?; $($rest)+) };
    ($level:expr $(, $limit:ident)?; $($format:tt)+) => { $crate::__call!($level $(, $limit)?; $($format)+) };
}

/// The same where the level is among the arguments.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_at {
    ([$($limit:ident)?] target: $name:literal, $level:expr, $($rest:tt)+) => { $crate::__call!(named $name, $level $(, $limit)?; $($rest)+) };
    ([$($limit:ident)?] target: $name:expr, $level:expr, $($rest:tt)+) => { $crate::__call!(kept $crate::get_logger($name), $level $(, $limit)?; $($rest)+) };
    ([$($limit:ident)?] logger: $logger:expr, $level:expr, $($rest:tt)+) => { $crate::__call!(kept $logger, $level $(, $limit)?; $($rest)+) };
    ([$($limit:ident)?] $level:expr, $key:literal = $($rest:tt)+) => { $crate::__call!($level $(, $limit)?; $key = $($rest)+) };
    ([$($limit:ident)?] $level:expr, $format:literal $($rest:tt)*) => { $crate::__call!($level $(, $limit)?; $format $($rest)*) };
    ([$($limit:ident)?] $level:expr, $key:ident = $($rest:tt)+) => { $crate::__call!($level $(, $limit)?; $key = $($rest)+) };
    ([$($limit:ident)?] $level:expr, $key:ident : $($rest:tt)+) => { $crate::__call!($level $(, $limit)?; $key : $($rest)+) };
    ([$($limit:ident)?] $level:expr, $key:ident ; $($rest:tt)+) => { $crate::__call!($level $(, $limit)?; $key ; $($rest)+) };
    ([$($limit:ident)?] $level:expr, $(::)? $($macro:ident)::+ ! $arguments:tt $(, $($rest:tt)*)?) => {
        $crate::__call!($level $(, $limit)?; $($macro)::+ ! $arguments $(, $($rest)*)?)
    };
    ([$($limit:ident)?] $logger:expr, $level:expr, $($rest:tt)+) => { $crate::__call!(kept $logger, $level $(, $limit)?; $($rest)+) };
}

/// Tests the level. What it binds for the rest is the logger, and what its test found out.
#[doc(hidden)]
#[macro_export]
macro_rules! __call {
    (named $name:expr, $level:expr; $($rest:tt)+) => {{
        static __SITE: $crate::__private::CallSite = $crate::__private::CallSite::new();
        let __level: $crate::Level = $level;
        if $crate::__private::CallSite::may_pass(&__SITE, __level) {
            if let $crate::__private::std::option::Option::Some((__logger, __passed)) =
                $crate::__private::CallSite::logger(&__SITE, $name, __level)
            {
                $crate::__bind!((__logger, __passed) $($rest)+);
            }
        }
    }};
    (kept $logger:expr, $level:expr; $($rest:tt)+) => {{
        // A binding of its own, so that the temporaries of the expression live on.
        let __kept = &$logger;
        let __logger = $crate::__private::logger(__kept).__logger();
        if let $crate::__private::std::option::Option::Some(__passed) =
            $crate::__private::passes(__logger, $level)
        {
            $crate::__bind!((__logger, __passed) $($rest)+);
        }
    }};
    // With a limit, which counts what the level passes.
    (named $name:expr, $level:expr, $limit:ident; $($rest:tt)+) => {{
        static __SITE: $crate::__private::CallSite = $crate::__private::CallSite::new();
        let __level: $crate::Level = $level;
        if $crate::__private::CallSite::may_pass(&__SITE, __level) {
            if let $crate::__private::std::option::Option::Some((__logger, __passed)) =
                $crate::__private::CallSite::logger(&__SITE, $name, __level)
            {
                if let $crate::__private::std::option::Option::Some(__passed) =
                    $crate::__private::Limit::count(&$limit, __logger, __passed)
                {
                    $crate::__bind!((__logger, __passed) $($rest)+);
                }
            }
        }
    }};
    (kept $logger:expr, $level:expr, $limit:ident; $($rest:tt)+) => {{
        let __kept = &$logger;
        let __logger = $crate::__private::logger(__kept).__logger();
        if let $crate::__private::std::option::Option::Some(__passed) =
            $crate::__private::passes(__logger, $level)
        {
            if let $crate::__private::std::option::Option::Some(__passed) =
                $crate::__private::Limit::count(&$limit, __logger, __passed)
            {
                $crate::__bind!((__logger, __passed) $($rest)+);
            }
        }
    }};
    ($level:expr $(, $limit:ident)?; $($rest:tt)+) => {
        $crate::__call!(named $crate::__private::std::module_path!(), $level $(, $limit)?; $($rest)+)
    };
}

/// Binds each value and then each argument by a `match` of its own, so that nothing that is not
/// `Send` is held while one of them is awaited, and logs.
///
/// A message whose format string has no placeholder but `{}` is taken apart at compile time; the
/// branch for the others is `format_args!`, which also gives its errors. Either is removed when it
/// is optimized.
#[doc(hidden)]
#[macro_export]
macro_rules! __bind {
    (@values $to:tt $done:tt [] $($message:tt)+) => { $crate::__bind!(@message $to $done $($message)+) };
    (@values $to:tt [$($done:tt)*] [[$key:tt $mode:tt [$value:expr]] $($rest:tt)*] $($message:tt)+) => {
        match &$value {
            __value => $crate::__bind!(@values $to [$($done)* [$key $mode __value]] [$($rest)*] $($message)+),
        }
    };
    (@values $to:tt $done:tt [[$key:tt [backtrace] []] $($rest:tt)*] $($message:tt)+) => {
        $crate::__bind!(@values $to $done
            [[$key [backtrace] [$crate::__private::std::backtrace::Backtrace::force_capture()]] $($rest)*]
            $($message)+)
    };
    (@values $to:tt $done:tt [[$key:ident $mode:tt []] $($rest:tt)*] $($message:tt)+) => {
        $crate::__bind!(@values $to $done [[$key $mode [$key]] $($rest)*] $($message)+)
    };
    (@values $to:tt $done:tt [[$key:literal $mode:tt []] $($rest:tt)*] $($message:tt)+) => {
        $crate::__private::std::compile_error!("a key in quotes is followed by `=` and its value")
    };

    (@message $to:tt $values:tt $format:literal, $($argument:tt)+) => {
        $crate::__bind!(@arguments $to $values [$format, $($argument)+] [] $($argument)+)
    };
    (@message $to:tt $values:tt $($format:tt)+) => { $crate::__bind!(@whole $to $values [$($format)+]) };
    (@whole ($logger:ident, $passed:ident) [$([$($value:tt)+])*] [$($format:tt)+]) => {
        $crate::__private::log_arguments(
            $logger,
            $passed,
            $crate::__bind!(@site None),
            $crate::__private::std::format_args!($($format)+),
            &[$($crate::__value!($($value)+)),*],
        )
    };

    (@arguments ($logger:ident, $passed:ident) [$([$($value:tt)+])*] [$format:literal, $($all:tt)+] [$($argument:ident)*]) => {{
        static __TEMPLATE: $crate::__private::Template = $crate::__private::Template::new($format);
        let __site = $crate::__bind!(@site Some(&__TEMPLATE));
        match &[$($crate::__value!($($value)+)),*] {
            __values => if $crate::__private::Template::is_plain(&__TEMPLATE) {
                $crate::__private::log_split(
                    $logger,
                    $passed,
                    __site,
                    &[$($crate::__private::argument($argument).__argument()),*],
                    __values,
                )
            } else {
                $crate::__private::log_arguments(
                    $logger,
                    $passed,
                    __site,
                    $crate::__private::std::format_args!($format, $(*$argument),*),
                    __values,
                )
            }
        }
    }};
    // A named argument: its name is known to `format_args!` alone.
    (@arguments $to:tt $values:tt $all:tt [$($done:ident)*] $name:ident = $($rest:tt)*) => {
        $crate::__bind!(@whole $to $values $all)
    };
    (@arguments $to:tt $values:tt $all:tt [$($done:ident)*] $argument:expr $(, $($rest:tt)*)?) => {
        match &$argument {
            __argument => $crate::__bind!(@arguments $to $values $all [$($done)* __argument] $($($rest)*)?),
        }
    };

    (@site $($template:tt)+) => {{
        // Its path has the name of the function.
        struct __Here;
        static __HERE: $crate::__private::Site = $crate::__private::Site::new(
            $crate::record::Source::of_call_site(
                $crate::__private::std::module_path!(),
                $crate::__private::std::file!(),
                $crate::__private::std::line!(),
                $crate::__private::std::any::type_name::<__Here>,
            ),
            $crate::__private::std::option::Option::$($template)+,
        );
        &__HERE
    }};

    ($to:tt target: $name:literal, $($rest:tt)+) => {
        $crate::__private::std::compile_error!("a logger and a target exclude each other")
    };
    ($to:tt $($key:tt $(: $mode:tt)? $(= $value:expr)?),+ ; $($message:tt)+) => {
        $crate::__bind!(@values $to [] [$([$key [$($mode)?] [$($value)?]])+] $($message)+)
    };
    ($to:tt $key:ident = $($rest:tt)+) => {
        $crate::__private::std::compile_error!("key-values end with a semicolon, before the message")
    };
    ($to:tt $key:ident : $mode:tt $($rest:tt)+) => {
        $crate::__private::std::compile_error!("key-values end with a semicolon, before the message")
    };
    ($to:tt $($message:tt)+) => { $crate::__bind!(@message $to [] $($message)+) };
}

/// Makes one key-value.
#[doc(hidden)]
#[macro_export]
macro_rules! __value {
    (@pair $key:tt $mode:tt $value:ident) => {
        (const { &$crate::__private::CallKey::new($key) }, $crate::__value!($mode $value))
    };
    ($key:ident $mode:tt $value:ident) => {
        $crate::__value!(@pair ($crate::__private::std::stringify!($key)) $mode $value)
    };
    ($key:tt $mode:tt $value:ident) => { $crate::__value!(@pair ($key) $mode $value) };

    ([] $value:ident) => { $crate::__private::value($value).__value() };
    ([?] $value:ident) => { $crate::__private::value($value).__debug() };
    ([debug] $value:ident) => { $crate::__private::value($value).__debug() };
    ([%] $value:ident) => { $crate::__private::value($value).__display() };
    ([display] $value:ident) => { $crate::__private::value($value).__display() };
    ([serde] $value:ident) => { $crate::__serde_value!($value) };
    ([sval] $value:ident) => { $crate::__sval_value!($value) };
    ([err] $value:ident) => { $crate::__private::value($value).__error() };
    ([backtrace] $value:ident) => { $crate::__private::value($value).__backtrace() };
    ([$mode:tt] $value:ident) => {
        $crate::__private::std::compile_error!(
            "a key is followed by its value, or by `:?`, `:%`, `:serde`, `:sval`, `:err` or `:backtrace`"
        )
    };
}

/// The value of `key:serde`.
#[cfg(feature = "kv-serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! __serde_value {
    ($value:ident) => {
        $crate::__private::CallValue::Value($crate::__private::kv::Value::from_serde($value))
    };
}

#[cfg(not(feature = "kv-serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __serde_value {
    ($value:ident) => {
        $crate::__private::std::compile_error!("`key:serde` needs logtree's feature `kv-serde`")
    };
}

/// The value of `key:sval`.
#[cfg(feature = "kv-sval")]
#[doc(hidden)]
#[macro_export]
macro_rules! __sval_value {
    ($value:ident) => {
        $crate::__private::CallValue::Value($crate::__private::kv::Value::from_sval($value))
    };
}

#[cfg(not(feature = "kv-sval"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __sval_value {
    ($value:ident) => {
        $crate::__private::std::compile_error!("`key:sval` needs logtree's feature `kv-sval`")
    };
}

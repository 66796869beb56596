//! How the value of a key is taken: by the first of some ways that fits its type.

#![expect(unnameable_types, reason = "their methods are all that the macros use")]

use std::backtrace::Backtrace;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::ops::Deref;
use std::path::{self, Path, PathBuf};
use std::time::Duration;

use log::kv::{ToValue, Value};

use crate::record::call_values::CallValue;

/// Wraps a value in the ways to take it. A method of theirs is that of the first whose bound holds:
/// method resolution passes the others over and goes on by `Deref`.
#[inline(always)]
#[must_use]
pub fn value<T: ?Sized>(value: &T) -> Std<'_, T> {
    Std(Error(DynError(SyncDynError(KeyValue(AsItIs(value))))))
}

macro_rules! ways {
    ($($(#[$doc:meta])* $way:ident($next:ident);)+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $way<'a, T: ?Sized>($next<'a, T>);

        impl<'a, T: ?Sized> Deref for $way<'a, T> {
            type Target = $next<'a, T>;

            #[inline(always)]
            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl<'a, T: ?Sized> $way<'a, T> {
            #[inline(always)]
            fn get(&self) -> &'a T {
                self.0.get()
            }
        }
    )+};
}

ways! {
    /// A type of the standard library that is not taken as `log` takes it.
    Std(Error);
    /// An error.
    Error(DynError);
    /// What leads to an error: `Box<dyn Error>`, `anyhow::Error`, `eyre::Report`.
    DynError(SyncDynError);
    /// What leads to an error that is `Send` and `Sync`.
    SyncDynError(KeyValue);
    /// A value of `log`.
    KeyValue(AsItIs);
}

/// Anything else, which needs a modifier.
#[derive(Debug)]
pub struct AsItIs<'a, T: ?Sized>(&'a T);

impl<'a, T: StdValue + ?Sized> Std<'a, T> {
    /// Takes it as what it is, or by its usual text.
    #[inline(always)]
    #[must_use]
    pub fn __value(&self) -> CallValue<'a> {
        self.get().call_value()
    }
}

macro_rules! ways_to_an_error {
    ($($way:ident($($bound:tt)+) => |$value:ident| $error:expr;)+) => {$(
        impl<'a, T: $($bound)+> $way<'a, T> {
            /// Takes the error.
            #[inline]
            #[must_use]
            pub fn __value(&self) -> CallValue<'a> {
                self.__error()
            }

            /// Takes the error.
            #[inline]
            #[must_use]
            pub fn __error(&self) -> CallValue<'a> {
                let $value = self.get();
                CallValue::Error($error)
            }
        }
    )+};
}

ways_to_an_error! {
    Error(StdError) => |error| error;
    DynError(AsRef<dyn StdError> + ?Sized) => |error| error.as_ref();
    SyncDynError(AsRef<dyn StdError + Send + Sync> + ?Sized) => |error| error.as_ref();
}

impl<'a, T: ToValue + ?Sized> KeyValue<'a, T> {
    /// Takes it as `log` does.
    #[inline(always)]
    #[must_use]
    pub fn __value(&self) -> CallValue<'a> {
        CallValue::Value(self.get().to_value())
    }
}

impl<'a, T: ?Sized> AsItIs<'a, T> {
    #[inline(always)]
    fn get(&self) -> &'a T {
        self.0
    }

    /// Fails to compile.
    #[must_use]
    pub fn __value(&self) -> CallValue<'a>
    where
        T: IsKeyValue,
    {
        self.0.never()
    }

    /// Fails to compile.
    #[must_use]
    pub fn __error(&self) -> CallValue<'a>
    where
        T: IsError,
    {
        self.0.never()
    }
}

impl<'a, T> AsItIs<'a, T> {
    /// Takes it by its `Debug`.
    #[inline]
    #[must_use]
    pub fn __debug(&self) -> CallValue<'a>
    where
        T: Debug,
    {
        CallValue::Value(Value::from_debug(self.0))
    }

    /// Takes it by its `Display`.
    #[inline]
    #[must_use]
    pub fn __display(&self) -> CallValue<'a>
    where
        T: Display,
    {
        CallValue::Value(Value::from_display(self.0))
    }
}

impl<'a> AsItIs<'a, Backtrace> {
    /// Takes the stack trace.
    #[inline]
    #[must_use]
    pub fn __backtrace(&self) -> CallValue<'a> {
        CallValue::Backtrace(self.0)
    }
}

/// Has no implementation: its name is in the compiler's message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key-value as it is",
    label = "expected an error, or a type with `log::kv::ToValue`",
    note = "`key:? = value` takes it by its `Debug`, `key:% = value` by its `Display`",
    note = "`key:err = value` attaches an error"
)]
pub trait IsKeyValue {
    /// Is never called.
    fn never(&self) -> CallValue<'static>;
}

/// Has no implementation: its name is in the compiler's message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error",
    label = "expected `std::error::Error`, or what leads to one by `AsRef`"
)]
pub trait IsError {
    /// Is never called.
    fn never(&self) -> CallValue<'static>;
}

/// The types of the standard library that are taken as what they are, or that have a usual text but
/// no value of `log`.
pub trait StdValue {
    /// Returns the value.
    fn call_value(&self) -> CallValue<'_>;
}

macro_rules! typed {
    ($($way:ident($value:ident => $taken:expr): $($type:ty)+;)+) => {$($(
        impl StdValue for $type {
            #[inline(always)]
            fn call_value(&self) -> CallValue<'_> {
                let $value = self;
                CallValue::$way($taken)
            }
        }
    )+)+};
}

// The types of most values, past those of `log`, whose visitors cost more than writing the value.
typed! {
    Signed(value => (*value).into()): i8 i16 i32;
    Signed(value => *value): i64;
    Signed(value => *value as i64): isize;
    Unsigned(value => (*value).into()): u8 u16 u32;
    Unsigned(value => *value): u64;
    Unsigned(value => *value as u64): usize;
    Bool(value => *value): bool;
    Text(value => value): str String;
}

impl StdValue for Duration {
    #[inline]
    fn call_value(&self) -> CallValue<'_> {
        CallValue::Value(Value::from_debug(self))
    }
}

impl StdValue for path::Display<'_> {
    #[inline]
    fn call_value(&self) -> CallValue<'_> {
        CallValue::Value(Value::from_display(self))
    }
}

impl StdValue for Path {
    #[inline]
    fn call_value(&self) -> CallValue<'_> {
        CallValue::Path(self.display())
    }
}

macro_rules! by_deref {
    ($([$($generics:tt)*] $type:ty;)+) => {$(
        impl<$($generics)*> StdValue for $type {
            #[inline]
            fn call_value(&self) -> CallValue<'_> {
                (**self).call_value()
            }
        }
    )+};
}

by_deref! {
    [] PathBuf;
    [] Cow<'_, Path>;
    [T: StdValue + ?Sized] &T;
    [T: StdValue + ?Sized] Box<T>;
}

impl<T: StdValue> StdValue for Option<T> {
    #[inline]
    fn call_value(&self) -> CallValue<'_> {
        match self {
            Some(value) => value.call_value(),
            None => CallValue::Value(Value::null()),
        }
    }
}

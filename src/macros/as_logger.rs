//! What a macro logs to, and how it is found in what stands for it.

#![expect(unnameable_types, reason = "their methods are all that the macros use")]

use std::cell::LazyCell;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use once_cell::sync::Lazy;
use once_cell::unsync::Lazy as UnsyncLazy;

use crate::level::Level;
use crate::logger::passed::Passed;
use crate::logger::static_logger::StaticLogger;
use crate::logger::{Logger, LoggerAdapter};
use crate::macros::call_site::is_compiled;

/// A logger, or what keeps one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a logger",
    label = "expected a `Logger`, a `LoggerAdapter`, or what dereferences to one",
    note = "a message begins with a literal: `info!(\"{{}}\", value)`",
    note = "a first key-value needs its value: `info!(key = key, …; \"…\")`",
    note = "the logger of a name is `get_logger(name)`"
)]
pub trait AsLogger {
    /// Returns the logger.
    fn as_logger(&self) -> &Logger;

    /// Returns the adapter if it is one.
    #[inline(always)]
    fn as_adapter(&self) -> Option<&LoggerAdapter> {
        None
    }
}

impl AsLogger for Logger {
    #[inline(always)]
    fn as_logger(&self) -> &Logger {
        self
    }
}

impl AsLogger for LoggerAdapter {
    #[inline(always)]
    fn as_logger(&self) -> &Logger {
        self.logger()
    }

    #[inline(always)]
    fn as_adapter(&self) -> Option<&LoggerAdapter> {
        Some(self)
    }
}

macro_rules! as_logger_by_deref {
    ($([$($generics:tt)*] $pointer:ty;)+) => {$(
        impl<$($generics)*> AsLogger for $pointer {
            #[inline(always)]
            fn as_logger(&self) -> &Logger {
                (**self).as_logger()
            }

            #[inline(always)]
            fn as_adapter(&self) -> Option<&LoggerAdapter> {
                (**self).as_adapter()
            }
        }
    )+};
}

as_logger_by_deref! {
    [] StaticLogger;
    [T: AsLogger + ?Sized] &T;
    [T: AsLogger + ?Sized] &mut T;
    [T: AsLogger + ?Sized] Box<T>;
    [T: AsLogger + ?Sized] Rc<T>;
    [T: AsLogger + ?Sized] Arc<T>;
    [T: AsLogger, F: FnOnce() -> T] LazyLock<T, F>;
    [T: AsLogger, F: FnOnce() -> T] LazyCell<T, F>;
    [T: AsLogger, F: FnOnce() -> T] Lazy<T, F>;
    [T: AsLogger, F: FnOnce() -> T] UnsyncLazy<T, F>;
}

/// Wraps what stands for the logger in the ways to find it. The method is that of the first whose
/// bound holds: method resolution passes the others over and goes on by `Deref`.
#[inline(always)]
#[must_use]
pub fn logger<T: ?Sized>(kept: &T) -> Kept<'_, T> {
    Kept(KeptByPointer(AsItIs(kept)))
}

/// What keeps a logger.
#[derive(Debug)]
pub struct Kept<'a, T: ?Sized>(KeptByPointer<'a, T>);

/// What dereferences to what keeps one: a guard, a pointer of another crate.
#[derive(Debug)]
pub struct KeptByPointer<'a, T: ?Sized>(AsItIs<'a, T>);

/// Anything else, which [`passes`] does not take.
#[derive(Debug)]
pub struct AsItIs<'a, T: ?Sized>(&'a T);

impl<'a, T: AsLogger + ?Sized> Kept<'a, T> {
    /// Returns it.
    #[inline(always)]
    #[must_use]
    pub fn __logger(&self) -> &'a T {
        self.0.0.0
    }
}

impl<'a, T: Deref<Target: AsLogger> + ?Sized> KeptByPointer<'a, T> {
    /// Returns what it dereferences to.
    #[inline(always)]
    #[must_use]
    pub fn __logger(&self) -> &'a T::Target {
        self.0.0
    }
}

impl<'a, T: ?Sized> AsItIs<'a, T> {
    /// Returns it, though it is no logger.
    #[must_use]
    pub fn __logger(&self) -> &'a T {
        self.0
    }
}

impl<'a, T: ?Sized> Deref for Kept<'a, T> {
    type Target = KeptByPointer<'a, T>;

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a, T: ?Sized> Deref for KeptByPointer<'a, T> {
    type Target = AsItIs<'a, T>;

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// Reports whether a record passes.
#[inline(always)]
pub fn is_enabled(logger: &(impl AsLogger + ?Sized), level: Level) -> bool {
    is_compiled(level) && logger.as_logger().is_enabled_for(level)
}

/// Returns what the test of the logger's gate found out, if a record of the level passes it.
#[inline(always)]
pub fn passes(logger: &(impl AsLogger + ?Sized), level: Level) -> Option<Passed> {
    if is_compiled(level) {
        logger.as_logger().passes(level)
    } else {
        None
    }
}

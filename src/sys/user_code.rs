//! The only way in which the crate calls user code: `Display` and `Debug` of what is logged,
//! filters, formatters, sinks and writers, error hooks, clocks, namers, observers, and the
//! destructors of all of these.
//!
//! - A panic ends here ([`Panic`]), and so does the destructor of its payload.
//! - The calling thread holds none of the crate's locks: user code may log, make loggers and change
//!   the configuration, and would deadlock on a lock that its own thread holds. Debug builds check
//!   it at each call where `LOGTREE_ASSERT_UNLOCKED` is set, as this project's
//!   `.cargo/config.toml` does, and end the process: a panic would be caught like one of the
//!   user's.
//! - A device is the exception: a writer is called under the lock of its stream, as lines must not
//!   mix. A thread inside any device waits for no other one (see [`is_inside_device`]), so two
//!   writers that log cannot wait for each other.

use std::any::Any;
use std::fmt::{self, Write};
use std::ops::Deref;
use std::panic::{self, AssertUnwindSafe};

use scopeguard::ScopeGuard;

use crate::sys::presence::Presence;
use crate::sys::sync::Arc;

/// Calls user code and catches its panic.
#[inline]
#[cfg_attr(debug_assertions, track_caller)]
pub(crate) fn call<R>(code: impl FnOnce() -> R) -> Result<R, Panic> {
    unlocked::check();
    catch(code)
}

/// Catches a panic in the crate's own code that calls user code somewhere inside.
#[inline]
pub(crate) fn catch<R>(code: impl FnOnce() -> R) -> Result<R, Panic> {
    panic::catch_unwind(AssertUnwindSafe(code)).map_err(Panic)
}

/// Calls user code whose panic does not matter to the caller.
#[inline]
#[cfg_attr(debug_assertions, track_caller)]
pub(crate) fn call_ignoring_panic(code: impl FnOnce()) {
    let _ = call(code);
}

/// Drops a value whose destructor may be user code.
#[cfg_attr(debug_assertions, track_caller)]
pub(crate) fn drop_value<T>(value: T) {
    call_ignoring_panic(move || drop(value));
}

/// Lets user code write a string. A panic or an error is noted after what was written so far.
#[inline]
#[cfg_attr(debug_assertions, track_caller)]
pub(crate) fn write_to<W: Write>(out: &mut W, write: impl FnOnce(&mut W) -> fmt::Result) {
    let written = call(|| write(out));
    if !matches!(written, Ok(Ok(()))) {
        note_failure(out, written.err());
    }
}

#[cold]
fn note_failure(out: &mut dyn Write, panic: Option<Panic>) {
    let _ = match panic {
        None => out.write_str("<fmt error>"),
        Some(panic) => write!(out, "<panic while formatting: {panic}>"),
    };
}

/// [`write_to`] into a new string.
pub(crate) fn text(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
    let mut text = String::new();
    write_to(&mut text, write);
    text
}

/// Returns the string of a value whose `Display` is user code. Unlike `to_string`, it does not
/// panic if `Display` returns an error.
pub(crate) fn display(value: &(impl fmt::Display + ?Sized)) -> String {
    text(|out| write!(out, "{value}"))
}

/// A caught panic. It displays as its text. Its payload, whose destructor may panic as well, is
/// dropped safely.
#[derive(Debug)]
pub(crate) struct Panic(Box<dyn Any + Send>);

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.downcast_ref::<&str>().copied();
        let text = text.or_else(|| self.0.downcast_ref::<String>().map(String::as_str));
        f.write_str(text.unwrap_or("no text"))
    }
}

impl Drop for Panic {
    fn drop(&mut self) {
        // A box of nothing allocates nothing.
        let payload = std::mem::replace(&mut self.0, Box::new(()));
        let dropped = panic::catch_unwind(AssertUnwindSafe(|| drop(payload)));
        // No more than twice: what a destructor of a payload panics with is leaked.
        dropped.unwrap_or_else(std::mem::forget);
    }
}

/// A value of a user that is dropped through the door, wherever its last owner ends: inside a
/// logging call, if it was removed while that call was using it.
pub(crate) struct Owned<T: Pointer>(ScopeGuard<T, fn(T)>);

/// A pointer to a value of a user.
pub(crate) trait Pointer {
    /// Whether the value ends with this pointer.
    fn is_last(&self) -> bool;
}

impl<T: ?Sized> Pointer for Box<T> {
    fn is_last(&self) -> bool {
        true
    }
}

impl<T: ?Sized> Pointer for Arc<T> {
    fn is_last(&self) -> bool {
        Self::strong_count(self) == 1
    }
}

impl<T: Pointer> Owned<T> {
    #[inline]
    pub(crate) fn new(value: T) -> Self {
        Self(scopeguard::guard(value, Self::end))
    }

    fn end(value: T) {
        // One of several may end under a lock. It is caught nevertheless, as the others may have
        // ended meanwhile.
        if value.is_last() {
            unlocked::check();
        }
        drop(catch(|| drop(value)));
    }
}

impl<T: Pointer> Deref for Owned<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Pointer + Clone> Clone for Owned<T> {
    fn clone(&self) -> Self {
        Self::new(T::clone(self))
    }
}

/// Whether the calling thread is inside a device, that is, its writer is what logs now. Then
/// nothing may be waited for that another thread may hold while it waits for this device: no other
/// device, and no room in a queue.
#[inline]
pub(crate) fn is_inside_device() -> bool {
    Presence::known().is_some_and(|presence| presence.devices() > 0)
}

#[cfg(not(debug_assertions))]
mod unlocked {
    #[inline]
    pub(super) fn check() {}
}

#[cfg(debug_assertions)]
mod unlocked {
    use std::backtrace::Backtrace;
    use std::io::Write;
    use std::panic::Location;

    use once_cell::sync::Lazy;

    use crate::sys::host;
    use crate::sys::presence::Presence;

    #[track_caller]
    pub(super) fn check() {
        static IS_ASKED: Lazy<bool> =
            Lazy::new(|| std::env::var_os("LOGTREE_ASSERT_UNLOCKED").is_some());
        let held = Presence::known().map_or(0, Presence::locks);
        if held > 0 && *IS_ASKED {
            let _ = writeln!(
                host::stderr(),
                "user code is called at {} with {held} locks held\n{}",
                Location::caller(),
                Backtrace::force_capture()
            );
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct PanicsTwice;

    impl Drop for PanicsTwice {
        fn drop(&mut self) {
            panic::panic_any(Self);
        }
    }

    #[test]
    fn no_panic_leaves_by_the_door() {
        let text = |code: fn()| call(code).unwrap_err().to_string();
        assert_eq!(text(|| panic!("plain")), "plain");
        assert_eq!(text(|| panic!("with {}", 1)), "with 1");
        assert_eq!(text(|| panic::panic_any(7)), "no text");
        assert_eq!(text(|| panic::panic_any(PanicsTwice)), "no text");
        drop_value(PanicsTwice);
        drop(Owned::new(Box::new(PanicsTwice)));
    }

    #[test]
    fn a_text_that_fails_has_a_mark() {
        let half = |out: &mut String| {
            out.push_str("half");
            Err(fmt::Error)
        };
        assert_eq!(text(half), "half<fmt error>");
        let panics = |out: &mut String| {
            out.push_str("half");
            panic!("boom")
        };
        assert_eq!(text(panics), "half<panic while formatting: boom>");
    }
}

//! What the macros expand to. Not public API: it changes without notice.

#![expect(missing_docs, reason = "for the macros alone")]

use std::cell::LazyCell;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use log::LevelFilter;
use log::kv::ToValue;
use once_cell::sync::Lazy;
use once_cell::unsync::Lazy as UnsyncLazy;

pub use log::kv::Value as KvValue;
pub use std::any::type_name_of_val;
pub use std::backtrace::Backtrace as StdBacktrace;
pub use std::option::Option::Some;
pub use std::primitive::usize;
pub use std::{compile_error, concat, file, format_args, line, module_path, stringify};

pub use crate::logger::passed::Passed;
pub use crate::record::call_values::CallValue;
pub use crate::record::message::MessageSource;
pub use crate::record::split_message::{
    Argument, ByDisplay, ByNothing, ByPlain, MessagePiece, Plain, Probe, SplitMessage,
    count_pieces, pieces,
};

use crate::level::Level;
use crate::logger::static_logger::StaticLogger;
use crate::logger::{Logger, LoggerAdapter};
use crate::record::{CallValues, LazyMessage, Message, Source};
use crate::registry::{GateCopy, Registry};
use crate::sys::sync::OnceCell;

/// What a macro logs to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a logger",
    label = "expected a `Logger`, a `LoggerAdapter`, or what dereferences to one",
    note = "a message begins with a literal: `info!(\"{{}}\", value)`",
    note = "a first key-value needs its value: `info!(key = key, …; \"…\")`",
    note = "the logger of a name is `get_logger(name)`"
)]
pub trait Target {
    fn passes(&self, level: Level) -> Option<Passed>;
    fn logger(&self) -> &Logger;
    fn adapter(&self) -> Option<&LoggerAdapter>;
}

impl Target for Logger {
    #[inline(always)]
    fn passes(&self, level: Level) -> Option<Passed> {
        Self::passes(self, level)
    }

    #[inline(always)]
    fn logger(&self) -> &Logger {
        self
    }

    #[inline(always)]
    fn adapter(&self) -> Option<&LoggerAdapter> {
        None
    }
}

impl Target for LoggerAdapter {
    #[inline(always)]
    fn passes(&self, level: Level) -> Option<Passed> {
        self.logger().passes(level)
    }

    #[inline(always)]
    fn logger(&self) -> &Logger {
        self.logger()
    }

    #[inline(always)]
    fn adapter(&self) -> Option<&LoggerAdapter> {
        Some(self)
    }
}

/// What a macro's user keeps a logger in: the logger itself, or what leads to it.
pub trait Keeps {
    type Kept: Target;
    fn kept(&self) -> &Self::Kept;
}

impl Keeps for Logger {
    type Kept = Self;

    #[inline(always)]
    fn kept(&self) -> &Self {
        self
    }
}

impl Keeps for LoggerAdapter {
    type Kept = Self;

    #[inline(always)]
    fn kept(&self) -> &Self {
        self
    }
}

impl Keeps for StaticLogger {
    type Kept = Logger;

    #[inline(always)]
    fn kept(&self) -> &Logger {
        self
    }
}

macro_rules! keeps_by_deref {
    ($($pointer:ty),+) => {$(
        impl<T: Keeps + ?Sized> Keeps for $pointer {
            type Kept = T::Kept;

            #[inline(always)]
            fn kept(&self) -> &T::Kept {
                (**self).kept()
            }
        }
    )+};
}

keeps_by_deref!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

macro_rules! keeps_lazily {
    ($($lazy:ident),+) => {$(
        impl<T: Keeps, F: FnOnce() -> T> Keeps for $lazy<T, F> {
            type Kept = T::Kept;

            #[inline(always)]
            fn kept(&self) -> &T::Kept {
                (**self).kept()
            }
        }
    )+};
}

keeps_lazily!(LazyLock, LazyCell, Lazy, UnsyncLazy);

/// What stands for the logger in a call of a macro. Which of three types of this shape gives `__find` is decided by which can, in
/// this order: a method whose bounds do not hold is passed over, and the next is reached by dereference.
#[derive(Debug)]
pub struct Held<'a, T: ?Sized>(pub HeldByPointer<'a, T>);

#[derive(Debug)]
pub struct HeldByPointer<'a, T: ?Sized>(pub HeldAsItIs<'a, T>);

#[derive(Debug)]
pub struct HeldAsItIs<'a, T: ?Sized>(pub &'a T);

#[inline(always)]
#[must_use]
pub fn held<T: ?Sized>(held: &T) -> Held<'_, T> {
    Held(HeldByPointer(HeldAsItIs(held)))
}

impl<'a, T: Keeps + ?Sized> Held<'a, T> {
    /// It keeps a logger.
    #[inline(always)]
    #[must_use]
    pub fn __find(&self) -> &'a T::Kept {
        self.0.0.0.kept()
    }
}

impl<'a, T: Deref<Target: Keeps> + ?Sized> HeldByPointer<'a, T> {
    /// It dereferences to what keeps one: a guard, a pointer of another crate.
    #[inline(always)]
    #[must_use]
    pub fn __find(&self) -> &'a <T::Target as Keeps>::Kept {
        self.0.0.deref().kept()
    }
}

impl<'a, T: ?Sized> HeldAsItIs<'a, T> {
    /// It is none, which [`Target`] says.
    #[must_use]
    pub fn __find(&self) -> &'a T {
        self.0
    }
}

impl<'a, T: ?Sized> Deref for Held<'a, T> {
    type Target = HeldByPointer<'a, T>;

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a, T: ?Sized> Deref for HeldByPointer<'a, T> {
    type Target = HeldAsItIs<'a, T>;

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// The lowest level whose calls the features `max_level_…` of `log` leave in the program.
const COMPILED_FROM: Level = lowest(log::STATIC_MAX_LEVEL);

const fn lowest(filter: LevelFilter) -> Level {
    match filter {
        LevelFilter::Off => Level::OFF,
        LevelFilter::Error => Level::ERROR,
        LevelFilter::Warn => Level::WARNING,
        LevelFilter::Info => Level::INFO,
        LevelFilter::Debug => Level::DEBUG,
        LevelFilter::Trace => Level::NOTSET,
    }
}

/// Whether a record passes its logger's gate, and is wanted behind it.
#[inline(always)]
pub fn passes(target: &(impl Target + ?Sized), level: Level) -> Option<Passed> {
    if level >= COMPILED_FROM {
        target.passes(level)
    } else {
        None
    }
}

/// A value as it is.
#[inline(always)]
pub fn value<T: ToValue + ?Sized>(value: &T) -> CallValue<'_> {
    CallValue::Value(value.to_value())
}

/// A call site that names no logger: its module's, found at the first call.
///
/// The tree writes the gate of that logger into the site and keeps it up to date, so that a call that is off costs one load
/// from a static and a compare, however many loggers there are.
#[derive(Debug)]
pub struct CallSite {
    gate: GateCopy,
    logger: OnceCell<Logger>,
}

impl CallSite {
    #[must_use]
    pub const fn new() -> Self {
        Self {
            gate: GateCopy::new(),
            logger: OnceCell::new(),
        }
    }

    /// Whether a record may pass; before the first call it may.
    #[inline(always)]
    pub fn may_pass(&self, level: Level) -> bool {
        level >= COMPILED_FROM && level.passes(self.gate.get())
    }

    /// Whether a record passes.
    #[inline(always)]
    pub fn is_enabled(&'static self, module_path: &'static str, level: Level) -> bool {
        self.may_pass(level) && self.logger(module_path, level).is_some()
    }

    /// The logger, where a record passes its gate.
    #[inline(never)]
    pub fn logger(
        &'static self,
        module_path: &'static str,
        level: Level,
    ) -> Option<(&'static Logger, Passed)> {
        let logger = self.logger.get_or_init(|| {
            let logger = Registry::global().get_logger(module_path);
            logger
                .inner()
                .change(|tree| tree.follow(logger.node().id(), &self.gate));
            logger
        });
        logger.passes(level).map(|passed| (logger, passed))
    }
}

impl Default for CallSite {
    fn default() -> Self {
        Self::new()
    }
}

/// Logs; behind the gate.
#[inline(always)]
pub fn log<'a>(
    target: &'a impl Target,
    passed: Passed,
    source: &'a Source<'static>,
    message: MessageSource<'a>,
    captures: &'a [(&'a str, CallValue<'a>)],
) {
    match target.adapter() {
        None if captures.is_empty() => submit(target.logger(), passed, source, message),
        adapter => submit_with(target.logger(), adapter, passed, source, message, captures),
    }
}

/// The usual call.
#[inline(never)]
fn submit(logger: &Logger, passed: Passed, source: &Source<'static>, message: MessageSource<'_>) {
    if !logger.wants_plain(passed) {
        return;
    }
    let text = LazyMessage::new(message);
    let mut record = logger.record(passed.level, Message::Lazy(&text), source);
    logger.submit_passed(&mut record, passed.by_level);
}

/// A call with key-values, or through an adapter.
#[inline(never)]
pub(crate) fn submit_with(
    logger: &Logger,
    adapter: Option<&LoggerAdapter>,
    passed: Passed,
    source: &Source<'static>,
    message: MessageSource<'_>,
    captures: &[(&str, CallValue<'_>)],
) {
    let text = LazyMessage::new(message);
    let mut record = logger.record(passed.level, Message::Lazy(&text), source);
    if !captures.is_empty() {
        record.call = CallValues::Macro(captures);
        for (_, captured) in captures {
            match captured {
                CallValue::Value(_) => {}
                CallValue::Error(error) => {
                    record.error.get_or_insert(*error);
                }
                CallValue::Backtrace(backtrace) => {
                    record.backtrace.get_or_insert(*backtrace);
                }
            }
        }
    }
    match adapter {
        None => logger.submit_passed(&mut record, passed.by_level),
        Some(adapter) => adapter.submit(&mut record),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `log`'s features cut from the facade's macros, they cut from ours.
    #[test]
    fn the_facades_static_level_is_ours() {
        for filter in LevelFilter::iter() {
            let from = lowest(filter);
            for level in log::Level::iter() {
                assert_eq!(Level::from(level) >= from, level <= filter);
            }
            let critical = Level::CRITICAL >= from;
            assert_eq!(critical, log::Level::Error <= filter);
        }
    }
}

//! What a thread knows of itself when it logs.
//!
//! One thread-local without a destructor, so that it is there even while a thread's locals are
//! destroyed, and read in one step: a thread in no scope finds out that it is in none by the same
//! compare that limits how deep logging nests.

use std::cell::Cell;

use crate::level::Level;

struct Here {
    /// How deep logging is nested, [`IN_SCOPE`] and [`IN_SPAN`].
    state: Cell<u32>,
    /// The level from which the thread's scopes have its records logged.
    floor: Cell<u16>,
    /// How many calls passed a gate that was open for others; see [`in_vain`].
    vain: Cell<u16>,
}

thread_local! {
    static HERE: Here = const {
        Here { state: Cell::new(0), floor: Cell::new(Level::OFF.number()), vain: Cell::new(0) }
    };
}

/// Set while a scope with key-values holds on the thread. Above every depth.
const IN_SCOPE: u32 = 1 << 16;

/// Set while a span is entered on the thread. Above every depth.
const IN_SPAN: u32 = 1 << 17;

/// How deep logging nests on the thread; a larger number while it is in a span, or in a
/// scope with key-values.
#[inline]
pub(crate) fn nesting() -> u32 {
    HERE.with(|here| here.state.get())
}

/// How deep logging nests on the thread.
#[inline]
pub(crate) fn depth() -> u32 {
    nesting() & !(IN_SCOPE | IN_SPAN)
}

/// Whether a span, or a scope with key-values, holds on the thread.
#[inline]
pub(crate) fn is_in_scope() -> bool {
    nesting() >= IN_SCOPE
}

/// One more level of nesting, until dropped.
pub(crate) struct Nested(());

impl Nested {
    #[inline]
    pub(crate) fn enter() -> Self {
        HERE.with(|here| here.state.set(here.state.get() + 1));
        Self(())
    }
}

impl Drop for Nested {
    #[inline]
    fn drop(&mut self) {
        // Not back to what it was: a scope may have been entered, or left, meanwhile.
        HERE.with(|here| here.state.set(here.state.get() - 1));
    }
}

/// Whether a scope of the thread has records of a level logged.
#[inline]
pub(crate) fn lets_through(level: Level) -> bool {
    HERE.with(|here| level.passes(here.floor.get()))
}

/// Notes what holds on the thread from now on; returns the level until now.
pub(super) fn set(is_in_scope: bool, floor: Level) -> Level {
    HERE.with(|here| {
        let scope = if is_in_scope { IN_SCOPE } else { 0 };
        here.state.set(here.state.get() & !IN_SCOPE | scope);
        Level::new(here.floor.replace(floor.number()))
    })
}

/// Notes whether a span is entered on the thread.
#[cfg(feature = "tracing")]
pub(super) fn set_in_span(is_in_span: bool) {
    let span = if is_in_span { IN_SPAN } else { 0 };
    HERE.with(|here| here.state.set(here.state.get() & !IN_SPAN | span));
}

/// Whether a span is entered on the thread.
#[cfg(feature = "tracing")]
pub(super) fn is_in_span() -> bool {
    nesting() & IN_SPAN != 0
}

/// Counts a call that a gate let through for others, and that nothing wants here.
#[inline]
pub(crate) fn in_vain() {
    let vain = HERE.with(|here| {
        let vain = here.vain.get().wrapping_add(1);
        here.vain.set(vain);
        vain
    });
    if vain % super::floor::BATCH == 0 {
        super::floor::count_vain();
    }
}

//! What a thread knows of itself when it logs.
//!
//! One thread-local without a destructor, so that it is there even while a thread's locals are
//! destroyed, and read in one step: a thread in no scope finds out that it is in none by the same
//! compare that limits how deep logging nests.

use std::cell::Cell;

use crate::level::Level;

struct Here {
    /// How deep logging is nested, and flags above every depth.
    state: Cell<u32>,
    /// The level from which the thread's scopes have its records logged.
    floor: Cell<u16>,
    /// How many calls passed a gate that was open for others; see [`in_vain`].
    vain: Cell<u16>,
    /// How many scopes and spans were entered.
    entries: Cell<u64>,
}

thread_local! {
    static HERE: Here = const {
        Here {
            state: Cell::new(0),
            floor: Cell::new(Level::OFF.number()),
            vain: Cell::new(0),
            entries: Cell::new(0),
        }
    };
}

/// Set while a scope with key-values holds on the thread.
const IN_SCOPE: u32 = 1 << 16;

/// Set while a span is entered on the thread.
const IN_SPAN: u32 = 1 << 17;

/// Set while a scope with an owner holds on the thread.
const OWNED: u32 = 1 << 18;

/// Set while a span with an owner is entered on the thread.
const OWNED_BY_SPAN: u32 = 1 << 19;

const FLAGS: u32 = IN_SCOPE | IN_SPAN | OWNED | OWNED_BY_SPAN;

/// How deep logging nests on the thread; a larger number while it is in a span, or in a
/// scope with key-values or an owner.
#[inline]
pub(crate) fn nesting() -> u32 {
    HERE.with(|here| here.state.get())
}

/// How deep logging nests on the thread.
#[inline]
pub(crate) fn depth() -> u32 {
    nesting() & !FLAGS
}

/// Whether a span, or a scope with key-values, holds on the thread.
#[inline]
pub(crate) fn is_in_scope() -> bool {
    nesting() & (IN_SCOPE | IN_SPAN) != 0
}

/// Whether the thread may be in a scope or span with an owner.
#[inline]
pub(crate) fn is_owned() -> bool {
    nesting() >= OWNED
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
pub(super) fn set(is_in_scope: bool, is_owned: bool, floor: Level) -> Level {
    set_flags(is_in_scope, IN_SCOPE, is_owned, OWNED);
    HERE.with(|here| Level::new(here.floor.replace(floor.number())))
}

/// Notes whether a span is entered on the thread, and whether it has an owner.
#[cfg(feature = "tracing")]
pub(super) fn set_in_span(is_in_span: bool, is_owned: bool) {
    set_flags(is_in_span, IN_SPAN, is_owned, OWNED_BY_SPAN);
}

#[inline]
fn set_flags(is_inside: bool, inside: u32, is_owned: bool, owned: u32) {
    let flags = (u32::from(is_inside) * inside) | (u32::from(is_owned) * owned);
    HERE.with(|here| here.state.set(here.state.get() & !(inside | owned) | flags));
}

/// What was entered on the thread, with its place among all that was.
pub(super) type Entered<T> = (u64, T);

/// Returns the next place.
pub(super) fn next_entry() -> u64 {
    HERE.with(|here| {
        here.entries.set(here.entries.get() + 1);
        here.entries.get()
    })
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

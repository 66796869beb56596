//! What holds on a thread: a stack of scopes, of which any can end.

use std::cell::{OnceCell, RefCell};

use crate::level::Level;
use crate::scope::floor::Slot;
#[cfg(target_os = "linux")]
use crate::scope::floor::forget_others;
use crate::scope::frame::Frame;
use crate::scope::here;
use crate::sys::process;
use crate::sys::sync::Arc;

struct Entry {
    key: Key,
    /// The scope by itself; `None` for a future's, which hides what is around it where it is
    /// polled.
    own: Option<Frame>,
    /// With all around it.
    merged: Frame,
}

/// Names an entry of its thread's stack, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(u64);

struct Stack {
    entries: Vec<Entry>,
    last_key: u64,
}

thread_local! {
    static STACK: RefCell<Stack> = const {
        RefCell::new(Stack { entries: Vec::new(), last_key: 0 })
    };
    /// What the thread asks of all gates, once it has asked for anything. Beside the stack, which
    /// must not be borrowed while gates are opened: a registry may end there, and run the user's
    /// code.
    static ASKS: Asks = const { Asks(OnceCell::new()) };
}

struct Asks(OnceCell<Arc<Slot>>);

impl Asks {
    fn slot(&self) -> &Slot {
        self.0.get_or_init(|| {
            process::in_child(in_child);
            Slot::new()
        })
    }
}

/// What threads of the parent asked for would hold gates open for ever. Only the thread that forked
/// knows which slot is its own: if another one of the child's gets here first, all are kept, which
/// costs calls in vain and loses nothing.
fn in_child() {
    #[cfg(target_os = "linux")]
    if rustix::thread::gettid() == rustix::process::getpid() {
        let _ = ASKS.try_with(|asks| forget_others(asks.0.get()));
    }
}

impl Drop for Asks {
    fn drop(&mut self) {
        if let Some(slot) = self.0.get() {
            slot.ask_less(Level::OFF);
        }
    }
}

/// Changes what holds on this thread. `None` late in a thread's end, where nothing can.
fn change<R>(change: impl FnOnce(&mut Stack) -> R) -> Option<R> {
    let changed = STACK.try_with(|stack| {
        let mut stack = stack.borrow_mut();
        let result = change(&mut stack);
        let top = stack.top();
        let holds = top.map_or((false, false, Level::OFF), |top| {
            (top.values.is_some(), top.owner.is_some(), top.level)
        });
        (result, holds)
    });
    let (result, (is_in_scope, is_owned, level)) = changed.ok()?;
    let before = here::set(is_in_scope, is_owned, level);
    if level != before {
        ask(level, before);
    }
    Some(result)
}

// Apart, as most scopes have no level and need none of its registers.
#[inline(never)]
fn ask(level: Level, before: Level) {
    let _ = ASKS.try_with(|asks| {
        if level < before {
            asks.slot().ask_more(level);
        } else if let Some(slot) = asks.0.get() {
            slot.ask_less(level);
        }
    });
}

/// Makes a scope hold on this thread, within what holds there.
pub(super) fn enter(mut own: Frame) -> Option<Key> {
    own.enter();
    change(|stack| {
        let merged = stack
            .top()
            .map_or_else(|| own.clone(), |top| own.within(top));
        stack.push(Some(own), merged)
    })
}

/// Makes a future's frame hold on this thread, in place of what holds there; the frame is
/// [taken back](leave) after it.
pub(super) fn resume(mut frame: Frame) -> Option<Key> {
    frame.enter();
    change(|stack| stack.push(None, frame))
}

/// Takes an entry off the stack, wherever it is, and returns its frame. What was entered after it
/// holds on, within what was around it.
pub(super) fn leave(key: Key) -> Option<Frame> {
    change(|stack| stack.remove(key))?
}

/// What holds on this thread.
pub(super) fn current() -> Frame {
    with_current(|frame| Some(frame.clone())).unwrap_or(Frame::EMPTY)
}

/// Calls `use_it` with what holds on this thread. It must not run user code.
pub(super) fn with_current<R>(use_it: impl FnOnce(&Frame) -> Option<R>) -> Option<R> {
    let current = STACK.try_with(|stack| use_it(stack.borrow().top().unwrap_or(&Frame::EMPTY)));
    current.ok().flatten()
}

impl Stack {
    fn top(&self) -> Option<&Frame> {
        self.entries.last().map(|entry| &entry.merged)
    }

    fn push(&mut self, own: Option<Frame>, merged: Frame) -> Key {
        self.last_key += 1;
        let key = Key(self.last_key);
        self.entries.push(Entry { key, own, merged });
        key
    }

    fn remove(&mut self, key: Key) -> Option<Frame> {
        match self.entries.last() {
            // In order, as they nearly always end.
            Some(last) if last.key == key => self.entries.pop().map(|last| last.merged),
            _ => self.remove_below(key),
        }
    }

    #[cold]
    #[inline(never)]
    fn remove_below(&mut self, key: Key) -> Option<Frame> {
        let at = self.entries.iter().rposition(|entry| entry.key == key)?;
        let left = self.entries.remove(at);
        for above in at..self.entries.len() {
            let around = match above.checked_sub(1) {
                Some(below) => &self.entries[below].merged,
                None => &Frame::EMPTY,
            };
            match &self.entries[above].own {
                Some(own) => self.entries[above].merged = own.within(around),
                None => break,
            }
        }
        Some(left.merged)
    }
}

impl Drop for Stack {
    /// Ends what was never left: a guard can be forgotten.
    fn drop(&mut self) {
        here::set(false, false, Level::OFF);
    }
}

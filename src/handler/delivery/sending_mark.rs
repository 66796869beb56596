//! Which delivery a thread works for: [`SendingMark`].

use std::cell::Cell;
use std::marker::PhantomData;

thread_local! {
    /// The delivery that the thread sends for, or 0.
    static SENDS_FOR: Cell<u64> = const { Cell::new(0) };
}

/// Marks what is logged on a thread as caused by the sending of a handler, which does not send it
/// then: it would send for ever. Other handlers take it as usual.
///
/// The thread on which a handler calls its [`Transport`](crate::delivery::Transport) is marked. A
/// transport that works on other threads as well marks those, permanently or for as long as they
/// work for it.
///
/// # Examples
/// ```
/// use logtree::delivery::SendingMark;
///
/// // In `Transport::connect` or `Connection::send`:
/// let mark = SendingMark::current();
/// std::thread::spawn(move || {
///     mark.stay();
///     log::debug!("this is not sent to where this thread sends to");
/// });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SendingMark(u64);

impl SendingMark {
    pub(super) fn of(id: u64) -> Self {
        Self(id)
    }

    /// Returns the mark of the calling thread; on a thread that sends for no handler, one that has
    /// no effect.
    #[must_use]
    pub fn current() -> Self {
        Self(SENDS_FOR.get())
    }

    /// Marks the calling thread for the rest of its life.
    pub fn stay(self) {
        SENDS_FOR.set(self.0);
    }

    /// Marks the calling thread until the guard is dropped.
    pub fn enter(self) -> SendingGuard {
        SendingGuard {
            before: SENDS_FOR.replace(self.0),
            not_send: PhantomData,
        }
    }
}

/// A thread that is marked as sending; see [`SendingMark::enter`].
#[derive(Debug)]
#[must_use = "the mark ends when it is dropped"]
pub struct SendingGuard {
    before: u64,
    not_send: PhantomData<*const ()>,
}

impl Drop for SendingGuard {
    fn drop(&mut self) {
        SENDS_FOR.set(self.before);
    }
}

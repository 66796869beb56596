//! What a thread does for a delivery: [`SendingMark`].

use std::cell::Cell;
use std::marker::PhantomData;

thread_local! {
    static MARK: Cell<SendingMark> = const { Cell::new(SendingMark::NONE) };
}

/// Marks what is logged on a thread as caused by the sending of a handler. No handler that sends
/// takes it then: it would send for ever, or two of them would send each other what they log.
/// Handlers that do not send take it as usual.
///
/// The thread on which a handler calls its [`Transport`](crate::delivery::Transport) is marked
/// while it does. A transport that works on other threads as well marks those, permanently or for
/// as long as they work for it.
///
/// # Examples
/// ```
/// use logtree::delivery::SendingMark;
///
/// // In `Transport::connect` or `Connection::send`:
/// let mark = SendingMark::current();
/// std::thread::spawn(move || {
///     mark.stay();
///     log::debug!("no handler that sends takes this");
/// });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SendingMark {
    /// The delivery that the thread works for, or 0.
    delivery: u64,
    /// Whether it does what the transport does.
    is_sending: bool,
}

impl SendingMark {
    const NONE: Self = Self {
        delivery: 0,
        is_sending: false,
    };

    /// The mark of a delivery's thread outside of its transport: in hooks and in the handler for
    /// dead letters, whose records other handlers send.
    pub(super) fn of_thread(delivery: u64) -> Self {
        Self {
            delivery,
            is_sending: false,
        }
    }

    /// The mark inside of a delivery's transport.
    pub(super) fn of_transport(delivery: u64) -> Self {
        Self {
            delivery,
            is_sending: true,
        }
    }

    /// Returns the mark of the calling thread; on a thread that sends for no handler, one that has
    /// no effect.
    #[must_use]
    pub fn current() -> Self {
        MARK.get()
    }

    pub(super) fn is_of(self, delivery: u64) -> bool {
        self.delivery == delivery
    }

    /// Whether the record of a thread with this mark is not for a delivery.
    pub(super) fn keeps_from(self, delivery: u64) -> bool {
        self.is_sending || self.is_of(delivery)
    }

    /// Marks the calling thread for the rest of its life.
    pub fn stay(self) {
        MARK.set(self);
    }

    /// Marks the calling thread until the guard is dropped.
    pub fn enter(self) -> SendingGuard {
        SendingGuard {
            before: MARK.replace(self),
            not_send: PhantomData,
        }
    }
}

/// A thread that is marked as sending; see [`SendingMark::enter`].
#[derive(Debug)]
#[must_use = "the mark ends when it is dropped"]
pub struct SendingGuard {
    before: SendingMark,
    not_send: PhantomData<*const ()>,
}

impl Drop for SendingGuard {
    fn drop(&mut self) {
        MARK.set(self.before);
    }
}

//! What a record's thread does for a delivery: [`SendingMark`].

use std::cell::Cell;
#[cfg(feature = "delivery")]
use std::marker::PhantomData;

thread_local! {
    static MARK: Cell<SendingMark> = const { Cell::new(SendingMark::NONE) };
}

/// Marks what is logged on a thread as caused by the sending of a handler. No handler that sends
/// takes it then: it would send for ever, or two of them would send each other what they log.
/// Handlers that do not send take it as usual. A record keeps the mark on its way through handlers
/// that hold records back, such as a [`QueueHandler`](crate::handler::QueueHandler) or a
/// [`MemoryHandler`](crate::handler::MemoryHandler), and as an
/// [`OwnedRecord`](crate::record::OwnedRecord).
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
    /// Twice the number of the delivery that the thread works for, and one more while it does what
    /// the transport does; or 0.
    bits: u64,
}

impl SendingMark {
    pub(crate) const NONE: Self = Self { bits: 0 };

    /// Returns the mark of the calling thread; on a thread that sends for no handler, one that has
    /// no effect.
    #[must_use]
    #[inline]
    pub fn current() -> Self {
        MARK.get()
    }

    pub(crate) fn bits(self) -> u64 {
        self.bits
    }

    pub(crate) fn from_bits(bits: u64) -> Self {
        Self { bits }
    }
}

#[cfg(feature = "delivery")]
impl SendingMark {
    /// The mark of a delivery's thread outside of its transport: in hooks and in the handler for
    /// dead letters, whose records other handlers send.
    pub(crate) fn of_thread(delivery: u64) -> Self {
        Self {
            bits: delivery << 1,
        }
    }

    /// The mark inside of a delivery's transport.
    pub(crate) fn of_transport(delivery: u64) -> Self {
        Self {
            bits: delivery << 1 | 1,
        }
    }

    pub(crate) fn is_of(self, delivery: u64) -> bool {
        self.bits >> 1 == delivery
    }

    /// Whether a record with this mark is not for a delivery.
    pub(crate) fn keeps_from(self, delivery: u64) -> bool {
        self.bits & 1 != 0 || self.is_of(delivery)
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
#[cfg(feature = "delivery")]
#[derive(Debug)]
#[must_use = "the mark ends when it is dropped"]
pub struct SendingGuard {
    before: SendingMark,
    not_send: PhantomData<*const ()>,
}

#[cfg(feature = "delivery")]
impl Drop for SendingGuard {
    fn drop(&mut self) {
        MARK.set(self.before);
    }
}

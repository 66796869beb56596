//! A device that one thread at a time writes to: [`Exclusive`].

use crate::sync::{AtomicUsize, Mutex, Ordering};
use crate::{Error, ErrorKind};

/// A value behind a lock that a thread which is inside already is refused, not made to wait for itself: writers and namers
/// are the user's code, and may log.
///
/// It has its cache lines to itself, so that threads which only read what stands beside it are not slowed down by those that write.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Exclusive<T> {
    value: Mutex<T>,
    /// The thread inside, or 0.
    owner: AtomicUsize,
}

impl<T> Exclusive<T> {
    pub(super) fn new(value: T) -> Self {
        Self {
            value: Mutex::new(value),
            owner: AtomicUsize::new(0),
        }
    }

    /// Works on the value.
    ///
    /// # Errors
    /// [`ErrorKind::Reentrant`] for the thread that is inside already, and those of the work.
    #[inline]
    pub(super) fn with<R>(
        &self,
        work: impl FnOnce(&mut T) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let me = thread_mark();
        // Nothing is read before the lock is tried: a second look at its cache line would be a second way between two processors.
        let mut value = match self.value.try_lock() {
            Some(value) => value,
            // Relaxed: only this thread ever stores its own mark, and it sees its own stores.
            None if self.owner.load(Ordering::Relaxed) == me => return Err(reentrant()),
            None => self.value.lock(),
        };
        self.owner.store(me, Ordering::Relaxed);
        let _reset = Reset(&self.owner);
        work(&mut value)
    }

    /// Whether nobody is inside.
    pub(super) fn is_free(&self) -> bool {
        self.value.is_free()
    }
}

#[cold]
fn reentrant() -> Error {
    Error::new(
        ErrorKind::Reentrant,
        "the device's own code logged to the same device",
    )
}

/// Gives the mark up while the lock is still held, also when the work panics.
struct Reset<'o>(&'o AtomicUsize);

impl Drop for Reset<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// A number that no other living thread has, known even while a thread's locals are destroyed.
fn thread_mark() -> usize {
    thread_local! {
        static PLACE: u8 = const { 0 };
    }
    PLACE.with(|place| std::ptr::from_ref(place) as usize)
}

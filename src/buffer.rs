//! Buffers that are used again: each thread keeps a few, so that writing a line allocates nothing.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};

/// A larger buffer is given back to the system, so that one huge message does not stay for ever (fault 23).
const MAX_KEPT_CAPACITY: usize = 64 * 1024;

/// What can be emptied and used again.
pub(crate) trait Reusable: Default + 'static {
    fn capacity(&self) -> usize;

    fn clear(&mut self);

    /// The calling thread's own pool; `None` when it is gone, as in a thread-local's destructor.
    fn with_pool<R>(work: impl FnOnce(&Pool<Self>) -> R) -> Option<R>;
}

/// What a thread keeps of one type: two, as for a message with values that need a text of their own. What needs more (a
/// `Display` that logs) allocates.
pub(crate) struct Pool<T> {
    first: Cell<T>,
    second: Cell<T>,
}

impl<T> Pool<T> {
    pub(crate) const fn new(first: T, second: T) -> Self {
        Self {
            first: Cell::new(first),
            second: Cell::new(second),
        }
    }
}

impl Reusable for String {
    fn capacity(&self) -> usize {
        Self::capacity(self)
    }

    fn clear(&mut self) {
        Self::clear(self);
    }

    fn with_pool<R>(work: impl FnOnce(&Pool<Self>) -> R) -> Option<R> {
        thread_local! {
            static POOL: Pool<String> = const { Pool::new(String::new(), String::new()) };
        }
        POOL.try_with(work).ok()
    }
}

/// A buffer, empty at first, that goes back to its thread when dropped.
///
/// It is *taken out* of the pool while in use: whatever user code runs meanwhile, and logs, finds another one.
#[derive(Debug)]
pub(crate) struct Buffer<T: Reusable = String>(T);

impl<T: Reusable> Buffer<T> {
    #[inline]
    pub(crate) fn take() -> Self {
        let kept = T::with_pool(|pool| {
            let first = pool.first.take();
            if first.capacity() > 0 {
                first
            } else {
                pool.second.take()
            }
        });
        Self(kept.unwrap_or_default())
    }
}

impl<T: Reusable> Drop for Buffer<T> {
    #[inline]
    fn drop(&mut self) {
        let mut buffer = std::mem::take(&mut self.0);
        if buffer.capacity() > MAX_KEPT_CAPACITY || buffer.capacity() == 0 {
            return;
        }
        buffer.clear();
        // What was kept in its place is dropped; where both places are taken, that is one of three.
        T::with_pool(|pool| {
            let other = pool.first.replace(buffer);
            if other.capacity() > 0 {
                pool.second.set(other);
            }
        });
    }
}

impl<T: Reusable> Deref for Buffer<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Reusable> DerefMut for Buffer<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_unless_it_grew_huge() {
        let mut buffer = Buffer::<String>::take();
        buffer.push_str(&"x".repeat(1000));
        let address = buffer.as_ptr();
        drop(buffer);
        let mut again = Buffer::<String>::take();
        assert_eq!((again.as_ptr(), again.len()), (address, 0));
        again.reserve(MAX_KEPT_CAPACITY + 1);
        drop(again);
        assert!(Buffer::<String>::take().capacity() <= MAX_KEPT_CAPACITY);
    }
}

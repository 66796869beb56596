//! Text buffers that are used again: each thread keeps a few, so that writing a line allocates nothing.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};

/// A larger buffer is given back to the system, so that one huge message does not stay for ever (fault 23).
pub(crate) const MAX_KEPT_CAPACITY: usize = 64 * 1024;

/// What a thread keeps: one buffer for a message and one for its line. What needs more (a `Display` that logs) allocates.
struct Pool {
    first: Cell<String>,
    second: Cell<String>,
}

thread_local! {
    static POOL: Pool = const { Pool { first: Cell::new(String::new()), second: Cell::new(String::new()) } };
}

/// A text buffer, empty at first, that goes back to its thread when dropped.
///
/// It is *taken out* of the pool while in use: whatever user code runs meanwhile, and logs, finds another one.
#[derive(Debug)]
pub(crate) struct Buffer(String);

impl Buffer {
    #[inline]
    pub(crate) fn take() -> Self {
        // No pool any more, as in a thread-local's destructor: a fresh one.
        let kept = POOL.try_with(|pool| {
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

impl Drop for Buffer {
    #[inline]
    fn drop(&mut self) {
        let mut text = std::mem::take(&mut self.0);
        if text.capacity() > MAX_KEPT_CAPACITY || text.capacity() == 0 {
            return;
        }
        text.clear();
        // What was kept in its place is dropped; where both places are taken, that is one of three.
        let _ = POOL.try_with(|pool| {
            let other = pool.first.replace(text);
            if other.capacity() > 0 {
                pool.second.set(other);
            }
        });
    }
}

impl Deref for Buffer {
    type Target = String;

    fn deref(&self) -> &String {
        &self.0
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut String {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_unless_it_grew_huge() {
        let mut buffer = Buffer::take();
        buffer.push_str(&"x".repeat(1000));
        let address = buffer.as_ptr();
        drop(buffer);
        let mut again = Buffer::take();
        assert_eq!((again.as_ptr(), again.len()), (address, 0));
        again.reserve(MAX_KEPT_CAPACITY + 1);
        drop(again);
        assert!(Buffer::take().capacity() <= MAX_KEPT_CAPACITY);
    }
}

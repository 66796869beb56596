//! Buffers that each thread reuses, so that writing a line allocates nothing: [`Pooled`].

use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::thread::LocalKey;

use scopeguard::ScopeGuard;

/// A buffer that has grown beyond this many bytes is freed, so that one huge message does not keep
/// its memory for the life of the thread.
pub(crate) const MAX_KEPT_CAPACITY: usize = 64 * 1024;

/// How many buffers of a kind a thread keeps: a message, its line, and two values inside it that
/// need a buffer of their own. Anything beyond, such as a `Display` that logs, allocates.
const KEPT: usize = 4;

/// The buffers of one kind that a thread keeps, boxed here, so that what is lent is the buffer.
pub(crate) struct Pool<T>([Cell<Option<Box<T>>>; KEPT]);

impl<T> Pool<T> {
    pub(crate) const fn new() -> Self {
        Self([const { Cell::new(None) }; KEPT])
    }
}

/// A buffer that can be reused.
pub(crate) trait Reuse: Default + 'static {
    /// The calling thread's buffers.
    fn pool() -> &'static LocalKey<Pool<Self>>;

    /// Empties the buffer, and frees what exceeds [`MAX_KEPT_CAPACITY`].
    fn reset(&mut self);
}

/// A buffer, empty at first, that returns to its thread's pool when dropped, also by a panic.
///
/// It is *taken out* of the pool while in use: user code that runs meanwhile, and logs, takes
/// another one.
#[derive(Debug)]
pub(crate) struct Pooled<T: Reuse>(ScopeGuard<Box<T>, fn(Box<T>)>);

impl<T: Reuse> Pooled<T> {
    #[inline]
    pub(crate) fn take() -> Self {
        // In the destructor of a thread-local the pool may be gone; then the buffer is a new one.
        let kept = T::pool().try_with(|Pool([first, rest @ ..])| {
            first.take().or_else(|| rest.iter().find_map(Cell::take))
        });
        let buffer = kept.ok().flatten().unwrap_or_default();
        Self(scopeguard::guard(buffer, Self::put))
    }

    /// Returns the buffer to the pool in fewer steps than its destructor, which calls by a pointer.
    #[inline]
    pub(crate) fn give_back(self) {
        Self::put(ScopeGuard::into_inner(self.0));
    }

    // Small once its cold parts are left out, which the compiler does not see.
    #[inline(always)]
    fn put(mut buffer: Box<T>) {
        buffer.reset();
        let _ = T::pool().try_with(|Pool([first, rest @ ..])| {
            if let Some(other) = first.replace(Some(buffer)) {
                Self::put_further(rest, other);
            }
        });
    }

    // Apart, so that the rest is inlined: a nested buffer took the first slot.
    #[inline(never)]
    fn put_further(slots: &[Cell<Option<Box<T>>>], buffer: Box<T>) {
        let mut next = Some(buffer);
        // Where every slot was taken, the buffer that is left over is freed.
        for slot in slots {
            if next.is_none() {
                break;
            }
            next = slot.replace(next);
        }
    }
}

impl<T: Reuse> Deref for Pooled<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Reuse> DerefMut for Pooled<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic;

    thread_local! {
        static BYTES: Pool<Vec<u8>> = const { Pool::new() };
    }

    impl Reuse for Vec<u8> {
        fn pool() -> &'static LocalKey<Pool<Self>> {
            &BYTES
        }

        fn reset(&mut self) {
            self.clear();
            if self.capacity() > MAX_KEPT_CAPACITY {
                *self = Self::new();
            }
        }
    }

    fn filled(text: &[u8]) -> (Pooled<Vec<u8>>, *const u8) {
        let mut buffer = Pooled::<Vec<u8>>::take();
        assert!(buffer.is_empty());
        buffer.extend_from_slice(text);
        let address = buffer.as_ptr();
        (buffer, address)
    }

    #[test]
    fn a_buffer_is_reused_unless_it_grew_huge() {
        let (buffer, address) = filled(&[b'x'; 1000]);
        drop(buffer);
        let mut again = Pooled::<Vec<u8>>::take();
        assert_eq!((again.as_ptr(), again.len()), (address, 0));
        again.reserve(MAX_KEPT_CAPACITY + 1);
        drop(again);
        assert!(Pooled::<Vec<u8>>::take().capacity() <= MAX_KEPT_CAPACITY);
    }

    #[test]
    fn a_panic_returns_its_buffers() {
        let taken = std::cell::RefCell::new(Vec::new());
        let panicked = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            let (_outer, first) = filled(b"outer");
            let (_inner, second) = filled(b"inner");
            taken.borrow_mut().extend([first, second]);
            panic!("boom");
        }));
        assert!(panicked.is_err());
        let ((_a, first), (_b, second)) = (filled(b"a"), filled(b"b"));
        let mut again = [first, second];
        let mut before = taken.into_inner();
        again.sort_unstable();
        before.sort_unstable();
        assert_eq!(before, again);
    }

    #[test]
    fn nested_buffers_are_all_kept() {
        let addresses = || {
            let taken: Vec<_> = (0..KEPT).map(|_| filled(b"x")).collect();
            let mut addresses: Vec<_> = taken.iter().map(|(_, address)| *address).collect();
            addresses.sort_unstable();
            addresses
        };
        assert_eq!(addresses(), addresses());
    }
}

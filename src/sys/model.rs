//! What takes std's place in [`sync`](crate::sys::sync) for the model checker loom (`.ci/loom`).
//!
//! Each value is made when it is first used, within a model: statics need a `const` constructor,
//! which loom does not have.

use std::ops::{Deref, DerefMut};
use std::sync::{LockResult, OnceLock, PoisonError, TryLockError, TryLockResult};

pub(crate) mod atomic {
    use std::fmt;
    use std::ops::Deref;
    use std::sync::OnceLock;

    macro_rules! atomics {
        ($($name:ident $value:ty)+) => {$(
            #[derive(Default)]
            pub(crate) struct $name {
                initial: $value,
                atomic: OnceLock<loom::sync::atomic::$name>,
            }

            impl $name {
                pub(crate) const fn new(initial: $value) -> Self {
                    Self { initial, atomic: OnceLock::new() }
                }
            }

            impl Deref for $name {
                type Target = loom::sync::atomic::$name;

                fn deref(&self) -> &Self::Target {
                    self.atomic.get_or_init(|| Self::Target::new(self.initial))
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(stringify!($name))
                }
            }
        )+};
    }

    atomics! {
        AtomicBool bool AtomicI32 i32 AtomicU16 u16 AtomicU32 u32 AtomicU64 u64
        AtomicUsize usize
    }
}

/// The lock is loom's; the value is in std's, which is free whenever loom's is.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T> {
    lock: OnceLock<loom::sync::Mutex<()>>,
    value: std::sync::Mutex<T>,
}

/// Ends in the order of its fields.
#[derive(Debug)]
pub(crate) struct MutexGuard<'m, T> {
    value: std::sync::MutexGuard<'m, T>,
    _lock: loom::sync::MutexGuard<'m, ()>,
}

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            lock: OnceLock::new(),
            value: std::sync::Mutex::new(value),
        }
    }

    fn guard<'m>(&'m self, lock: loom::sync::MutexGuard<'m, ()>) -> MutexGuard<'m, T> {
        MutexGuard {
            value: self.value.lock().unwrap_or_else(PoisonError::into_inner),
            _lock: lock,
        }
    }

    fn loom(&self) -> &loom::sync::Mutex<()> {
        self.lock.get_or_init(|| loom::sync::Mutex::new(()))
    }

    pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let lock = self.loom().lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.guard(lock))
    }

    pub(crate) fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        match self.loom().try_lock() {
            Ok(lock) => Ok(self.guard(lock)),
            Err(_) => Err(TryLockError::WouldBlock),
        }
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

//! Every lock and atomic of the crate comes from here, so that a model checker can take std's place in one file.

pub(crate) use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering,
};
pub(crate) use std::sync::{Arc, Weak};

use std::ops::{Deref, DerefMut};
use std::sync::{PoisonError, TryLockError};

use crate::fork_gate::{self, Holding};

/// A mutex that a panic does not poison: the data behind our locks is consistent between any two statements
/// that can panic, and a logger that stops for ever after one panic would be worse than the panic.
///
/// It is not taken while the process forks, so that a child gets no lock that nobody in it will release; see [`fork_gate`].
#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(std::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(std::sync::Mutex::new(value))
    }

    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        let guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if fork_gate::is_closed() {
            drop(guard);
            return self.lock_behind_fork();
        }
        MutexGuard::new(guard)
    }

    #[cold]
    fn lock_behind_fork(&self) -> MutexGuard<'_, T> {
        loop {
            fork_gate::wait();
            let guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if !fork_gate::is_closed() {
                return MutexGuard::new(guard);
            }
        }
    }

    /// The lock, if it is free and may be taken now.
    #[inline]
    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        let guard = match self.0.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        (!fork_gate::is_closed()).then(|| MutexGuard::new(guard))
    }

    /// Whether nobody has it.
    pub(crate) fn is_free(&self) -> bool {
        self.try_lock().is_some()
    }
}

/// Holds a [`Mutex`].
#[derive(Debug)]
pub(crate) struct MutexGuard<'m, T> {
    guard: std::sync::MutexGuard<'m, T>,
    _holding: Holding,
}

impl<'m, T> MutexGuard<'m, T> {
    #[inline]
    fn new(guard: std::sync::MutexGuard<'m, T>) -> Self {
        Self {
            guard,
            _holding: Holding::begin(),
        }
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

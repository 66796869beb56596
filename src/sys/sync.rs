//! Every lock and atomic of the crate comes from here, so that the model checker loom can take
//! std's place (`model.rs`).
//!
//! No other thread is inside any of them while the process forks; see [`fork`](crate::sys::fork).

pub(crate) use std::sync::atomic::{Ordering, fence};
pub(crate) use std::sync::{Arc, Weak};

#[cfg(not(all(test, logtree_loom)))]
use std::sync as system;

#[cfg(all(test, logtree_loom))]
use crate::sys::model as system;

pub(crate) use self::system::atomic::{
    AtomicBool, AtomicI32, AtomicU16, AtomicU32, AtomicU64, AtomicUsize,
};

use std::ops::{Deref, DerefMut};
use std::sync::{PoisonError, TryLockError};

use crate::sys::fork::InLock;
use crate::sys::presence::Inside;

/// A mutex that a panic does not poison: the data under our locks is consistent between any two
/// statements that can panic, and a logger that stops for ever after one panic would be worse than
/// the panic.
///
/// It is held for a few steps of the crate's own, or, as a [`DeviceMutex`], while a device works.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T, const DEVICE: bool = false>(system::Mutex<T>);

/// A mutex that is held while a device works, for as long as that takes: a fork waits for it a
/// second at most.
pub(crate) type DeviceMutex<T> = Mutex<T, true>;

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(system::Mutex::new(value))
    }
}

impl<T> DeviceMutex<T> {
    pub(crate) const fn of_device(value: T) -> Self {
        Self(system::Mutex::new(value))
    }
}

impl<T, const DEVICE: bool> Mutex<T, DEVICE> {
    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, T, DEVICE> {
        let inside = Inside::enter();
        MutexGuard {
            guard: self.0.lock().unwrap_or_else(PoisonError::into_inner),
            inside,
        }
    }

    /// The lock, if it is free.
    #[inline(always)]
    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T, DEVICE>> {
        let inside = Inside::enter();
        let guard = match self.0.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        Some(MutexGuard { guard, inside })
    }
}

/// Holds a [`Mutex`]. The fields end in their order: the thread is outside once it holds the lock
/// no more.
#[derive(Debug)]
pub(crate) struct MutexGuard<'m, T, const DEVICE: bool = false> {
    guard: system::MutexGuard<'m, T>,
    inside: Inside<DEVICE>,
}

impl<T, const DEVICE: bool> MutexGuard<'_, T, DEVICE> {
    /// The number of the thread that holds it.
    #[inline(always)]
    pub(crate) fn thread_number(&self) -> usize {
        self.inside.thread_number()
    }
}

impl<T, const DEVICE: bool> Deref for MutexGuard<'_, T, DEVICE> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T, const DEVICE: bool> DerefMut for MutexGuard<'_, T, DEVICE> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

/// A value that is made when it is first needed, by one thread while others wait.
#[derive(Debug, Default)]
pub(crate) struct OnceCell<T>(once_cell::sync::OnceCell<T>);

impl<T> OnceCell<T> {
    pub(crate) const fn new() -> Self {
        Self(once_cell::sync::OnceCell::new())
    }

    #[inline]
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.get()
    }

    /// Sets the value, where there is none yet.
    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        let _inside = InLock::enter();
        self.0.set(value)
    }

    #[inline]
    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        match self.0.get() {
            Some(value) => value,
            None => self.init(make),
        }
    }

    #[cold]
    fn init(&self, make: impl FnOnce() -> T) -> &T {
        let _inside = InLock::enter();
        self.0.get_or_init(make)
    }
}

/// A static that is made when it is first needed.
#[derive(Debug)]
pub(crate) struct Lazy<T> {
    value: OnceCell<T>,
    make: fn() -> T,
}

impl<T> Lazy<T> {
    pub(crate) const fn new(make: fn() -> T) -> Self {
        Self {
            value: OnceCell::new(),
            make,
        }
    }
}

impl<T> Deref for Lazy<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.value.get_or_init(self.make)
    }
}

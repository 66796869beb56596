//! A device that one thread at a time writes to: [`Exclusive`].

use std::ops::{Deref, DerefMut};
use std::thread;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::sys::host::Instant;
use crate::sys::presence::{entries_into_devices, is_of_parent};
use crate::sys::sync::{AtomicU64, AtomicUsize, DeviceMutex, MutexGuard, Ordering};
use crate::sys::{process, user_code};

/// A locked value that a thread inside any such device does not wait for: writers and namers are
/// user code, and may log, to this device or to one whose writer logs to this one.
///
/// A fork does not wait for it beyond a second. A child then has the lock as a thread of its parent
/// held it, and refuses all work.
///
/// It has its cache lines to itself, so that threads which only read what stands beside it are not
/// slowed down by those that write.
#[derive(Debug)]
#[repr(align(128))]
pub(in crate::handler) struct Exclusive<T> {
    value: DeviceMutex<T>,
    /// The number of the thread inside, or 0.
    owner: AtomicUsize,
    /// The [stay](Self::stay) of a thread that was inside for too long at the end of the process,
    /// or 0: it is not waited for again.
    given_up: AtomicU64,
}

impl<T> Exclusive<T> {
    pub(in crate::handler) fn new(value: T) -> Self {
        Self {
            value: DeviceMutex::of_device(value),
            owner: AtomicUsize::new(0),
            given_up: AtomicU64::new(0),
        }
    }

    /// Works on the value.
    ///
    /// # Errors
    /// Those of [`enter`](Self::enter), and those of the work.
    #[inline]
    pub(in crate::handler) fn with<R>(
        &self,
        work: impl FnOnce(&mut T) -> Result<R, Error>,
    ) -> Result<R, Error> {
        work(&mut *self.enter()?)
    }

    /// Locks the value.
    ///
    /// # Errors
    /// [`ErrorKind::Reentrant`] for a thread that would have to wait and is inside a device, be it
    /// this one; [`ErrorKind::Closed`] in a child process where a thread of the parent was
    /// inside; [`ErrorKind::TimedOut`] at the end of the process where another thread stays inside.
    // Always: it is on the way of a record, and has few steps.
    #[inline(always)]
    pub(in crate::handler) fn enter(&self) -> Result<Entered<'_, T>, Error> {
        // Nothing is read before the lock is tried: a second look at its cache line would be a
        // second way between two processors.
        let value = match self.value.try_lock() {
            Some(value) => value,
            None if user_code::is_inside_device() => return Err(reentrant()),
            None => self.wait()?,
        };
        let owner = &self.owner;
        owner.store(value.thread_number(), Ordering::Relaxed);
        Ok(Entered { owner, value })
    }

    /// Waits for the thread inside, unless it is known that it does not come out.
    #[cold]
    #[inline(never)]
    fn wait(&self) -> Result<MutexGuard<'_, T, true>, Error> {
        /// How long a child waits for a thread which has the lock and has not put its number there
        /// yet.
        const A_MOMENT: Duration = Duration::from_secs(1);
        let patience = process::patience();
        if patience.is_none() && !process::is_child() {
            return Ok(self.value.lock());
        }
        let mut seen = (self.stay().1, Instant::now());
        loop {
            let (owner, stay) = self.stay();
            if stay != seen.0 {
                // It gets on.
                seen = (stay, Instant::now());
            }
            let stays = seen.1.elapsed();
            if is_of_parent(owner) || owner == 0 && stays > A_MOMENT && process::is_child() {
                return Err(lost());
            }
            if patience.is_none() && owner != 0 {
                return Ok(self.value.lock());
            }
            if let Some(value) = self.value.try_lock() {
                return Ok(value);
            }
            let is_known = owner != 0 && stay == self.given_up.load(Ordering::Relaxed);
            if is_known || patience.is_some_and(|patience| stays > patience) {
                self.given_up.store(stay, Ordering::Relaxed);
                return Err(timed_out());
            }
            thread::sleep(Duration::from_micros(50));
        }
    }

    /// The thread inside, and a number for its stay: one that goes out and comes in again before
    /// another thread looks has another one.
    fn stay(&self) -> (usize, u64) {
        let owner = self.owner.load(Ordering::Relaxed);
        let entries = u64::from(entries_into_devices(owner));
        (owner, (owner as u64) << 32 | entries)
    }
}

#[cold]
#[inline(never)]
fn reentrant() -> Error {
    Error::new(
        ErrorKind::Reentrant,
        "a device's own code logged to a device that is in use",
    )
}

fn lost() -> Error {
    Error::new(
        ErrorKind::Closed,
        "another thread was writing to the device when this process was forked",
    )
}

fn timed_out() -> Error {
    Error::new(
        ErrorKind::TimedOut,
        "another thread is still writing to the device",
    )
}

/// The value, while its lock is held.
pub(in crate::handler) struct Entered<'e, T> {
    owner: &'e AtomicUsize,
    value: MutexGuard<'e, T, true>,
}

impl<T> Drop for Entered<'_, T> {
    /// Takes the number back while the lock is still held, also by a panic.
    #[inline(always)]
    fn drop(&mut self) {
        self.owner.store(0, Ordering::Relaxed);
    }
}

impl<T> Deref for Entered<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Entered<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thread that is found inside again and again has not stayed there.
    #[test]
    fn each_stay_is_another_one() {
        let exclusive = Exclusive::new(());
        let stay = || exclusive.with(|()| Ok(exclusive.stay())).unwrap();
        let (first, second) = (stay(), stay());
        assert_eq!((first.0, second.0 != 0), (second.0, true));
        assert_ne!(first.1, second.1);
        assert_eq!(exclusive.stay().0, 0);
    }
}

//! Which threads are inside the crate's locks, for a thread that forks.
//!
//! Each thread has a [`Presence`] that only it writes. They are in one list that only grows and is
//! linked without a lock, as the forking thread must not wait for one here. The presence of a
//! thread that ended is used by the next one.

use std::cell::Cell;
use std::iter;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering};

use once_cell::race::OnceRef;

/// What one thread is inside.
///
/// Aligned so that no two threads write to the same cache line.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Presence {
    /// One of [`FREE`], [`TAKEN`] and [`LENT`].
    status: AtomicU8,
    /// Locks that are held or waited for, for a few steps of the crate's own code: their number in
    /// the low bits ([`DEPTH`]), and above them how often the thread has entered one.
    locks: AtomicU32,
    /// The same for locks that are held while a device works, for as long as that takes.
    devices: AtomicU32,
    /// The [`thread_number`] of its thread.
    number: AtomicUsize,
    next: OnceRef<'static, Presence>,
}

/// It belongs to no thread.
const FREE: u8 = 0;
/// It belongs to a thread until that ends.
const TAKEN: u8 = 1;
/// It is lent to a thread whose locals are destroyed, until that is inside nothing.
const LENT: u8 = 2;

/// The bits of a count with the number of locks.
const DEPTH: u32 = (1 << 12) - 1;
/// What entering adds to a count besides the lock itself: one entry. Both are added in one step, so
/// that counting entries costs nothing.
const ENTRY: u32 = 1 << 12;

static FIRST: Presence = Presence::new(FREE);

thread_local! {
    // Neither has a destructor, so both are available until the thread has ended.
    static OWN: Cell<Option<&'static Presence>> = const { Cell::new(None) };
    static NUMBER: Cell<usize> = const { Cell::new(0) };
    static AT_END: GiveBack = const { GiveBack };
}

/// Frees a thread's presence when the thread ends.
struct GiveBack;

impl Drop for GiveBack {
    fn drop(&mut self) {
        if let Some(presence) = OWN.take() {
            presence.status.store(FREE, Ordering::Release);
        }
    }
}

impl Presence {
    const fn new(status: u8) -> Self {
        Self {
            status: AtomicU8::new(status),
            locks: AtomicU32::new(0),
            devices: AtomicU32::new(0),
            number: AtomicUsize::new(0),
            next: OnceRef::new(),
        }
    }

    /// Returns that of the calling thread, if it has one already.
    #[inline]
    pub(crate) fn known() -> Option<&'static Self> {
        OWN.get()
    }

    /// Returns that of the calling thread.
    pub(crate) fn own() -> &'static Self {
        Self::known().unwrap_or_else(|| {
            let is_ending = AT_END.try_with(|_| {}).is_err();
            let presence = Self::take(if is_ending { LENT } else { TAKEN });
            presence.number.store(thread_number(), Ordering::Relaxed);
            OWN.set(Some(presence));
            presence
        })
    }

    /// Returns a free one, or a new one.
    fn take(status: u8) -> &'static Self {
        // Acquire: the thread that had it has finished with it.
        let free = all().find(|presence| {
            let taken = presence.status.compare_exchange(
                FREE,
                status,
                Ordering::Acquire,
                Ordering::Relaxed,
            );
            taken.is_ok()
        });
        free.unwrap_or_else(|| {
            let new: &'static Self = Box::leak(Box::new(Self::new(status)));
            let mut last = &FIRST;
            while last.next.set(new).is_err() {
                if let Some(next) = last.next.get() {
                    last = next;
                }
            }
            new
        })
    }

    #[inline(always)]
    fn count<const DEVICE: bool>(&self) -> &AtomicU32 {
        if DEVICE { &self.devices } else { &self.locks }
    }

    pub(crate) fn locks(&self) -> u32 {
        self.locks.load(Ordering::Acquire) & DEPTH
    }

    pub(crate) fn devices(&self) -> u32 {
        self.devices.load(Ordering::Acquire) & DEPTH
    }

    #[cold]
    #[inline(never)]
    fn give_back(&self) {
        if self.locks() == 0 && self.devices() == 0 {
            OWN.set(None);
            self.status.store(FREE, Ordering::Release);
        }
    }
}

fn all() -> impl Iterator<Item = &'static Presence> {
    iter::successors(Some(&FIRST), |presence| presence.next.get())
}

/// Returns a number that changes whenever a thread, given by its [`thread_number`], enters a
/// device.
pub(crate) fn entries_into_devices(number: usize) -> u32 {
    let is_its = |presence: &&Presence| presence.number.load(Ordering::Relaxed) == number;
    let presence = all().find(is_its);
    presence.map_or(0, |presence| {
        presence.devices.load(Ordering::Relaxed) / ENTRY
    })
}

/// Returns those of all threads but the calling one.
#[cfg(unix)]
pub(crate) fn others() -> impl Iterator<Item = &'static Presence> {
    let own = Presence::known();
    all().filter(move |presence| !own.is_some_and(|own| std::ptr::eq(own, *presence)))
}

/// Proof that the thread is inside a lock, or about to enter it. It stays on its thread.
#[derive(Debug)]
pub(crate) struct Inside<const DEVICE: bool> {
    presence: &'static Presence,
    _stays: PhantomData<*const ()>,
}

impl<const DEVICE: bool> Inside<DEVICE> {
    /// Announces the entry. Others see it once both sides have passed a memory barrier.
    #[inline(always)]
    pub(crate) fn announce(presence: &'static Presence) -> Self {
        let count = presence.count::<DEVICE>();
        // Only this thread writes it.
        let now = count.load(Ordering::Relaxed).wrapping_add(ENTRY + 1);
        count.store(now, Ordering::Relaxed);
        Self {
            presence,
            _stays: PhantomData,
        }
    }

    /// Returns the [`thread_number`] of the thread, without reading its locals.
    #[inline(always)]
    pub(crate) fn thread_number(&self) -> usize {
        self.presence.number.load(Ordering::Relaxed)
    }
}

impl<const DEVICE: bool> Drop for Inside<DEVICE> {
    #[inline(always)]
    fn drop(&mut self) {
        let presence = self.presence;
        let count = presence.count::<DEVICE>();
        // Release: a thread that sees this one outside sees all that it did inside.
        count.store(count.load(Ordering::Relaxed) - 1, Ordering::Release);
        if presence.status.load(Ordering::Relaxed) == LENT {
            presence.give_back();
        }
    }
}

/// The last number that was given to a thread.
static LAST_NUMBER: AtomicUsize = AtomicUsize::new(0);
/// Up to here, numbers belong to threads of the parent process, except for one.
static LAST_OF_PARENT: AtomicUsize = AtomicUsize::new(0);
static SURVIVOR: AtomicUsize = AtomicUsize::new(0);

/// Returns a number that no other thread has or had, also in a parent process; never 0. Available
/// even while a thread's locals are destroyed.
#[inline]
pub(crate) fn thread_number() -> usize {
    match NUMBER.get() {
        0 => next_number(),
        number => number,
    }
}

#[cold]
fn next_number() -> usize {
    let number = LAST_NUMBER.fetch_add(1, Ordering::Relaxed) + 1;
    NUMBER.set(number);
    number
}

/// Reports whether a thread exists in the parent process only: it existed when this process was
/// forked, and did not fork it.
pub(crate) fn is_of_parent(number: usize) -> bool {
    number != 0
        && number <= LAST_OF_PARENT.load(Ordering::Relaxed)
        && number != SURVIVOR.load(Ordering::Relaxed)
}

/// In a child process, forgets all threads but the calling one, as only that exists.
#[cfg(unix)]
pub(crate) fn forget_the_parents_threads() {
    SURVIVOR.store(thread_number(), Ordering::Relaxed);
    let last = LAST_NUMBER.load(Ordering::Relaxed);
    LAST_OF_PARENT.store(last, Ordering::Relaxed);
    for presence in others() {
        presence.locks.store(0, Ordering::Relaxed);
        presence.devices.store(0, Ordering::Relaxed);
        presence.status.store(FREE, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length() -> usize {
        all().count()
    }

    #[test]
    fn a_thread_that_ends_leaves_its_presence_to_the_next() {
        // Threads of other tests start and end meanwhile.
        let before = length();
        for _ in 0..2_000 {
            std::thread::spawn(|| {
                drop(Inside::<false>::announce(Presence::own()));
            })
            .join()
            .unwrap();
        }
        assert!(length() - before < 1_000, "{before} {}", length());
    }

    #[test]
    fn a_thread_in_its_last_moments_borrows_one() {
        struct Last(std::sync::mpsc::Sender<(bool, bool)>);
        impl Drop for Last {
            fn drop(&mut self) {
                let is_ending = AT_END.try_with(|_| {}).is_err();
                let presence = Presence::own();
                let outer = Inside::<true>::announce(presence);
                drop(Inside::<false>::announce(presence));
                let kept = OWN.get().is_some();
                drop(outer);
                let _ = self.0.send((is_ending && kept, OWN.get().is_none()));
            }
        }
        thread_local!(static LAST: Cell<Option<Last>> = const { Cell::new(None) });
        let (sender, seen) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            // Initialized first, so destroyed after the presence is freed.
            LAST.set(Some(Last(sender)));
            drop(Inside::<false>::announce(Presence::own()));
        })
        .join()
        .unwrap();
        assert_eq!(seen.recv(), Ok((true, true)));
    }

    /// Also when the number of entries overflows.
    #[test]
    fn going_in_is_counted_and_does_not_show_in_the_depth() {
        let presence = Presence::own();
        let outer = Inside::<true>::announce(presence);
        presence.devices.fetch_or(!DEPTH, Ordering::Relaxed);
        let inner = Inside::<true>::announce(presence);
        assert_eq!(presence.devices(), 2);
        assert_eq!(entries_into_devices(thread_number()), 0);
        drop((inner, outer));
        assert_eq!(presence.devices(), 0);
    }

    #[test]
    fn numbers_are_given_once() {
        let own = thread_number();
        assert_eq!(thread_number(), own);
        let inside = || Inside::<false>::announce(Presence::own()).thread_number();
        assert_eq!(inside(), own);
        // It has the presence of a thread that ended, or a new one.
        let both = std::thread::spawn(move || (inside(), thread_number()));
        let (inside, other) = both.join().unwrap();
        assert_eq!(inside, other);
        assert!(other != own && other != 0 && !is_of_parent(own));
    }
}

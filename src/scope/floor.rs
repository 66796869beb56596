//! How far the gates of all loggers are open for scopes with a level, on any thread.
//!
//! A walk over all loggers for each scope that begins or ends would cost more than the scope, so
//! gates open when a thread asks for more than they let through, and close when calls that pass
//! them in vain have cost as much as the walk that closes them. Between the two, entering and
//! leaving write one word that belongs to the thread, and read one.
//!
//! A gate that is too open costs calls a second look
//! ([`RegistryCore::wants`](crate::registry::RegistryCore)); one that is too closed loses records.
//! That none is lost is a matter of two orders, both sequentially consistent:
//!
//! - who enters writes its slot, *then* reads [`OPEN`];
//! - who closes writes `OPEN`, *then* reads the slots.
//!
//! So either who enters sees that gates are being closed, and opens them again under the lock, or
//! who closes sees the slot. The gates themselves may be relaxed: each value of one that a thread
//! can still read is open enough for it. The model of this in `tests/it/lazy_gates.rs` loses
//! records where any of these orders is given up.

use crate::level::Level;
use crate::sys::sync::{Arc, AtomicU16, AtomicUsize, Mutex, Ordering, Weak};

/// A thread counts its calls in vain to itself up to here.
pub(super) const BATCH: u16 = 256;

/// The level down to which gates are open for scopes. Above the truth while they are being closed.
static OPEN: AtomicU16 = AtomicU16::new(Level::OFF.number());

/// How many gates there are in all registries, which is what a walk costs.
static GATES: AtomicUsize = AtomicUsize::new(0);

static FLOORS: Mutex<Floors> = Mutex::new(Floors {
    slots: Vec::new(),
    observers: Vec::new(),
    told: Level::OFF,
    vain: 0,
});

struct Floors {
    slots: Vec<Arc<Slot>>,
    observers: Vec<Weak<dyn FloorObserver>>,
    /// What the observers know.
    told: Level,
    /// Calls in vain, of all threads, since gates were last looked at.
    vain: usize,
}

/// What one thread asks for. On a cache line of its own, as the thread writes it at each poll of a
/// future.
#[repr(align(128))]
pub(super) struct Slot(AtomicU16);

/// An observer whose gates must be as open as the most verbose scope asks.
pub(crate) trait FloorObserver: Send + Sync {
    /// Called with the level; `OFF` for none.
    fn floor_changed(&self, floor: Level);

    /// Called after the first call with a lower level, when no lock is held any more.
    fn floor_settled(&self);
}

impl Slot {
    /// A thread's slot; it is forgotten once the thread has dropped it.
    pub(super) fn new() -> Arc<Self> {
        let slot = Arc::new(Self(AtomicU16::new(Level::OFF.number())));
        let mut floors = FLOORS.lock();
        let is_over = |slot: &Arc<Self>| Arc::strong_count(slot) == 1;
        push_pruning(&mut floors.slots, Arc::clone(&slot), is_over);
        slot
    }

    /// Asks for a level, which is more verbose than before. It holds once this returns.
    #[inline]
    pub(super) fn ask_more(&self, level: Level) {
        self.0.store(level.number(), Ordering::SeqCst);
        if OPEN.load(Ordering::SeqCst) > level.number() {
            open(level);
        }
    }

    /// Asks for less than before. Gates may close from now on, and not before what the thread has
    /// done so far.
    #[inline]
    pub(super) fn ask_less(&self, level: Level) {
        self.0.store(level.number(), Ordering::Release);
    }
}

/// Forgets what the threads of the parent process asked for, which are not in this one. Called on
/// the thread that lives on.
#[cfg(target_os = "linux")]
pub(super) fn forget_others(own: Option<&Arc<Slot>>) {
    let is_own = |slot: &Arc<Slot>| own.is_some_and(|own| Arc::ptr_eq(own, slot));
    FLOORS.lock().slots.retain(is_own);
}

#[cold]
fn open(level: Level) {
    let mut floors = FLOORS.lock();
    let mut observers = Vec::new();
    if OPEN.load(Ordering::SeqCst) > level.number() {
        observers = floors.notify(level);
        // After the gates: who reads it finds them open.
        OPEN.store(level.number(), Ordering::SeqCst);
    }
    drop(floors);
    observers
        .iter()
        .for_each(|observer| observer.floor_settled());
    // Outside the lock: the end of a registry drops handlers, which runs user code.
    drop(observers);
}

/// A batch of calls passed gates in vain; where they have cost what a walk costs, gates are closed
/// as far as can be.
#[cold]
pub(super) fn count_vain() {
    if OPEN.load(Ordering::Relaxed) == Level::OFF.number() {
        // They are open for others.
        return;
    }
    // The thread that has the lock opens or closes gates already.
    let Some(mut floors) = FLOORS.try_lock() else {
        return;
    };
    floors.vain = floors.vain.saturating_add(usize::from(BATCH));
    if floors.vain < GATES.load(Ordering::Relaxed) {
        return;
    }
    floors.vain = 0;
    OPEN.store(Level::OFF.number(), Ordering::SeqCst);
    let asked = floors
        .slots
        .iter()
        .map(|slot| slot.0.load(Ordering::SeqCst));
    let floor = asked.min().unwrap_or(Level::OFF.number());
    let observers = floors.notify(Level::new(floor));
    OPEN.store(floor, Ordering::SeqCst);
    drop(floors);
    drop(observers);
}

impl Floors {
    /// Opens or closes all gates; returns what is to be dropped outside the lock.
    fn notify(&mut self, floor: Level) -> Vec<Arc<dyn FloorObserver>> {
        if self.told == floor {
            return Vec::new();
        }
        self.told = floor;
        let observers: Vec<_> = self.observers.iter().filter_map(Weak::upgrade).collect();
        observers
            .iter()
            .for_each(|observer| observer.floor_changed(floor));
        observers
    }
}

/// Registers an observer of the floor.
pub(crate) fn observe_floor(observer: Weak<dyn FloorObserver>) {
    let mut floors = FLOORS.lock();
    let known = observer.upgrade();
    if let Some(observer) = &known {
        observer.floor_changed(floors.told);
    }
    let is_over = |observer: &Weak<dyn FloorObserver>| observer.strong_count() == 0;
    push_pruning(&mut floors.observers, observer, is_over);
    drop(floors);
    drop(known);
}

/// Counts gates that came.
pub(crate) fn add_gates(count: usize) {
    GATES.fetch_add(count, Ordering::Relaxed);
}

/// Counts gates that went.
pub(crate) fn remove_gates(count: usize) {
    GATES.fetch_sub(count, Ordering::Relaxed);
}

/// Adds to a list that is looked through for what is over whenever it is full, so that it has at
/// most twice the room that its living members need.
fn push_pruning<T>(list: &mut Vec<T>, new: T, is_over: impl Fn(&T) -> bool) {
    if list.len() == list.capacity() {
        list.retain(|known| !is_over(known));
        if list.capacity() > 64 && list.len() < list.capacity() / 4 {
            list.shrink_to(list.len() * 2);
        }
    }
    list.push(new);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_forgotten() {
        let mut list = Vec::new();
        let keep: Vec<_> = (0..10).map(Arc::new).collect();
        for known in &keep {
            push_pruning(&mut list, Arc::downgrade(known), |weak| {
                weak.strong_count() == 0
            });
        }
        for number in 0..10_000 {
            let gone = Arc::new(number);
            push_pruning(&mut list, Arc::downgrade(&gone), |weak| {
                weak.strong_count() == 0
            });
        }
        let living = list.iter().filter(|weak| weak.strong_count() > 0).count();
        assert!(
            living == 10 && list.len() <= 64,
            "{living} of {}",
            list.len()
        );
    }
}

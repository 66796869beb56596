//! The registries that the records of a queue come from: [`Environments`].

use std::collections::HashMap;

use crate::context::RegistryContext;
use crate::sys::sync::{Arc, AtomicU64, Mutex, Ordering, fence};

/// By their numbers.
pub(super) type Numbered = Arc<Vec<Option<Arc<RegistryContext>>>>;

/// The environments of the registries that log to a queue, by the numbers that records carry. One
/// whose registry is gone is removed once no record of it is left.
pub(super) struct Environments {
    table: Mutex<Table>,
    /// A number that no other queue has, and another one after each removal: what a thread
    /// remembers holds only for it.
    epoch: AtomicU64,
}

struct Table {
    numbered: Numbered,
    /// By address. The table keeps them alive, so no other one can have the same.
    numbers: HashMap<usize, u32>,
    free: Vec<u32>,
    /// With so many, those that are not needed any more are looked for.
    prune_at: usize,
}

/// How many are not looked through.
const FEW: usize = 16;

fn next_epoch() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Environments {
    pub(super) fn new() -> Self {
        Self {
            table: Mutex::new(Table {
                numbered: Arc::default(),
                numbers: HashMap::new(),
                free: Vec::new(),
                prune_at: FEW,
            }),
            epoch: AtomicU64::new(next_epoch()),
        }
    }

    /// What the numbers that a thread remembers must have come with.
    #[inline]
    pub(super) fn epoch(&self) -> u64 {
        // Relaxed: an address is given to another environment only after this has changed, on the
        // same way to the thread.
        self.epoch.load(Ordering::Relaxed)
    }

    pub(super) fn number_of(&self, environment: &Arc<RegistryContext>) -> u32 {
        self.table.lock().number_of(environment)
    }

    pub(super) fn read(&self) -> Numbered {
        Arc::clone(&self.table.lock().numbered)
    }

    /// The numbers of those that nothing but this refers to; looked for where there are many.
    ///
    /// A record that is just being put in is borrowed from a caller that has the environment as
    /// well. So all records of these are in the queue already, for what looks after this call.
    pub(super) fn abandoned(&self) -> Vec<u32> {
        let abandoned = self.table.lock().abandoned();
        // With the last reference that was given up before: what its thread had put in is seen.
        fence(Ordering::Acquire);
        abandoned
    }

    /// Removes those that are still abandoned, as no record of them is left. Their destructors run
    /// the user's code, so they are the caller's to drop.
    pub(super) fn remove(&self, abandoned: &[u32]) -> Vec<Arc<RegistryContext>> {
        let mut table = self.table.lock();
        // A record of one may be kept by a handler. Looked at before the list may be copied, as a
        // copy refers to all of them.
        let mut abandoned = abandoned.to_vec();
        abandoned.retain(|number| table.is_abandoned(*number));
        let mut removed = Vec::new();
        for number in &abandoned {
            let slot = Arc::make_mut(&mut table.numbered).get_mut(*number as usize);
            if let Some(environment) = slot.and_then(Option::take) {
                table.numbers.remove(&(Arc::as_ptr(&environment) as usize));
                table.free.push(*number);
                removed.push(environment);
            }
        }
        self.epoch.store(next_epoch(), Ordering::Relaxed);
        drop(table);
        removed
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.table.lock().numbers.len()
    }
}

impl Table {
    fn number_of(&mut self, environment: &Arc<RegistryContext>) -> u32 {
        let address = Arc::as_ptr(environment) as usize;
        *self.numbers.entry(address).or_insert_with(|| {
            let numbered = Arc::make_mut(&mut self.numbered);
            let new = Some(Arc::clone(environment));
            if let Some(number) = self.free.pop() {
                numbered[number as usize] = new;
                return number;
            }
            numbered.push(new);
            u32::try_from(numbered.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn abandoned(&mut self) -> Vec<u32> {
        if self.numbers.len() < self.prune_at {
            return Vec::new();
        }
        let numbers = self.numbers.values().copied();
        let abandoned: Vec<_> = numbers
            .filter(|number| self.is_abandoned(*number))
            .collect();
        self.prune_at = 2 * (self.numbers.len() - abandoned.len()).max(FEW);
        abandoned
    }

    fn is_abandoned(&self, number: u32) -> bool {
        let environment = self.numbered.get(number as usize).and_then(Option::as_ref);
        environment.is_some_and(|environment| Arc::strong_count(environment) == 1)
    }
}

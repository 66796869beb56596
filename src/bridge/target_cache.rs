//! From a facade record's target to its node, without a look-up each time.
//!
//! Each thread remembers the targets it met by the address of their text, which for almost all of them is a static of the
//! program. As an address can come to hold another text, the bytes are compared as well. What is remembered holds for one *shape* of
//! one registry: a number that changes whenever a name may mean another node.

use std::cell::RefCell;

use crate::name;
use crate::registry::{Inner, Node};
use crate::sync::Arc;

/// A thread remembers at most half of this many targets, and then begins anew: ten million hostile ones leave no trace.
const MAX_SLOTS: usize = 4096;
const MIN_SLOTS: usize = 64;

/// A longer target is looked up each time.
const MAX_LEN: usize = 512;

/// What is known of a target.
struct Known {
    target: Box<str>,
    /// Where it differs from the target.
    name: Option<Box<str>>,
    node: Arc<Node>,
}

impl Known {
    fn find(registry: &Inner, target: &str) -> Self {
        let name = name::dotted(target);
        let node = registry.nearest(&name);
        let name = match name {
            std::borrow::Cow::Owned(name) => Some(name.into_boxed_str()),
            std::borrow::Cow::Borrowed(_) => None,
        };
        Self {
            target: target.into(),
            name,
            node,
        }
    }

    fn name(&self) -> &str {
        match &self.name {
            Some(name) => name,
            None if name::is_root(&self.target) => name::ROOT,
            None => &self.target,
        }
    }
}

#[derive(Default)]
struct Slot {
    /// Of the target's text; 0 in an empty slot.
    address: usize,
    shape: u64,
    /// Taken out while its record is on its way, as that runs the user's code, which may log.
    known: Option<Box<Known>>,
}

/// An open-addressed table: at most half full, probed slot by slot.
#[derive(Default)]
struct Cache {
    slots: Vec<Slot>,
    used: usize,
}

thread_local! {
    static CACHE: RefCell<Cache> = const { RefCell::new(Cache { slots: Vec::new(), used: 0 }) };
}

impl Cache {
    /// The slot of an address: the one that has it, or the empty one where it would go.
    #[inline]
    fn slot_of(&self, address: usize) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        // Fibonacci hashing: the high bits of the product depend on all bits of the address.
        let hash = (address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let mut at = usize::try_from(hash).unwrap_or(0) & mask;
        while self.slots[at].address != 0 && self.slots[at].address != address {
            at = (at + 1) & mask;
        }
        Some(at)
    }

    #[inline]
    fn get(&self, target: &str, shape: u64) -> Option<&Known> {
        let slot = &self.slots[self.slot_of(target.as_ptr() as usize)?];
        let known = slot.known.as_deref()?;
        (slot.shape == shape && *known.target == *target).then_some(known)
    }

    fn take(&mut self, target: &str, shape: u64) -> Option<Box<Known>> {
        self.get(target, shape)?;
        let at = self.slot_of(target.as_ptr() as usize)?;
        self.slots[at].known.take()
    }

    /// Remembers a target; answers with what was in its place.
    fn put(&mut self, address: usize, shape: u64, known: Box<Known>) -> Option<Box<Known>> {
        if self.used * 2 >= self.slots.len() {
            self.make_room();
        }
        let at = self.slot_of(address)?;
        let slot = &mut self.slots[at];
        if slot.address == 0 {
            self.used += 1;
        }
        slot.address = address;
        slot.shape = shape;
        slot.known.replace(known)
    }

    fn make_room(&mut self) {
        let size = if self.slots.len() >= MAX_SLOTS {
            MIN_SLOTS
        } else {
            (self.slots.len() * 4).max(MIN_SLOTS)
        };
        let forget = size <= self.slots.len();
        let old = std::mem::replace(
            &mut self.slots,
            std::iter::repeat_with(Slot::default).take(size).collect(),
        );
        self.used = 0;
        if forget {
            return;
        }
        for slot in old.into_iter().filter(|slot| slot.address != 0) {
            if let Some(at) = self.slot_of(slot.address) {
                self.slots[at] = slot;
                self.used += 1;
            }
        }
    }
}

/// The gate of a target's node, if the thread remembers the target.
#[inline]
pub(super) fn gate(registry: &Inner, target: &str) -> Option<u16> {
    let shape = registry.shape();
    let look =
        |cache: &RefCell<Cache>| Some(cache.try_borrow().ok()?.get(target, shape)?.node.gate());
    CACHE.try_with(look).ok().flatten()
}

/// Calls `use_it` with a target's node and name.
pub(super) fn with<R>(registry: &Inner, target: &str, use_it: impl FnOnce(&Node, &str) -> R) -> R {
    // Before the look-up: what is found is at least as new as this.
    let shape = registry.shape();
    let taken = CACHE
        .try_with(|cache| cache.try_borrow_mut().ok()?.take(target, shape))
        .ok()
        .flatten();
    let known = taken.unwrap_or_else(|| Box::new(Known::find(registry, target)));
    let result = use_it(&known.node, known.name());
    if target.len() <= MAX_LEN {
        let address = target.as_ptr() as usize;
        let put = |cache: &RefCell<Cache>| cache.try_borrow_mut().ok()?.put(address, shape, known);
        // What was in its place is dropped outside the borrow: the end of a registry's last node may run the user's code.
        drop(CACHE.try_with(put));
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Registry;

    fn nearest(registry: &Registry, target: &str) -> (String, String) {
        with(registry.inner(), target, |node, name| {
            (node.name().to_owned(), name.to_owned())
        })
    }

    #[test]
    fn targets_find_their_nearest_ancestor_and_keep_their_names() {
        let registry = Registry::new();
        registry.get_logger("app.net");
        for _ in 0..2 {
            assert_eq!(
                nearest(&registry, "app::net::tcp"),
                ("app.net".into(), "app.net.tcp".into())
            );
            assert_eq!(
                nearest(&registry, "app.network"),
                ("app".into(), "app.network".into())
            );
            assert_eq!(nearest(&registry, ""), ("root".into(), "root".into()));
        }
        // A nearer ancestor that comes later is seen at once.
        registry.get_logger("app.net.tcp");
        assert_eq!(nearest(&registry, "app::net::tcp").0, "app.net.tcp");
        // Another registry has its own tree.
        assert_eq!(nearest(&Registry::new(), "app::net::tcp").0, "root");
    }

    #[test]
    fn the_same_address_with_another_text_is_another_target() {
        let registry = Registry::new();
        registry.get_logger("aaa");
        registry.get_logger("bbb");
        let mut text = String::from("aaa");
        assert_eq!(nearest(&registry, &text).0, "aaa");
        text.clear();
        text.push_str("bbb");
        assert_eq!(nearest(&registry, &text).0, "bbb");
    }

    /// Fault 42, at the level of the cache.
    #[test]
    fn the_cache_is_bounded() {
        let registry = Registry::new();
        let targets: Vec<String> = (0..3 * MAX_SLOTS).map(|n| format!("target{n}")).collect();
        for target in &targets {
            assert_eq!(nearest(&registry, target).1, *target);
        }
        CACHE.with(|cache| assert!(cache.borrow().slots.len() <= MAX_SLOTS));
    }
}

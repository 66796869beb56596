//! From a facade record's target to its node, without a look-up each time.
//!
//! Each thread remembers the targets it met by the address of their text, which for almost all of
//! them is a static of the program. As an address can come to hold another text, the bytes are
//! compared as well. What is remembered holds for one *epoch* of one registry: a number that
//! changes whenever a name may mean another node.

use std::cell::RefCell;
use std::rc::Rc;

use crate::facade::gate_cache;
use crate::level::Level;
use crate::name;
use crate::registry::{GateCopy, Node, RegistryCore, may_log_secrets};
use crate::sys::sync::Arc;

/// A thread remembers at most half of this many targets, and then clears its table: ten million
/// hostile ones leave no trace.
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
    /// Whether its level may not be the node's, as it may log secrets and the node is another's.
    may_log_secrets: bool,
    /// Once it was needed.
    gate: Option<&'static GateCopy>,
}

impl Known {
    fn find(registry: &RegistryCore, target: &str) -> Self {
        let name = name::dotted(target);
        let node = registry.nearest(&name);
        let may_log_secrets = *name != *node.name() && may_log_secrets(&name);
        let name = match name {
            std::borrow::Cow::Owned(name) => Some(name.into_boxed_str()),
            std::borrow::Cow::Borrowed(_) => None,
        };
        Self {
            target: target.into(),
            name,
            node,
            may_log_secrets,
            gate: None,
        }
    }

    fn name(&self) -> &str {
        match &self.name {
            Some(name) => name,
            None if name::is_root(&self.target) => name::ROOT,
            None => &self.target,
        }
    }

    #[inline]
    fn level(&self) -> Level {
        if self.may_log_secrets {
            return self.node.level_for(self.name());
        }
        self.node.effective_level()
    }

    fn wants(&self, registry: &RegistryCore, level: Level) -> bool {
        let by_level = level >= self.level();
        self.node.lets_through(level) && registry.wants(&self.node, level, by_level)
    }
}

#[derive(Default)]
struct Slot {
    /// Of the target's text; 0 in an empty slot.
    address: usize,
    epoch: u64,
    /// Shared with the records on their way, as those run the user's code, which may log.
    known: Option<Rc<Known>>,
}

/// What is known of a target for a record of some level.
enum Found {
    /// With what the logger's level says.
    On(Rc<Known>, bool),
    Off(Option<&'static GateCopy>),
    /// Its gate is open for others.
    InVain,
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
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots.get(at)?;
            if slot.address == address || slot.address == 0 {
                return Some(at);
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn get(&self, target: &str, epoch: u64) -> Option<&Rc<Known>> {
        let slot = self.slots.get(self.slot_of(target.as_ptr() as usize)?)?;
        let known = slot.known.as_ref()?;
        (slot.epoch == epoch && same(known.target.as_bytes(), target.as_bytes())).then_some(known)
    }

    #[inline]
    fn find(
        &self,
        target: &str,
        epoch: u64,
        level: Level,
        wants: impl FnOnce(&Node) -> bool,
    ) -> Option<Found> {
        let known = self.get(target, epoch)?;
        if !known.node.lets_through(level) {
            return Some(Found::Off(known.gate));
        }
        let by_level = level >= known.level();
        Some(if by_level || wants(&known.node) {
            Found::On(Rc::clone(known), by_level)
        } else {
            Found::InVain
        })
    }

    /// Remembers a target. Returns the one that was in its place.
    fn put(&mut self, address: usize, epoch: u64, known: Rc<Known>) -> Option<Rc<Known>> {
        if let Some(slot) = self.slot_of(address).and_then(|at| self.slots.get_mut(at)) {
            if slot.address == address {
                slot.epoch = epoch;
                return slot.known.replace(known);
            }
        }
        self.add(address, epoch, known);
        None
    }

    #[cold]
    fn add(&mut self, address: usize, epoch: u64, known: Rc<Known>) {
        if self.used * 2 >= self.slots.len() {
            self.make_room();
        }
        if let Some(at) = self.slot_of(address) {
            self.slots[at] = Slot {
                address,
                epoch,
                known: Some(known),
            };
            self.used += 1;
        }
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

/// Whether two texts are the same. Targets are short: words of eight bytes, the last one
/// overlapping, cost less than a call.
#[inline]
fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (Some((a_end, b_end)), true) =
        (a.last_chunk::<8>().zip(b.last_chunk::<8>()), a.len() <= 64)
    else {
        return a == b;
    };
    let mut different = u64::from_ne_bytes(*a_end) ^ u64::from_ne_bytes(*b_end);
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        if let (Ok(a), Ok(b)) = (a.try_into(), b.try_into()) {
            different |= u64::from_ne_bytes(a) ^ u64::from_ne_bytes(b);
        }
    }
    different == 0
}

/// Whether a record of a target may go on.
pub(crate) fn is_enabled(registry: &RegistryCore, target: &str, level: Level) -> bool {
    ask(registry, target, |known| known.wants(registry, level))
}

/// Whether a record of a target may go on on some thread, or in some span.
#[cfg(feature = "tracing")]
pub(crate) fn lets_through(registry: &RegistryCore, target: &str, level: Level) -> bool {
    ask(registry, target, |known| known.node.lets_through(level))
}

#[inline]
fn ask(registry: &RegistryCore, target: &str, question: impl Fn(&Known) -> bool) -> bool {
    let epoch = registry.name_epoch();
    let look = |cache: &RefCell<Cache>| {
        let cache = cache.try_borrow().ok()?;
        Some(question(&**cache.get(target, epoch)?))
    };
    let found = CACHE.try_with(look).ok().flatten();
    found.unwrap_or_else(|| question(&remember(registry, target, epoch)))
}

/// Calls `use_it` with a target's node and name, and with what the node's level says, if a record
/// of this level passes there.
#[inline]
pub(crate) fn with(
    registry: &RegistryCore,
    target: &str,
    level: Level,
    has_key_values: impl Fn() -> bool,
    use_it: impl FnOnce(&Node, &str, bool),
) {
    // Before the look-up: what is found is at least as new as this.
    let epoch = registry.name_epoch();
    let wants = |node: &Node| registry.wants_otherwise(node, level, has_key_values());
    let find = |cache: &RefCell<Cache>| cache.try_borrow().ok()?.find(target, epoch, level, wants);
    let (known, by_level) = match CACHE.try_with(find) {
        Ok(Some(Found::On(known, by_level))) => (known, by_level),
        // The second time that it is off: not one of millions of targets that come once.
        Ok(Some(Found::Off(Some(gate)))) => return gate_cache::remember(target, epoch, gate),
        Ok(Some(Found::Off(None))) if registry.copies_gates() => {
            return copy_gate(registry, target, epoch);
        }
        Ok(Some(Found::Off(None) | Found::InVain)) => return,
        _ => {
            let known = remember(registry, target, epoch);
            let by_level = level >= known.level();
            let wanted = known.node.lets_through(level) && (by_level || wants(&known.node));
            if !wanted {
                return;
            }
            (known, by_level)
        }
    };
    use_it(&known.node, known.name(), by_level);
}

#[cold]
fn remember(registry: &RegistryCore, target: &str, epoch: u64) -> Rc<Known> {
    let known = Rc::new(Known::find(registry, target));
    put(target, epoch, Rc::clone(&known));
    known
}

/// Gets a target's node a copy of its gate, where the registry gives copies.
#[cold]
fn copy_gate(registry: &RegistryCore, target: &str, epoch: u64) {
    let node = |cache: &RefCell<Cache>| {
        Some(Arc::clone(
            &cache.try_borrow().ok()?.get(target, epoch)?.node,
        ))
    };
    if let Ok(Some(node)) = CACHE.try_with(node) {
        let known = Known {
            gate: registry.gate_copy(&node),
            ..Known::find(registry, target)
        };
        put(target, epoch, Rc::new(known));
    }
}

fn put(target: &str, epoch: u64, known: Rc<Known>) {
    if target.len() <= MAX_LEN {
        let address = target.as_ptr() as usize;
        let put = |cache: &RefCell<Cache>| cache.try_borrow_mut().ok()?.put(address, epoch, known);
        // What was in its place is dropped outside the borrow: the end of a registry's last node
        // may run the user's code.
        drop(CACHE.try_with(put));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Registry;

    fn nearest(registry: &Registry, target: &str) -> (String, String) {
        let mut found = (String::new(), String::new());
        with(
            registry.inner(),
            target,
            Level::CRITICAL,
            || false,
            |node, name, by_level| {
                assert!(by_level);
                found = (node.name().to_owned(), name.to_owned())
            },
        );
        assert!(is_enabled(registry.inner(), target, Level::WARNING));
        assert!(!is_enabled(registry.inner(), target, Level::INFO));
        found
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

    #[test]
    fn texts_are_compared_whole() {
        for len in 0..100 {
            let a = vec![7_u8; len];
            assert!(same(&a, &a.clone()) && !same(&a, &vec![7; len + 1]));
            for at in 0..len {
                let mut b = a.clone();
                b[at] = 8;
                assert!(!same(&a, &b), "{at} of {len}");
            }
        }
    }

    /// Hostile targets leave the cache small.
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

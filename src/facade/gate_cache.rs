//! Whether a facade record is off, in as few steps as there can be.
//!
//! Most records of a program are off, and most of those come from few targets. Each thread has a
//! small table of them, with copies of the gates that the tree keeps up to date: it needs no
//! destructor, no borrow flag and no count of references, which are half of what the look at
//! [`target_cache`](super::target_cache) costs. It never says that a record is on.

use std::cell::Cell;

use crate::level::Level;
use crate::registry::GateCopy;

/// Every thread of the program pays for their memory, about 70 bytes each, even if it never logs.
const SLOTS: usize = 64;

/// A target's text as words that hold every byte of it, for lengths from 4 to 32.
type Words = [u64; 4];

struct Slot {
    /// Of the target's text; 0 in an empty slot.
    address: Cell<usize>,
    len: Cell<usize>,
    epoch: Cell<u64>,
    text: Cell<Words>,
    gate: Cell<Option<&'static GateCopy>>,
}

impl Slot {
    /// All zero, so that a new thread has nothing to copy.
    const fn new() -> Self {
        Self {
            address: Cell::new(0),
            len: Cell::new(0),
            epoch: Cell::new(0),
            text: Cell::new([0; 4]),
            gate: Cell::new(None),
        }
    }
}

thread_local! {
    static TABLE: [Slot; SLOTS] = const { [const { Slot::new() }; SLOTS] };
}

/// Whether a target is known to be off at a level, in a epoch of the tree.
#[inline(always)]
pub(super) fn is_off(target: &str, epoch: u64, level: Level) -> bool {
    TABLE.with(|table| {
        let slot = &table[place(target)];
        slot.address.get() == target.as_ptr() as usize
            && slot.len.get() == target.len()
            && slot.epoch.get() == epoch
            && words(target.as_bytes()).is_some_and(|text| same(text, slot.text.get()))
            && slot
                .gate
                .get()
                .is_some_and(|gate| !level.passes(gate.get()))
    })
}

/// Remembers a target and the copy of its gate. Another one that holds its place is let be most of
/// the time: two targets in turn would only push each other out.
pub(super) fn remember(target: &str, epoch: u64, gate: &'static GateCopy) {
    thread_local! {
        static TURN: Cell<u8> = const { Cell::new(0) };
    }
    TABLE.with(|table| {
        let slot = &table[place(target)];
        let turn = TURN.get().wrapping_add(1);
        TURN.set(turn);
        if slot.epoch.get() == epoch && turn % 16 != 0 {
            return;
        }
        if let Some(text) = words(target.as_bytes()) {
            slot.address.set(target.as_ptr() as usize);
            slot.len.set(target.len());
            slot.epoch.set(epoch);
            slot.text.set(text);
            slot.gate.set(Some(gate));
        }
    });
}

#[inline(always)]
fn place(target: &str) -> usize {
    // Fibonacci hashing: the high bits of the product depend on all bits of the address.
    let hash = (target.as_ptr() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58;
    usize::try_from(hash).unwrap_or(0) % SLOTS
}

/// Not by `==`, which calls a function to compare 32 bytes.
#[inline(always)]
fn same(a: Words, b: Words) -> bool {
    (a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) == 0
}

#[inline(always)]
fn words(text: &[u8]) -> Option<Words> {
    let len = text.len();
    let word = |at: usize| match text.get(at..at + 8).map(<[u8; 8]>::try_from) {
        Some(Ok(bytes)) => u64::from_ne_bytes(bytes),
        _ => 0,
    };
    match len {
        // The first and the last word overlap, and with those between they hold all.
        8..=32 => Some([word(0), word(8), word(16), word(len - 8)]),
        4..8 => {
            let (start, end) = (text.first_chunk::<4>()?, text.last_chunk::<4>()?);
            let halves =
                u64::from(u32::from_ne_bytes(*start)) | u64::from(u32::from_ne_bytes(*end)) << 32;
            Some([halves, 0, 0, 0])
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hold_every_byte() {
        for len in 4..=32 {
            let text = vec![7_u8; len];
            for at in 0..len {
                let mut other = text.clone();
                other[at] = 8;
                assert!(
                    !same(words(&text).unwrap(), words(&other).unwrap()),
                    "{at} of {len}"
                );
            }
            assert!(same(words(&text).unwrap(), words(&text.clone()).unwrap()));
        }
        assert!(words(&[7; 3]).is_none() && words(&[7; 33]).is_none());
    }

    #[test]
    fn only_the_same_text_in_the_same_shape_is_off() {
        static CLOSED: GateCopy = GateCopy::new();
        CLOSED.set(Level::ERROR.number());
        let mut target = String::from("app::net");
        assert!(!is_off(&target, 7, Level::DEBUG));
        remember(&target, 7, &CLOSED);
        assert!(is_off(&target, 7, Level::DEBUG) && !is_off(&target, 7, Level::ERROR));
        assert!(!is_off(&target, 8, Level::DEBUG));
        assert!(
            !is_off("app::net", 7, Level::DEBUG),
            "the same text elsewhere"
        );
        CLOSED.set(Level::DEBUG.number());
        assert!(!is_off(&target, 7, Level::DEBUG), "the gate has opened");
        CLOSED.set(Level::ERROR.number());
        target.replace_range(3..4, ";");
        assert!(
            !is_off(&target, 7, Level::DEBUG),
            "another text in the same place"
        );
    }
}

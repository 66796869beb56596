//! The names of a formatter's own members: [`OwnNames`].

use crate::record::call_key::KeptKey;
use crate::text::name_bits::{ends_bit, middle_bit};

/// The names of the members that a formatter writes itself, in every set-up: so that a name means
/// the same in every line of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnNames {
    names: Box<[Box<str>]>,
    /// The bits of the ends of these names.
    bits: u64,
    /// Those of their middles, for names whose other bit is among these.
    middle_bits: u64,
}

impl OwnNames {
    pub(crate) fn new(names: &[&str]) -> Self {
        let names: Box<[Box<str>]> = names.iter().copied().map(Box::from).collect();
        let all = |bit: fn(&str) -> u64| names.iter().fold(0, |bits, name| bits | bit(name));
        Self {
            bits: all(ends_bit),
            middle_bits: all(middle_bit),
            names,
        }
    }

    #[inline]
    pub(super) fn get(&self, at: usize) -> &str {
        &self.names[at]
    }

    /// Returns the bits of the ends of the names.
    #[inline]
    pub(super) fn bits(&self) -> u64 {
        self.bits
    }

    /// Reports whether a name whose bit is among the [bits](Self::bits) may be one of these.
    #[inline]
    pub(super) fn may_contain(&self, name: KeptKey<'_>) -> bool {
        self.middle_bits & name.middle_bit() != 0
    }

    pub(super) fn contain(&self, name: &str) -> bool {
        self.names.iter().any(|own| **own == *name)
    }
}

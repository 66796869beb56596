//! The names of a formatter's own members: [`OwnNames`].

/// The names of the members that a formatter writes itself, in every set-up: so that a name means
/// the same in every line of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnNames {
    names: Box<[Box<str>]>,
    /// The [bits](bit_of) of these names.
    bits: u64,
    /// Their [other bits](middle_bit_of), for names whose bit is among these.
    middle_bits: u64,
}

impl OwnNames {
    pub(crate) fn new(names: &[&str]) -> Self {
        let names: Box<[Box<str>]> = names.iter().copied().map(Box::from).collect();
        let all = |bit: fn(&str) -> u64| names.iter().fold(0, |bits, name| bits | bit(name));
        Self {
            bits: all(bit_of),
            middle_bits: all(middle_bit_of),
            names,
        }
    }

    #[inline]
    pub(super) fn get(&self, at: usize) -> &str {
        &self.names[at]
    }

    /// Returns the [bits](bit_of) of the names.
    #[inline]
    pub(super) fn bits(&self) -> u64 {
        self.bits
    }

    /// Reports whether a name whose bit is among the [bits](Self::bits) may be one of these.
    #[inline]
    pub(super) fn may_contain(&self, name: &str) -> bool {
        self.middle_bits & middle_bit_of(name) != 0
    }

    pub(super) fn contain(&self, name: &str) -> bool {
        self.names.iter().any(|own| **own == *name)
    }
}

/// Returns one of 64 bits for a name, by its length and ends: names with different bits differ.
#[inline]
pub(super) fn bit_of(name: &str) -> u64 {
    match name.as_bytes() {
        [] => 1,
        bytes @ [first, ..] => {
            let last = bytes[bytes.len() - 1];
            1 << ((usize::from(*first) ^ usize::from(last) << 2 ^ bytes.len()) % 64)
        }
    }
}

/// Returns one of 64 bits for a name, by its length and middle.
#[inline]
fn middle_bit_of(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let middle = bytes.get(bytes.len() / 2).copied().unwrap_or_default();
    1 << ((usize::from(middle) + 5 * bytes.len()) % 64)
}

//! The names of a formatter's own members: [`OwnNames`].

use std::borrow::Cow;

/// The names of the members that a formatter writes itself, in every set-up: so that a name means
/// the same in every line of a program.
#[derive(Clone, Debug)]
pub(crate) struct OwnNames {
    names: Box<[Cow<'static, str>]>,
    /// The [bits](bit_of) of these names.
    bits: u64,
}

impl OwnNames {
    pub(crate) fn new(names: &[&'static str]) -> Self {
        let names = names.iter().copied().map(Cow::Borrowed);
        Self::of(names.collect())
    }

    fn of(names: Box<[Cow<'static, str>]>) -> Self {
        let bits = names.iter().fold(0, |bits, name| bits | bit_of(name));
        Self { names, bits }
    }

    /// Returns the names after renamings by pairs of an original and a new name. A new name that
    /// another member has gets underscores.
    pub(super) fn renamed(self, pairs: &[(String, String)]) -> Self {
        let mut names = self.names.clone();
        for (from, to) in pairs {
            let Some(at) = self.names.iter().position(|name| name == from) else {
                continue;
            };
            let mut name = to.clone();
            let has_other = |name: &str| {
                let mut others = names.iter().enumerate();
                others.any(|(other, known)| other != at && *known == name)
            };
            while has_other(&name) {
                name.push('_');
            }
            names[at] = Cow::Owned(name);
        }
        Self::of(names)
    }

    #[inline]
    pub(super) fn get(&self, at: usize) -> &str {
        &self.names[at]
    }

    /// Reports whether a name, whose bit is given, is one of these.
    #[inline]
    pub(super) fn contain(&self, name: &str, bit: u64) -> bool {
        self.bits & bit != 0 && self.names.iter().any(|own| own == name)
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

//! The names of one object's key-values: [`UniqueNames`].

use std::borrow::Cow;

use crate::formatter::json::own_names::OwnNames;
use crate::record::call_key::KeptKey;

/// Calls with each of several names.
pub(super) type Names<'n> = dyn Fn(&mut dyn FnMut(&str)) + 'n;

/// The names of the key-values that an object has so far.
pub(super) struct UniqueNames<'n> {
    own: &'n OwnNames,
    count: usize,
    /// The bits of the own names and of the names so far: a name whose bit is not set is free,
    /// which most are. All bits are set once a name was changed.
    taken: u64,
    /// The bits that only own names have.
    only_own: u64,
    renamed: Vec<String>,
}

impl<'n> UniqueNames<'n> {
    pub(super) fn new(own: &'n OwnNames) -> Self {
        Self {
            own,
            count: 0,
            taken: own.bits(),
            only_own: own.bits(),
            renamed: Vec::new(),
        }
    }

    /// Reports whether a name is certainly free, and takes it. If not, [`free`](Self::free)
    /// follows.
    #[inline]
    pub(super) fn is_new(&mut self, key: KeptKey<'_>) -> bool {
        let bit = key.ends_bit();
        if self.taken & bit != 0 {
            if self.only_own & bit == 0 || self.own.may_contain(key) {
                return false;
            }
            self.only_own ^= bit;
        }
        self.taken |= bit;
        self.count += 1;
        true
    }

    /// Returns the name itself, or with underscores if it is one of the formatter's own or taken,
    /// and takes it. `each` calls with all names that the object asks for, in order.
    #[cold]
    pub(super) fn free<'k>(&mut self, key: &'k str, each: &Names<'_>) -> Cow<'k, str> {
        let mut name = Cow::Borrowed(key);
        while self.is_taken(&name, each) {
            name.to_mut().push('_');
        }
        if let Cow::Owned(name) = &name {
            self.renamed.push(name.clone());
            (self.taken, self.only_own) = (u64::MAX, 0);
        }
        self.count += 1;
        name
    }

    fn is_taken(&self, name: &str, each: &Names<'_>) -> bool {
        let (mut at, mut is_earlier) = (0, false);
        each(&mut |other| {
            is_earlier |= at < self.count && other == name;
            at += 1;
        });
        is_earlier || self.own.contain(name) || self.renamed.iter().any(|renamed| renamed == name)
    }
}

//! One of a record's key-values, without an allocation.

use crate::record::{KeyValues, Scalar};

/// Returns the place of the last key-value of a key: the one that counts, where a call has several.
pub(super) fn last_of(key_values: KeyValues<'_>, key: &str) -> Option<usize> {
    let (mut at, mut last) = (0, None);
    key_values.for_each(|other, _| {
        if other == key {
            last = Some(at);
        }
        at += 1;
    });
    last
}

/// Passes `read` the value at a place.
pub(super) fn with_value(
    key_values: KeyValues<'_>,
    place: usize,
    read: &mut dyn FnMut(Scalar<'_>),
) {
    let mut at = 0;
    key_values.for_each_kept(|_, value| {
        if at == place {
            value.read(&mut *read);
        }
        at += 1;
    });
}

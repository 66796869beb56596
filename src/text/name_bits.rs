//! Sets of names, as bits: names with different bits differ.

/// Returns one of 64 bits for a name, by its length and ends.
#[inline]
pub(crate) const fn ends_bit(name: &str) -> u64 {
    let bytes = name.as_bytes();
    match bytes {
        [] => 1,
        [first, ..] => {
            let last = bytes[bytes.len() - 1];
            1 << ((*first as usize ^ (last as usize) << 2 ^ bytes.len()) % 64)
        }
    }
}

/// Returns one of 64 bits for a name, by its length and middle.
#[inline]
pub(crate) const fn middle_bit(name: &str) -> u64 {
    let bytes = name.as_bytes();
    match bytes {
        [] => 1,
        _ => 1 << ((bytes[bytes.len() / 2] as usize + 5 * bytes.len()) % 64),
    }
}

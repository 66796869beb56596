//! The beginning of a record in bytes: [`Head`].

use crate::handler::queue::encoded_values::get;
use crate::level::Level;

/// Where the head's numbers stand. The name and the message follow it, and then what few records
/// have, in the order of the flags.
pub(super) const TOTAL: usize = 0;
pub(super) const LEVEL: usize = 4;
pub(super) const FLAGS: usize = 6;
pub(super) const STAMP: usize = 8;
pub(super) const TIME: usize = 16;
pub(super) const ENVIRONMENT: usize = 24;
/// The number of the call of a macro; 0 where the record has a source of its own.
pub(super) const SITE: usize = 28;
pub(super) const NAME_LENGTH: usize = 32;
pub(super) const MESSAGE_LENGTH: usize = 36;
/// The length of the head.
pub(super) const HEAD: usize = 40;

/// Writes the place that a record has among those of all threads.
#[inline]
pub(super) fn set_stamp(record: &mut [u8], stamp: u64) {
    put(record, STAMP, stamp.to_le_bytes());
}

#[inline]
pub(super) fn put<const N: usize>(out: &mut [u8], at: usize, bytes: [u8; N]) {
    if let Some(place) = out.get_mut(at..at + N) {
        place.copy_from_slice(&bytes);
    }
}

/// The beginning of a record in bytes: what its way through the queue is decided by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// All of it, the head included.
    pub(super) len: usize,
    pub(super) level: Level,
    /// Its place among the records of all threads.
    pub(super) stamp: u64,
}

impl Head {
    pub(super) fn read(bytes: &[u8; HEAD]) -> Self {
        // One without a length would be met for ever.
        let len = u32::from_le_bytes(get(bytes, TOTAL)) as usize;
        Self {
            len: len.max(HEAD),
            level: Level::new(u16::from_le_bytes(get(bytes, LEVEL))),
            stamp: u64::from_le_bytes(get(bytes, STAMP)),
        }
    }

    /// The head of the first of several records.
    pub(super) fn of(records: &[u8]) -> Option<Self> {
        records.first_chunk().map(Self::read)
    }
}

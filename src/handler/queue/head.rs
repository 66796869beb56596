//! The beginning of a record in bytes: [`Head`].

use crate::handler::queue::encoded_values::get;
use crate::level::Level;
use crate::record::Record;

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

/// Another thread than that of the lane.
pub(super) const HAS_THREAD: u16 = 1;
pub(super) const HAS_THREAD_NAME: u16 = 2;
pub(super) const HAS_SOURCE: u16 = 4;
pub(super) const HAS_LEVEL_NAME: u16 = 8;
pub(super) const HAS_ERROR: u16 = 16;
pub(super) const HAS_STACK: u16 = 32;
pub(super) const HAS_SPANS: u16 = 64;
/// Beside `HAS_SPANS`.
pub(super) const CLOSES_SPAN: u16 = 128;
pub(super) const HAS_MARK: u16 = 256;
pub(super) const HAS_PROCESS: u16 = 512;
pub(super) const HAS_OWNER: u16 = 1024;
pub(super) const HAS_KEY_VALUES: u16 = 2048;
pub(super) const IS_HIDDEN: u16 = 4096;
/// The message stands as its arguments.
pub(super) const HAS_ARGUMENTS: u16 = 8192;
pub(super) const HAS_RARE_FIELDS: u16 =
    HAS_LEVEL_NAME | HAS_ERROR | HAS_STACK | HAS_PROCESS | HAS_SPANS | HAS_OWNER;

/// What a head says.
pub(super) struct Facts<'r> {
    pub(super) record: &'r Record<'r>,
    pub(super) flags: u16,
    pub(super) stamp: u64,
    pub(super) environment: u32,
    pub(super) site: u32,
    /// The lengths of the message and of the whole record.
    pub(super) message: usize,
    pub(super) total: usize,
}

impl Facts<'_> {
    #[inline(always)]
    pub(super) fn write_to(&self, head: &mut [u8; HEAD]) {
        let record = self.record;
        put(head, TOTAL, length(self.total));
        put(head, LEVEL, record.level.number().to_le_bytes());
        put(head, FLAGS, self.flags.to_le_bytes());
        put(head, STAMP, self.stamp.to_le_bytes());
        put(head, TIME, record.time.as_nanos().to_le_bytes());
        put(head, ENVIRONMENT, self.environment.to_le_bytes());
        put(head, SITE, self.site.to_le_bytes());
        put(head, NAME_LENGTH, length(record.name.len()));
        put(head, MESSAGE_LENGTH, length(self.message));
    }
}

/// Returns a length as it stands in a record. One of 4 GiB does not matter: no queue is that long.
#[inline]
pub(super) fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

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

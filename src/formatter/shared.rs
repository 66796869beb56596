//! What lines know of their stream: [`Screen`] and [`Shared`].

use crate::time::Timestamp;

/// What is known of the stream that a line is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    pub(crate) is_terminal: bool,
    /// 0 where the width is not known.
    pub(crate) columns: u16,
}

/// What a line may have in common with the one above it. Which line that will be is known only
/// under the lock of the stream, which leaves these parts out there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shared {
    /// `2026-11-27`
    pub(super) day: [u8; 10],
    pub(super) time: Timestamp,
    /// Where the hour, the minute and the second are, if they can be left out.
    pub(super) clock_at: Option<usize>,
    /// Where the time since the line above goes: [`DELTA`] blanks.
    pub(super) delta_at: Option<usize>,
    pub(super) path: Option<Path>,
    /// No character beyond ASCII is to be used.
    pub(super) is_ascii: bool,
}

/// The columns of the time since the line above, with a blank after it.
pub(super) const DELTA: usize = 8;

/// The names of the spans.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path {
    pub(super) hash: u64,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) columns: usize,
    /// Where blanks keep what is at the right in its place.
    pub(super) padding_at: Option<usize>,
}

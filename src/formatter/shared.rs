//! What lines know of their stream: [`Screen`] and [`Shared`].

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
    /// Where the hour, the minute and the second are, if they can be left out.
    pub(super) clock_at: Option<usize>,
    /// No character beyond ASCII is to be used.
    pub(super) is_ascii: bool,
}

//! What came of offering a record to a handler: [`Handled`].

/// What became of a record at a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handled {
    /// A filter refused it.
    Refused,
    /// The formatter or the sink failed; it is counted as dropped.
    Failed,
    /// The sink has it.
    Written,
}

impl Handled {
    #[inline]
    pub(super) fn is_written(self) -> bool {
        self == Self::Written
    }
}

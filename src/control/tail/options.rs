//! What the tails of an endpoint may take: [`TailOptions`].

/// What the tails of an endpoint may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::control) struct TailOptions {
    /// How many records wait for one tail.
    pub(in crate::control) records: usize,
    /// How many bytes of records wait for one tail.
    pub(in crate::control) bytes: usize,
    /// How many records the history keeps.
    pub(in crate::control) backlog: usize,
    /// Whether the history is kept before the first tail and without any.
    pub(in crate::control) keeps_backlog: bool,
    /// How many tails there may be at once, 64 at most.
    pub(in crate::control) tails: usize,
}

impl TailOptions {
    /// How many bytes the history keeps.
    pub(super) fn backlog_bytes(self) -> usize {
        self.bytes.saturating_mul(4)
    }
}

impl Default for TailOptions {
    fn default() -> Self {
        Self {
            records: 1024,
            bytes: 1 << 20,
            backlog: 4096,
            keeps_backlog: false,
            tails: 8,
        }
    }
}

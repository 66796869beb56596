//! What a watch has seen: [`MachineChange`].

/// An event of a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MachineChange {
    /// The key.
    pub key: String,
    /// The revision of the change.
    pub position: u64,
    /// The value that was put; `None` if the key was deleted.
    pub value: Option<Vec<u8>>,
}

impl MachineChange {
    /// Returns that a key was put, or deleted.
    #[must_use]
    pub fn new(key: impl Into<String>, position: u64, value: Option<Vec<u8>>) -> Self {
        Self {
            key: key.into(),
            position,
            value,
        }
    }
}

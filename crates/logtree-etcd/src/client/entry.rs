//! What is read: [`Entry`] and [`Listing`].

use etcd_client::KeyValue;

/// A key with its value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Entry {
    pub(crate) value: Vec<u8>,
    /// The revision of the cluster at which it was written.
    pub(crate) modified: i64,
    /// The lease that it is on; 0 if none.
    pub(crate) lease: i64,
}

/// All keys below a prefix, at one revision of the cluster.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) cluster: u64,
    pub(crate) revision: i64,
    pub(crate) entries: Vec<(Vec<u8>, Entry)>,
}

impl From<&KeyValue> for Entry {
    fn from(pair: &KeyValue) -> Self {
        Self {
            value: pair.value().to_vec(),
            modified: pair.mod_revision(),
            lease: pair.lease(),
        }
    }
}

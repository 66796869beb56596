//! Changes: [`Write`], a transaction.

use etcd_client::{Compare, CompareOp, PutOptions, Txn, TxnOp};

use super::client::{Client, in_time};
use super::failure::Failure;

/// A transaction: all of it, where all that it expects is so, or nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Write {
    compares: Vec<Compare>,
    operations: Vec<TxnOp>,
}

impl Write {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Expects a key as it was at a revision; 0 where it is expected to be absent.
    pub(crate) fn expect(mut self, key: &str, modified: i64) -> Self {
        let compare = Compare::mod_revision(key, CompareOp::Equal, modified);
        self.compares.push(compare);
        self
    }

    /// Expects all keys below a prefix to be as they were at a revision of the cluster.
    pub(crate) fn expect_all(mut self, prefix: &str, revision: i64) -> Self {
        let compare = Compare::mod_revision(prefix, CompareOp::Less, revision.saturating_add(1));
        self.compares.push(compare.with_prefix());
        self
    }

    /// Sets a key, on a lease if it is not 0.
    pub(crate) fn put(mut self, key: &str, value: &[u8], lease: i64) -> Self {
        let options = PutOptions::new().with_lease(lease);
        self.operations.push(TxnOp::put(key, value, Some(options)));
        self
    }

    pub(crate) fn delete(mut self, key: &str) -> Self {
        self.operations.push(TxnOp::delete(key, None));
        self
    }
}

impl Client {
    /// Returns the revision of the cluster after it; `None` if something was not as expected, and
    /// nothing was made.
    pub(crate) async fn write(&self, write: &Write) -> Result<Option<i64>, Failure> {
        let transaction = Txn::new()
            .when(write.compares.clone())
            .and_then(write.operations.clone());
        let mut kv = self.etcd.kv_client();
        let response = in_time(kv.txn(transaction)).await?;
        let revision = response.header().map_or(0, |header| header.revision());
        Ok(response.succeeded().then_some(revision))
    }

    /// Sets a key, on a lease if it is not 0.
    pub(crate) async fn put(&self, key: &str, value: &[u8], lease: i64) -> Result<(), Failure> {
        let options = PutOptions::new().with_lease(lease);
        let mut kv = self.etcd.kv_client();
        in_time(kv.put(key, value, Some(options))).await.map(|_| ())
    }
}

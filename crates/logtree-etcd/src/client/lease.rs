//! Leases: what ends with the clock of etcd.

use std::time::Duration;

use super::client::{Client, in_time};
use super::failure::{Failure, FailureKind};

impl Client {
    /// Grants a lease; etcd takes seconds, 2 at least.
    pub(crate) async fn grant(&self, length: Duration) -> Result<i64, Failure> {
        let seconds = i64::try_from(length.as_secs()).unwrap_or(i64::MAX).max(2);
        let mut leases = self.etcd.lease_client();
        Ok(in_time(leases.grant(seconds, None)).await?.id())
    }

    /// Ends a lease, and with it the keys that are on it.
    pub(crate) async fn revoke(&self, lease: i64) -> Result<(), Failure> {
        let mut leases = self.etcd.lease_client();
        in_time(leases.revoke(lease)).await.map(|_| ())
    }

    /// Has a lease last for its length again.
    pub(crate) async fn keep_alive(&self, lease: i64) -> Result<(), Failure> {
        let mut leases = self.etcd.lease_client();
        // A stream for each: it is over with the first response.
        match in_time(leases.keep_alive(lease)).await {
            Ok(_) => Ok(()),
            // The client has words for a lease that is gone, but no code.
            Err(failure) if failure.message.contains("not found") => {
                Err(Failure::new(FailureKind::NoLease, failure.message))
            }
            Err(failure) => Err(failure),
        }
    }

    /// Returns what is left of a lease, `None` where it is over.
    pub(crate) async fn remaining(&self, lease: i64) -> Result<Option<Duration>, Failure> {
        let mut leases = self.etcd.lease_client();
        let response = in_time(leases.time_to_live(lease, None)).await?;
        Ok(u64::try_from(response.ttl()).ok().map(Duration::from_secs))
    }
}

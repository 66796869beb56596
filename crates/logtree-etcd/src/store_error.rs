//! Errors of etcd as those of a store.

use logtree::control::fleet::{StoreError, StoreErrorKind};

use crate::client::{Failure, FailureKind};

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        let message = failure.message;
        match failure.kind {
            FailureKind::Denied => Self::new(
                StoreErrorKind::Denied,
                format!("etcd does not permit it: {message}"),
            ),
            FailureKind::TooLarge => Self::new(
                StoreErrorKind::TooLarge,
                format!("etcd does not take so much at once: {message}"),
            ),
            FailureKind::Full => Self::new(
                StoreErrorKind::Full,
                format!(
                    "{message}: etcd only reads until it is compacted and defragmented, and its \
                     alarm disarmed; run it with --auto-compaction-mode=periodic and \
                     --auto-compaction-retention=1h"
                ),
            ),
            FailureKind::Unreachable
            | FailureKind::ResponseTooLarge
            | FailureKind::Compacted
            | FailureKind::NoLease
            | FailureKind::Settings => Self::new(
                StoreErrorKind::Unreachable,
                format!("cannot reach etcd: {message}"),
            ),
        }
    }
}

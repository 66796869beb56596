//! Changes as they are made: [`Watch`].

use std::time::Duration;

use etcd_client::{WatchOptions, WatchResponse, WatchStream};
use tokio::time::timeout;

use super::client::{Client, in_time};
use super::entry::Entry;
use super::failure::{Failure, FailureKind};

/// How long a watch has to be created.
const CREATION: Duration = Duration::from_secs(5);

/// A watch on the keys below a prefix, alone on its stream.
#[derive(Debug)]
pub(crate) struct Watch {
    stream: WatchStream,
    /// The cluster that it is on, and the revision that its member had.
    pub(crate) cluster: u64,
    pub(crate) revision: i64,
}

/// A key that was set, or deleted.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) key: Vec<u8>,
    pub(crate) revision: i64,
    pub(crate) entry: Option<Entry>,
}

impl Client {
    /// Watches the keys below a prefix from a revision on.
    pub(crate) async fn watch(&self, prefix: &[u8], from: i64) -> Result<Watch, Failure> {
        // No previous values, which are not needed, and no fragments, which would be parts of a
        // revision.
        let options = WatchOptions::new()
            .with_prefix()
            .with_start_revision(from)
            .with_progress_notify();
        let mut watches = self.etcd.watch_client();
        let mut stream = in_time(watches.watch(prefix, Some(options))).await?;
        let first = match timeout(CREATION, stream.message()).await {
            Ok(message) => message?,
            Err(_) => return Err(Failure::unreachable("no watch within 5 s")),
        };
        let created = first.filter(WatchResponse::created);
        let created = created.ok_or_else(|| Failure::unreachable("the watch was not created"))?;
        check(&created)?;
        let header = created.header();
        let header = header.ok_or_else(|| Failure::unreachable("no header"))?;
        Ok(Watch {
            cluster: header.cluster_id(),
            revision: header.revision(),
            stream,
        })
    }
}

impl Watch {
    /// Returns the next changes, of one or several revisions, each of them whole; none where the
    /// server only says that it is there.
    pub(crate) async fn next(&mut self) -> Result<Vec<Event>, Failure> {
        let Some(response) = self.stream.message().await? else {
            return Err(Failure::unreachable("the watch has ended"));
        };
        check(&response)?;
        let events = response.events().iter().filter_map(|event| event.kv());
        Ok(events
            .map(|pair| Event {
                key: pair.key().to_vec(),
                revision: pair.mod_revision(),
                // Not by the event's type, whose method panics for one that it does not know: only
                // what is deleted has no version.
                entry: (pair.version() > 0).then(|| Entry::from(pair)),
            })
            .collect())
    }
}

/// A canceled watch keeps its stream open, and says nothing more.
fn check(response: &WatchResponse) -> Result<(), Failure> {
    if response.compact_revision() > 0 {
        let message = format!("compacted up to {}", response.compact_revision());
        return Err(Failure::new(FailureKind::Compacted, message));
    }
    match response.canceled() {
        true => Err(Failure::canceled(response.cancel_reason())),
        false => Ok(()),
    }
}

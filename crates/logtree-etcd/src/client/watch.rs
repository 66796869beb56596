//! Changes as they are made: [`Watch`].

use std::time::Duration;

use etcd_client::{WatchOptions, WatchResponse, WatchStream};
use tokio::time::timeout;

use super::client::{Client, in_time, of_cluster};
use super::entry::Entry;
use super::failure::{Failure, FailureKind};

/// How long a watch has to be created.
const CREATION: Duration = Duration::from_secs(5);

/// A watch on the keys below a prefix, alone on its stream.
#[derive(Debug)]
pub(crate) struct Watch {
    stream: WatchStream,
    /// What was listed before it.
    cluster: u64,
}

/// What one message says: the changes of one or several revisions, each of them whole.
pub(crate) type Message = Vec<Event>;

/// A key that was set, or deleted.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) key: Vec<u8>,
    pub(crate) revision: i64,
    pub(crate) entry: Option<Entry>,
}

impl Client {
    /// Watches the keys below a prefix from a revision of a cluster on.
    pub(crate) async fn watch(
        &self,
        prefix: &[u8],
        cluster: u64,
        from: i64,
    ) -> Result<Watch, Failure> {
        // No previous values, which are not needed, and no fragments, which would be parts of a
        // revision.
        let options = WatchOptions::new()
            .with_prefix()
            .with_start_revision(from)
            .with_progress_notify();
        let mut watches = self.etcd.watch_client();
        let stream = in_time(watches.watch(prefix, Some(options))).await?;
        let mut watch = Watch { stream, cluster };
        let first = match timeout(CREATION, watch.stream.message()).await {
            Ok(message) => message?,
            Err(_) => return Err(Failure::unreachable("no watch within 5 s")),
        };
        match first {
            Some(response) if response.created() => watch.checked(&response).map(|()| watch),
            _ => Err(Failure::unreachable("the watch was not created")),
        }
    }
}

impl Watch {
    /// Returns the next changes; none where the server only says that it is there.
    pub(crate) async fn next(&mut self) -> Result<Message, Failure> {
        let Some(response) = self.stream.message().await? else {
            return Err(Failure::unreachable("the watch has ended"));
        };
        self.checked(&response)?;
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

    /// A canceled watch keeps its stream open, and says nothing more.
    fn checked(&self, response: &WatchResponse) -> Result<(), Failure> {
        if response.compact_revision() > 0 {
            let message = format!("compacted up to {}", response.compact_revision());
            return Err(Failure::new(FailureKind::Compacted, message));
        }
        if response.canceled() {
            return Err(Failure::canceled(response.cancel_reason()));
        }
        of_cluster(self.cluster, response.header())
    }
}

//! Follows what etcd holds below a prefix: [`follow`].

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout_at};

use crate::back_off::BackOff;
use crate::client::{Client, Connector, Failure, FailureKind};
use crate::random;
use crate::state::State;

/// How often all is listed again, on average: watches of etcd can lose events.
const LISTING: Duration = Duration::from_secs(600);

/// Where states go.
pub(crate) trait Output: Send + Sync {
    /// The state differs from the one before.
    fn state(&self, state: &State);

    /// The list was read, and the watch on it created.
    fn reachable(&self);

    /// It is not followed at the moment.
    fn failed(&self, failure: &Failure);
}

/// Lists and watches the keys below a prefix for ever.
///
/// It never resumes a watch, but lists again: what is compacted, restored, refused or missed is
/// found then, whatever the reason was.
pub(crate) async fn follow(
    connector: Arc<Connector>,
    prefix: Vec<u8>,
    output: Arc<dyn Output>,
) -> Infallible {
    let mut follower = Follower {
        connector,
        prefix,
        output,
        place: None,
        since: None,
    };
    let mut back_off = BackOff::default();
    loop {
        let Err(failure) = follower.session().await;
        let worked = follower.since.take().map(|since| since.elapsed());
        let wait = back_off.wait(&failure, worked.unwrap_or_default());
        if failure.kind == FailureKind::Compacted {
            // The connection works; what is in place is only out of date.
            sleep(wait).await;
            continue;
        }
        follower.output.failed(&failure);
        follower.connector.forget().await;
        sleep(wait).await;
    }
}

struct Follower {
    connector: Arc<Connector>,
    prefix: Vec<u8>,
    output: Arc<dyn Output>,
    /// What was handed over last.
    place: Option<State>,
    /// When the connection began to work.
    since: Option<Instant>,
}

impl Follower {
    /// Follows as long as the connection works.
    async fn session(&mut self) -> Result<Infallible, Failure> {
        let client = self.connector.client().await?;
        loop {
            let nothing = State::default();
            let before = self.place.as_ref().unwrap_or(&nothing);
            let state = list(&client, &self.prefix, before).await?;
            let (cluster, from) = (state.cluster, state.revision.saturating_add(1));
            self.put_in_place(state);
            self.watch(&client, cluster, from).await?;
        }
    }

    fn put_in_place(&mut self, state: State) {
        // An older one too: the cluster was restored.
        if self.place.as_ref().is_none_or(|place| state.differs(place)) {
            self.output.state(&state);
        }
        self.place = Some(state);
    }

    /// Watches until it is time to list again.
    async fn watch(&mut self, client: &Client, cluster: u64, from: i64) -> Result<(), Failure> {
        let mut watch = client.watch(&self.prefix, cluster, from).await?;
        self.since.get_or_insert_with(Instant::now);
        self.output.reachable();
        let end = tokio::time::Instant::now() + random::about(LISTING, 0.2);
        while let Ok(message) = timeout_at(end, watch.next()).await {
            let message = message?;
            if let Some(state) = &mut self.place {
                if state.apply(message) {
                    self.output.state(state);
                }
            }
        }
        Ok(())
    }
}

/// Lists the keys below a prefix, and asks for the leases that were not known before.
pub(crate) async fn list(client: &Client, prefix: &[u8], before: &State) -> Result<State, Failure> {
    let mut state = State::from(client.list(prefix).await?);
    for lease in state.adopt_leases(before) {
        let left = client.remaining(lease).await?.unwrap_or_default();
        state.ends.insert(lease, Instant::now() + left);
    }
    Ok(state)
}

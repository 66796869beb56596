//! What this instance has, on a lease: [`Reporter`].

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::back_off::BackOff;
use crate::client::{Client, Connector, Failure, FailureKind};
use crate::random;

/// How long a report outlives its instance.
const LEASE: Duration = Duration::from_secs(60);

/// How often the lease is kept alive, on average.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// A report to write.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Seen {
    pub(crate) key: String,
    pub(crate) value: Vec<u8>,
    /// How long it may take, so that not all instances come at once.
    pub(crate) within: Duration,
}

/// Writes the newest report, and keeps it there.
#[derive(Debug)]
pub(crate) struct Reporter {
    connector: Arc<Connector>,
    newest: watch::Receiver<Option<Seen>>,
    lease: Option<i64>,
    back_off: BackOff,
}

impl Reporter {
    pub(crate) fn new(connector: Arc<Connector>, newest: watch::Receiver<Option<Seen>>) -> Self {
        Self {
            connector,
            newest,
            lease: None,
            back_off: BackOff::default(),
        }
    }

    /// Reports until the sender of reports is gone, and then takes the report back.
    pub(crate) async fn run(mut self) {
        let mut due = None;
        let mut is_written = false;
        loop {
            tokio::select! {
                changed = self.newest.changed() => {
                    let Ok(()) = changed else { break };
                    is_written = false;
                    let seen = self.newest.borrow_and_update();
                    due = seen.as_ref().map(|seen| Instant::now() + random::up_to(seen.within));
                }
                () = at(due) => {
                    let wait = match self.refresh(is_written).await {
                        Ok(()) => {
                            is_written = true;
                            self.back_off = BackOff::default();
                            random::about(KEEP_ALIVE, 0.1)
                        }
                        Err(failure) => {
                            if failure.kind == FailureKind::NoLease {
                                self.lease = None;
                            } else {
                                self.connector.forget().await;
                            }
                            is_written &= self.lease.is_some();
                            self.back_off.wait(&failure).min(KEEP_ALIVE)
                        }
                    };
                    due = Some(Instant::now() + wait);
                }
            }
        }
        if let Some(lease) = self.lease {
            if let Ok(client) = self.connector.client().await {
                let _ = client.revoke(lease).await;
            }
        }
    }

    /// Writes the report, or keeps it alive.
    async fn refresh(&mut self, is_written: bool) -> Result<(), Failure> {
        let client = self.connector.client().await?;
        let lease = match self.lease {
            Some(lease) if is_written => return client.keep_alive(lease).await,
            Some(lease) => lease,
            None => *self.lease.insert(client.grant(LEASE).await?),
        };
        self.write(&client, lease).await
    }

    async fn write(&self, client: &Client, lease: i64) -> Result<(), Failure> {
        let seen = self.newest.borrow().clone();
        let Some(seen) = seen else {
            return Ok(());
        };
        client.put(&seen.key, &seen.value, lease).await
    }
}

async fn at(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

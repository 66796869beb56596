//! A store that is followed: [`EtcdFollowing`].

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use logtree::control::fleet::{Condition, Following, Health, Sink, StoreError};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use crate::back_off::BackOff;
use crate::client::Failure;
use crate::etcd_store::Inner;
use crate::follower::{Output, follow};
use crate::passing::Passing;

/// How long the end may take.
const END: Duration = Duration::from_secs(1);

/// Follows until it is stopped or dropped.
pub(crate) struct EtcdFollowing {
    store: Arc<Inner>,
    passing: Arc<Passing>,
    task: JoinHandle<()>,
    /// Disconnected once the task is gone.
    gone: Receiver<()>,
}

impl EtcdFollowing {
    pub(crate) fn start(store: Arc<Inner>, sink: Arc<dyn Sink>) -> Result<Self, StoreError> {
        let passing = Arc::new(Passing::new(sink, store.prefix.len()));
        let (here, gone) = sync_channel(0);
        let connector = Arc::clone(&store.connector);
        let prefix = store.set_prefix().into_bytes();
        let output = Arc::clone(&passing);
        let task = store.worker.spawn(async move {
            let _here = here;
            let mut back_off = BackOff::default();
            let mut wait = None;
            loop {
                // A task of its own: a sink may panic. It is aborted with this one.
                let mut inner = JoinSet::new();
                let (connector, prefix) = (Arc::clone(&connector), prefix.clone());
                let output = Arc::clone(&output);
                let panicked = Failure::unreachable("the follower panicked");
                let next = back_off.wait(&panicked, Duration::ZERO);
                inner.spawn(async move {
                    if let Some(wait) = wait {
                        output.failed(&panicked);
                        sleep(wait).await;
                    }
                    follow(connector, prefix, output).await
                });
                inner.join_next().await;
                wait = Some(next);
            }
        })?;
        Ok(Self {
            store,
            passing,
            task,
            gone,
        })
    }

    fn end(&self) {
        if self.store.worker.is_forked() {
            return;
        }
        self.task.abort();
        let end = Instant::now() + END;
        // On the thread of the store, which the sink is called on, there is nothing to wait for.
        if !self.store.worker.is_own_thread() {
            let _ = self.gone.recv_timeout(END);
            self.store.end_report(end);
        }
    }
}

impl Following for EtcdFollowing {
    fn health(&self) -> Health {
        if self.store.worker.is_forked() {
            return Health::new(Condition::Forked);
        }
        self.passing.health()
    }

    fn stop(self: Box<Self>) {}
}

impl Drop for EtcdFollowing {
    fn drop(&mut self) {
        self.end();
    }
}

//! A store that is followed: [`EtcdFollowing`].

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use logtree::control::fleet::{Condition, Following, Health, Sink, StoreError};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::back_off::BackOff;
use crate::client::{Connector, Failure};
use crate::etcd_store::Inner;
use crate::follower::{Output, follow};
use crate::passing::Passing;

/// How long the end may take.
const END: Duration = Duration::from_secs(1);

/// Follows until it is stopped or dropped.
pub(crate) struct EtcdFollowing {
    store: Arc<Inner>,
    passing: Arc<Passing>,
    /// Dropped to stop it.
    stop: Option<oneshot::Sender<()>>,
    /// Disconnected once the sink is no longer called.
    gone: Receiver<()>,
}

impl EtcdFollowing {
    pub(crate) fn start(store: Arc<Inner>, sink: Arc<dyn Sink>) -> Result<Self, StoreError> {
        let passing = Arc::new(Passing::new(sink, store.prefix.len()));
        let (here, gone) = sync_channel(0);
        let (stop, stopped) = oneshot::channel();
        let connector = Arc::clone(&store.connector);
        let prefix = store.set_prefix().into_bytes();
        let output = Arc::clone(&passing);
        store.worker.spawn(async move {
            // A task of its own: a sink may panic.
            let mut tasks = JoinSet::new();
            tokio::select! {
                _ = stopped => {}
                () = follow_for_ever(&mut tasks, &connector, &prefix, &output) => {}
            }
            tasks.shutdown().await;
            drop(output);
            drop(here);
        })?;
        Ok(Self {
            store,
            passing,
            stop: Some(stop),
            gone,
        })
    }
}

/// Follows again after each panic.
async fn follow_for_ever(
    tasks: &mut JoinSet<()>,
    connector: &Arc<Connector>,
    prefix: &[u8],
    output: &Arc<Passing>,
) {
    let mut back_off = BackOff::default();
    let mut wait = None;
    loop {
        let (connector, output) = (Arc::clone(connector), Arc::clone(output));
        let prefix = prefix.to_vec();
        let panicked = Failure::unreachable("the follower panicked");
        let next = back_off.wait(&panicked, Duration::ZERO);
        tasks.spawn(async move {
            if let Some(wait) = wait {
                output.failed(&panicked);
                sleep(wait).await;
            }
            match follow(connector, prefix, output).await {}
        });
        tasks.join_next().await;
        wait = Some(next);
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
        if self.store.worker.is_forked() {
            // To drop it would wake a task of the parent.
            std::mem::forget(self.stop.take());
            return;
        }
        let end = Instant::now() + END;
        drop(self.stop.take());
        // On the thread of the store, which the sink is called on, there is nothing to wait for.
        if !self.store.worker.is_own_thread() {
            let _ = self.gone.recv_timeout(END);
            self.store.end_report(end);
        }
    }
}

//! A store that is followed: [`EtcdFollowing`].

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use logtree::control::fleet::{Condition, Following, Health, Sink, StoreError};
use tokio::sync::oneshot;

use crate::etcd_store::Inner;
use crate::follower::Follower;
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
        let passing = Arc::new(Passing::new(sink));
        let (here, gone) = sync_channel(0);
        let (stop, stopped) = oneshot::channel();
        let follower = Follower::new(&store, Arc::clone(&passing));
        store.worker.spawn(async move {
            // Also dropped last where the end of the sink panics.
            let _here = here;
            tokio::select! {
                _ = stopped => {}
                never = follower.run() => match never {},
            }
        })?;
        Ok(Self {
            store,
            passing,
            stop: Some(stop),
            gone,
        })
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

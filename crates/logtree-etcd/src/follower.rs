//! Follows what etcd holds for a service: [`Follower`].

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use logtree::control::fleet::{
    Condition, Key, Machine, MachineAction, MachineChange, MachineEvent, Snapshot, StoreErrorKind,
};
use tokio::time::{Instant, sleep_until};

use crate::caught::caught;
use crate::client::{Client, Connector, Failure, FailureKind, Watch};
use crate::commit::{signed, unsigned};
use crate::etcd_store::Inner;
use crate::listing::{Leases, Listed, list, name};
use crate::passing::Passing;
use crate::random;

/// Does with etcd what a [`Machine`] decides, which has the algorithm.
pub(crate) struct Follower {
    machine: Machine,
    start: Instant,
    passing: Arc<Passing>,
    connector: Arc<Connector>,
    /// What precedes the keys that are followed.
    prefix: String,
    /// The length of what precedes the keys of the service.
    service: usize,
    /// The connection of the latest list, which its watch is on too.
    client: Option<Client>,
    leases: Leases,
    doing: Doing,
    /// When the machine is to be woken.
    wake: Option<Duration>,
    condition: Condition,
    /// Why it does not follow.
    reason: Option<String>,
}

/// What it waits for, beside the time.
enum Doing {
    Nothing,
    List,
    Watch(u64),
    Watching(Box<Watch>),
}

impl Follower {
    pub(crate) fn new(store: &Inner, passing: Arc<Passing>) -> Self {
        Self {
            machine: Machine::new(random::seed()),
            start: Instant::now(),
            passing,
            connector: Arc::clone(&store.connector),
            prefix: format!("{}{}", store.prefix, Key::SET),
            service: store.prefix.len(),
            client: None,
            leases: Leases::default(),
            doing: Doing::Nothing,
            wake: None,
            condition: Condition::Starting,
            reason: None,
        }
    }

    /// Follows for ever.
    pub(crate) async fn run(mut self) -> Infallible {
        let mut event = MachineEvent::Started;
        loop {
            let actions = self.machine.step(event, self.start.elapsed());
            event = match self.act(actions).await {
                true => self.wait().await,
                false => {
                    self.reason = Some("what it is passed to panicked".to_owned());
                    MachineEvent::NotTaken
                }
            };
        }
    }

    /// Does what the machine says, and reports whether what was passed was taken.
    async fn act(&mut self, actions: Vec<MachineAction>) -> bool {
        for action in actions {
            match action {
                MachineAction::List => (self.doing, self.wake) = (Doing::List, None),
                MachineAction::Watch { from } => self.doing = Doing::Watch(from),
                MachineAction::Disconnect => {
                    (self.doing, self.client) = (Doing::Nothing, None);
                    self.connector.forget().await;
                }
                MachineAction::Wake(time) => self.wake = Some(time),
                MachineAction::Health(condition) => self.condition = condition,
                MachineAction::Pass {
                    cluster,
                    position,
                    entries,
                } => {
                    let snapshot = Snapshot::read(cluster, position, entries);
                    if !self.passing.pass(snapshot) {
                        return false;
                    }
                }
                // Another version of the machine has more.
                _ => {}
            }
        }
        let reason = self.reason.as_ref();
        let reason = reason.filter(|_| self.condition == Condition::CutOff);
        self.passing.report(self.condition, reason);
        true
    }

    /// Waits for what comes next.
    async fn wait(&mut self) -> MachineEvent {
        let wake = self.wake.map(|wake| self.start + wake);
        tokio::select! {
            () = at(wake) => {
                self.wake = None;
                MachineEvent::Woken
            }
            next = caught_failing(self.next()) => next.unwrap_or_else(|failure| {
                self.reason = Some(failure.to_string());
                match failure.kind {
                    FailureKind::Compacted => MachineEvent::Compacted,
                    FailureKind::Denied | FailureKind::Settings => {
                        MachineEvent::Failed(StoreErrorKind::Denied)
                    }
                    _ => MachineEvent::Failed(StoreErrorKind::Unreachable),
                }
            }),
        }
    }

    async fn next(&mut self) -> Result<MachineEvent, Failure> {
        let client = self.client.clone();
        match &mut self.doing {
            Doing::Nothing => pending().await,
            Doing::List => {
                let client = self.client.insert(self.connector.client().await?);
                let listed = list(client, &self.prefix, self.service, &mut self.leases).await?;
                let Listed {
                    cluster,
                    position,
                    entries,
                } = listed;
                self.doing = Doing::Nothing;
                Ok(MachineEvent::Listed {
                    cluster,
                    position,
                    entries,
                })
            }
            Doing::Watch(from) => {
                let client = client.ok_or_else(|| Failure::unreachable("not connected"))?;
                let watch = client.watch(self.prefix.as_bytes(), signed(*from)).await?;
                let (cluster, position) = (watch.cluster, unsigned(watch.revision));
                self.doing = Doing::Watching(Box::new(watch));
                Ok(MachineEvent::Created { cluster, position })
            }
            Doing::Watching(watch) => {
                let events = watch.next().await?.into_iter().map(|event| {
                    if let Some(entry) = event.entry.as_ref().filter(|entry| entry.lease != 0) {
                        self.leases.see(entry.lease);
                    }
                    let value = event.entry.map(|entry| entry.value);
                    let key = name(&event.key, self.service);
                    MachineChange::new(key, unsigned(event.revision), value)
                });
                Ok(MachineEvent::Changed(events.collect()))
            }
        }
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}

/// A panic of the client is a failure too.
async fn caught_failing<T>(
    request: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let mut request = pin!(request);
    poll_fn(|context| {
        caught(|| request.as_mut().poll(context))
            .unwrap_or_else(|| Poll::Ready(Err(Failure::unreachable("the client panicked"))))
    })
    .await
}

//! The store: [`EtcdStore`].

use std::fmt;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use logtree::control::fleet::{
    Abilities, Batch, Following, Key, Logged, Report, Reported, Revision, Sink, Snapshot, Store,
    StoreError, Watch,
};
use logtree::{Error, ErrorKind};
use tokio::sync::watch;

use crate::attempts;
use crate::builder::EtcdStoreBuilder;
use crate::client::{Client, Connector, Failure};
use crate::commit::commit;
use crate::endpoint::{self, Endpoints};
use crate::following::EtcdFollowing;
use crate::listing::{Leases, list};
use crate::reporter::{Reporter, Seen};
use crate::reports;
use crate::worker::Worker;

/// Levels of all instances of a service, kept in etcd v3. Clones share their connection.
///
/// The keys are those of [`Key`] below `/logtree/v1/SERVICE/`, with values in JSON: `etcdctl get
/// --prefix` on them reads like a configuration.
///
/// A thread `logtree-etcd` speaks with etcd. It is started when it is first needed, and ends with
/// the last clone. Methods wait for it for no longer than they are given, and from that thread,
/// where a [`Sink`] is called, they fail. A child of a fork has no such thread: there, all methods
/// fail, and [`Following::health`] reports `Forked`.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use logtree::control::fleet::{Store, StoreErrorKind};
/// use logtree_etcd::EtcdStore;
///
/// // Nothing listens there.
/// let store = EtcdStore::from_url("etcd://127.0.0.1:1/payments")?;
/// let error = store.load(Duration::from_millis(10)).unwrap_err();
/// assert_eq!(error.kind(), StoreErrorKind::Unreachable);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct EtcdStore {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    /// What precedes the keys of the service.
    pub(crate) prefix: String,
    pub(crate) connector: Arc<Connector>,
    pub(crate) worker: Worker,
    report: Mutex<Option<Reporting>>,
}

/// A report that is kept there.
struct Reporting {
    newest: watch::Sender<Option<Seen>>,
    /// Disconnected once it is taken back.
    gone: Receiver<()>,
}

impl EtcdStore {
    /// Returns the store of a service on a cluster, such as
    /// `etcd://10.0.0.1:2379,10.0.0.2:2379/payments`, with all options as they are by default.
    ///
    /// # Errors
    /// Those of [`EtcdStoreBuilder::build`], and [`ErrorKind::InvalidConfig`] where the URL is
    /// invalid, or has a user.
    pub fn from_url(url: &str) -> Result<Self, Error> {
        Self::builder_from_url(url)?.build()
    }

    /// Returns a builder for the store of a service, to which an
    /// [endpoint](EtcdStoreBuilder::endpoint) is to be added.
    ///
    /// # Examples
    /// ```no_run
    /// use logtree_etcd::EtcdStore;
    ///
    /// let store = EtcdStore::builder("payments")
    ///     .endpoint("etcd-1.example:2379")
    ///     .endpoint("etcd-2.example:2379")
    ///     .authorities("/etc/etcd/ca.pem")
    ///     .identity("/etc/payments/cert.pem", "/etc/payments/key.pem")
    ///     .build()?;
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn builder(service: impl Into<String>) -> EtcdStoreBuilder {
        EtcdStoreBuilder::new(service.into(), Endpoints::default())
    }

    /// Returns a builder with the members and the service of a URL, as of
    /// [`from_url`](Self::from_url).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] where the URL is invalid, or has a user.
    pub fn builder_from_url(url: &str) -> Result<EtcdStoreBuilder, Error> {
        let (endpoints, service) = endpoint::from_url(url)?;
        Ok(EtcdStoreBuilder::new(service.to_owned(), endpoints))
    }

    pub(crate) fn new(service: &str, connector: Connector) -> Result<Self, Error> {
        if service.is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                "the service of a store of etcd has no name",
            ));
        }
        Ok(Self {
            inner: Arc::new(Inner {
                prefix: Key::prefix(service),
                connector: Arc::new(connector),
                worker: Worker::new(),
                report: Mutex::new(None),
            }),
        })
    }
}

impl Inner {
    /// Takes the report back, if there is one, and waits for that until then.
    pub(crate) fn end_report(&self, end: Instant) {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Reporting { newest, gone }) = report.take() {
            drop(report);
            drop(newest);
            let _ = gone.recv_timeout(end.saturating_duration_since(Instant::now()));
        }
    }

    fn start_report(&self) -> Result<Reporting, Failure> {
        let (newest, receiver) = watch::channel(None);
        let (here, gone) = sync_channel(0);
        let reporter = Reporter::new(Arc::clone(&self.connector), receiver);
        self.worker.spawn(async move {
            let _here = here;
            reporter.run().await;
        })?;
        Ok(Reporting { newest, gone })
    }

    /// Reads what is below a part of the service's prefix.
    fn read<T: Send + 'static, F>(
        &self,
        part: &str,
        within: Duration,
        read: impl Fn(Client, String) -> F + Send + Sync + 'static,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Failure>> + Send,
    {
        let connector = Arc::clone(&self.connector);
        let prefix = format!("{}{part}", self.prefix);
        self.worker.run(within, async move {
            let end = tokio::time::Instant::now() + within;
            let read = |client| read(client, prefix.clone());
            Ok(attempts::read(&connector, end, read).await?)
        })
    }
}

impl Store for EtcdStore {
    fn abilities(&self) -> Abilities {
        let mut abilities = Abilities::new(Watch::Push);
        abilities.expiry = Some(Duration::from_secs(2));
        abilities
    }

    fn load(&self, within: Duration) -> Result<Snapshot, StoreError> {
        let length = self.inner.prefix.len();
        self.inner
            .read(Key::SET, within, move |client, prefix| async move {
                let listed = list(&client, &prefix, length, &mut Leases::default()).await?;
                Ok(Snapshot::read(
                    listed.cluster,
                    listed.position,
                    listed.entries,
                ))
            })
    }

    fn commit(&self, batch: &Batch, within: Duration) -> Result<Revision, StoreError> {
        let (batch, prefix) = (batch.clone(), self.inner.prefix.clone());
        let connector = Arc::clone(&self.inner.connector);
        self.inner.worker.run(within, async move {
            let end = tokio::time::Instant::now() + within;
            commit(&connector, &prefix, &batch, end).await
        })
    }

    fn follow(&self, sink: Arc<dyn Sink>) -> Result<Box<dyn Following>, StoreError> {
        let following = EtcdFollowing::start(Arc::clone(&self.inner), sink)?;
        Ok(Box::new(following))
    }

    fn report(&self, report: Report, within: Duration) {
        // Before the lock, which a thread of the parent may have held.
        if self.inner.worker.is_forked() {
            return;
        }
        let key = Key::Seen(report.instance.clone());
        let seen = Seen {
            key: format!("{}{key}", self.inner.prefix),
            value: report.to_json().into_bytes(),
            within,
        };
        let inner = &*self.inner;
        let mut reporting = inner.report.lock().unwrap_or_else(PoisonError::into_inner);
        if reporting.is_none() {
            *reporting = inner.start_report().ok();
        }
        if let Some(reporting) = &*reporting {
            let _ = reporting.newest.send(Some(seen));
        }
    }

    fn reports(&self, within: Duration) -> Result<Vec<Reported>, StoreError> {
        let length = self.inner.prefix.len();
        self.inner.read("seen/", within, move |client, prefix| {
            reports::reports(client, prefix, length)
        })
    }

    fn log(&self, most: usize, within: Duration) -> Result<Vec<Logged>, StoreError> {
        self.inner
            .read("log/", within, move |client, prefix| async move {
                let listing = client.list(prefix.as_bytes()).await?;
                let newest = listing.entries.iter().rev();
                let logged = newest.filter_map(|(_, entry)| Logged::from_json(&entry.value).ok());
                Ok(logged.take(most).collect())
            })
    }
}

impl fmt::Debug for EtcdStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EtcdStore")
            .field("prefix", &self.inner.prefix)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use logtree::control::fleet::{Condition, Health};
    use tokio::runtime::Builder;
    use tokio::time::{advance, pause, resume, sleep};

    use super::*;
    use crate::etcd::Etcd;
    use crate::follower::Follower;
    use crate::passing::Passing;

    /// Records the conditions that it is passed.
    #[derive(Default)]
    struct Heard(Mutex<Vec<Condition>>);

    impl Sink for Heard {
        fn snapshot(&self, _: Snapshot) {}

        fn health(&self, health: Health) {
            self.0.lock().unwrap().push(health.condition);
        }
    }

    /// The minute takes no time: while nothing listens, the runtime goes on to the next attempt.
    #[test]
    fn an_etcd_that_is_absent_for_the_first_minute_is_found() {
        let Some(mut etcd) = Etcd::start() else {
            return;
        };
        etcd.kill();
        let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
        let heard = Arc::new(Heard::default());
        let passing = Arc::new(Passing::new(Arc::clone(&heard) as Arc<dyn Sink>));
        let mut runtime = Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            tokio::spawn(Follower::new(&store.inner, Arc::clone(&passing)).run());
            sleep(Duration::from_secs(60)).await;
            assert_eq!(passing.health().condition, Condition::CutOff);
            resume();
            etcd.start_again();
            // It waits for 30 s at most.
            pause();
            advance(Duration::from_secs(30)).await;
            resume();
            let real = std::time::Instant::now();
            while passing.health().condition != Condition::Following {
                assert!(
                    real.elapsed() < Duration::from_secs(180),
                    "it was not found"
                );
                sleep(Duration::from_millis(5)).await;
            }
        });
        let heard = heard.0.lock().unwrap();
        assert_eq!(*heard, [Condition::CutOff, Condition::Following]);
    }
}

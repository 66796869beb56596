//! A change of a fleet: [`commit`].

use logtree::control::fleet::{Batch, Head, Key, Logged, Revision, StoreError, StoreErrorKind};
use tokio::time::{Instant, sleep};

use crate::attempts;
use crate::back_off::BackOff;
use crate::client::{Client, Connector, Entry, Failure, FailureKind, Write};

/// Makes a change as one transaction, if the head is the one that it was made for.
///
/// Without a response, it looks whether the change is there, and tries again only while the head is
/// the old one: the comparison lets one of several attempts through.
pub(crate) async fn commit(
    connector: &Connector,
    prefix: &str,
    batch: &Batch,
    end: Instant,
) -> Result<Revision, StoreError> {
    let change = Change {
        connector,
        prefix,
        batch,
        end,
    };
    // Nothing is sent that changes something, and no lease granted, before it is known that an
    // etcd responds.
    let head = change.get(Key::Head).await?;
    if version(head.entry.as_ref()) != batch.head_version {
        return Err(conflict(&head));
    }
    let lease = match batch.lease {
        Some(length) if batch.puts.iter().any(|put| put.leased) => {
            connector.client().await?.grant(length).await?
        }
        _ => 0,
    };
    let result = change.make(&change.write(lease)).await;
    let is_open = |error: &StoreError| error.kind() == StoreErrorKind::Uncertain;
    if lease != 0 && result.as_ref().is_err_and(|error| !is_open(error)) {
        if let Ok(client) = connector.client().await {
            // It would end by itself.
            let _ = client.revoke(lease).await;
        }
    }
    result
}

struct Change<'c> {
    connector: &'c Connector,
    prefix: &'c str,
    batch: &'c Batch,
    end: Instant,
}

/// A key as it was at a revision of the cluster.
struct Got {
    entry: Option<Entry>,
    revision: i64,
}

impl Change<'_> {
    fn write(&self, lease: i64) -> Write {
        let full = |key: &Key| format!("{}{key}", self.prefix);
        let mut write = Write::new().expect(&full(&Key::Head), signed(self.batch.head_version));
        if let Some(since) = self.batch.unchanged_since {
            let all = format!("{}{}", self.prefix, Key::SET);
            write = write.expect_all(&all, signed(since));
        }
        for put in &self.batch.puts {
            let lease = if put.leased { lease } else { 0 };
            write = write.put(&full(&put.key), put.value.as_bytes(), lease);
        }
        let deletes = self.batch.deletes.iter();
        deletes.fold(write, |write, key| write.delete(&full(key)))
    }

    async fn make(&self, write: &Write) -> Result<Revision, StoreError> {
        let mut back_off = BackOff::default();
        let mut is_first = true;
        loop {
            let failure = match self.attempt(write).await {
                Ok(Some(revision)) => return Ok(self.revision(revision)),
                // By an attempt before, perhaps.
                Ok(None) if !is_first => return self.look().await?.ok_or_else(|| self.unknown()),
                Ok(None) => return Err(conflict(&self.get(Key::Head).await?)),
                Err(failure) if failure.kind == FailureKind::Unreachable => failure,
                Err(failure) => return Err(failure.into()),
            };
            is_first = false;
            let wait = back_off.wait(&failure);
            if Instant::now() + wait >= self.end {
                return Err(self.unknown());
            }
            sleep(wait).await;
            match self.look().await {
                Ok(None) => {}
                Ok(Some(revision)) => return Ok(revision),
                Err(error) if error.kind() == StoreErrorKind::Conflict => return Err(error),
                Err(_) => return Err(self.unknown()),
            }
        }
    }

    async fn attempt(&self, write: &Write) -> Result<Option<i64>, Failure> {
        let client = self.connector.client().await?;
        let result = client.write(write).await;
        if result.is_err() {
            self.connector.forget().await;
        }
        result
    }

    /// Looks whether the change was made; `None` if it was not, and the head is the old one.
    async fn look(&self) -> Result<Option<Revision>, StoreError> {
        let head = self.get(Key::Head).await?;
        let is_ours = |entry: &Entry, change: fn(&[u8]) -> Option<String>| {
            change(&entry.value).as_ref() == Some(&self.batch.change)
        };
        if let Some(entry) = &head.entry {
            if is_ours(entry, |json| {
                Head::from_json(json).ok().map(|head| head.change)
            }) {
                return Ok(Some(self.revision(entry.modified)));
            }
        }
        // Others came after it, perhaps.
        if let Some(entry) = self.get(Key::Log(self.batch.number)).await?.entry {
            if is_ours(&entry, |json| {
                Logged::from_json(json).ok().map(|log| log.change)
            }) {
                return Ok(Some(self.revision(entry.modified)));
            }
        }
        if version(head.entry.as_ref()) == self.batch.head_version {
            return Ok(None);
        }
        Err(conflict(&head))
    }

    async fn get(&self, key: Key) -> Result<Got, StoreError> {
        let key = format!("{}{key}", self.prefix);
        let get = |client: Client| {
            let key = key.clone();
            async move { client.get(&key).await }
        };
        let (entry, revision) = attempts::read(self.connector, self.end, get).await?;
        Ok(Got { entry, revision })
    }

    fn revision(&self, modified: i64) -> Revision {
        Revision::new(self.batch.number, unsigned(modified))
    }

    fn unknown(&self) -> StoreError {
        StoreError::new(
            StoreErrorKind::Uncertain,
            format!(
                "etcd did not say whether change {} was made",
                self.batch.number
            ),
        )
    }
}

fn conflict(head: &Got) -> StoreError {
    let number = head.entry.as_ref().map_or(0, |entry| {
        Head::from_json(&entry.value).map_or(0, |head| head.n)
    });
    StoreError::new(StoreErrorKind::Conflict, "the fleet was changed meanwhile")
        .with_found(Revision::new(number, unsigned(head.revision)))
}

fn version(entry: Option<&Entry>) -> u64 {
    entry.map_or(0, |entry| unsigned(entry.modified))
}

/// Revisions of etcd are never negative.
pub(crate) fn unsigned(revision: i64) -> u64 {
    u64::try_from(revision).unwrap_or(0)
}

pub(crate) fn signed(revision: u64) -> i64 {
    i64::try_from(revision).unwrap_or(i64::MAX)
}

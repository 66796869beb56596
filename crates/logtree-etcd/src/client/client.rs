//! Requests: [`Client`].

use std::fmt;
use std::future::Future;
use std::time::Duration;

use etcd_client::GetOptions;
use tokio::time::timeout;

use super::entry::{Entry, Listing};
use super::failure::{Failure, FailureKind};

/// How long a request has.
const REQUEST: Duration = Duration::from_secs(2);

/// How many keys a page has.
const PAGE: i64 = 1_000;

/// A connection, which all requests share.
#[derive(Clone)]
pub(crate) struct Client {
    pub(super) etcd: etcd_client::Client,
}

impl Client {
    pub(super) fn new(etcd: etcd_client::Client) -> Self {
        Self { etcd }
    }

    /// Returns a key, and the revision of the cluster that it was read at.
    pub(crate) async fn get(&self, key: &str) -> Result<(Option<Entry>, i64), Failure> {
        let mut kv = self.etcd.kv_client();
        let response = in_time(kv.get(key, None)).await?;
        let revision = response.header().map_or(0, |header| header.revision());
        Ok((response.kvs().first().map(Entry::from), revision))
    }

    /// Lists the keys below a prefix: pages of a linearizable read, all at the revision of the
    /// first.
    pub(crate) async fn list(&self, prefix: &[u8]) -> Result<Listing, Failure> {
        let mut page = PAGE;
        loop {
            match self.list_once(prefix, page).await {
                // It was listed for so long that its revision is gone.
                Err(failure) if failure.kind == FailureKind::Compacted => {}
                // Larger values than this crate writes.
                Err(failure) if failure.kind == FailureKind::ResponseTooLarge && page > 1 => {
                    page = (page / 8).max(1);
                }
                result => return result,
            }
        }
    }

    async fn list_once(&self, prefix: &[u8], page: i64) -> Result<Listing, Failure> {
        let mut kv = self.etcd.kv_client();
        let end = end_of(prefix);
        let mut from = prefix.to_vec();
        let mut listing = Listing {
            cluster: 0,
            revision: 0,
            entries: Vec::new(),
        };
        loop {
            let options = GetOptions::new()
                .with_range(end.clone())
                .with_limit(page)
                .with_revision(listing.revision);
            let response = in_time(kv.get(from.clone(), Some(options))).await?;
            let header = response.header();
            let header = header.ok_or_else(|| Failure::unreachable("no header"))?;
            if listing.revision == 0 {
                listing.cluster = header.cluster_id();
                listing.revision = header.revision();
            } else if header.cluster_id() != listing.cluster {
                // The same revision is another state there.
                return Err(Failure::unreachable("the cluster was restored"));
            }
            let pairs = response.kvs().iter();
            listing
                .entries
                .extend(pairs.map(|pair| (pair.key().to_vec(), Entry::from(pair))));
            match response.kvs().last() {
                Some(last) if response.more() => {
                    from = last.key().to_vec();
                    from.push(0);
                }
                _ => return Ok(listing),
            }
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// The first key after all that begin so. Prefixes end in `/`, whose successor is `0`.
fn end_of(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    end
}

/// Waits for a request for as long as each has.
pub(super) async fn in_time<T>(
    request: impl Future<Output = Result<T, etcd_client::Error>>,
) -> Result<T, Failure> {
    match timeout(REQUEST, request).await {
        Ok(result) => result.map_err(Failure::from),
        Err(_) => Err(Failure::unreachable("no response within 2 s")),
    }
}

//! What etcd holds for a service: [`list`].

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use logtree::control::fleet::Raw;

use crate::client::{Client, Failure};
use crate::commit::unsigned;

/// All keys of a service that are followed, at one revision of the cluster.
pub(crate) struct Listed {
    pub(crate) cluster: u64,
    pub(crate) position: u64,
    pub(crate) entries: Vec<Raw>,
}

/// When leases end that were asked for; `None` of those that were seen to be set, where the time
/// since then counts.
#[derive(Debug, Default)]
pub(crate) struct Leases {
    cluster: u64,
    ends: HashMap<i64, Option<Instant>>,
}

impl Leases {
    /// Notes the lease of a key that was seen to be set.
    pub(crate) fn see(&mut self, lease: i64) {
        self.ends.entry(lease).or_default();
    }

    /// Returns when a lease ends, which is asked for if it is not known.
    async fn end(&mut self, client: &Client, lease: i64) -> Result<Option<Instant>, Failure> {
        if let Some(end) = self.ends.get(&lease) {
            return Ok(*end);
        }
        let left = client.remaining(lease).await?.unwrap_or_default();
        let end = Some(Instant::now() + left);
        self.ends.insert(lease, end);
        Ok(end)
    }
}

/// Lists the keys below a prefix, whose names begin after that of their service, and asks for the
/// leases that are not known.
pub(crate) async fn list(
    client: &Client,
    prefix: &str,
    service: usize,
    leases: &mut Leases,
) -> Result<Listed, Failure> {
    let listing = client.list(prefix.as_bytes()).await?;
    if listing.cluster != leases.cluster {
        *leases = Leases::default();
        leases.cluster = listing.cluster;
    }
    let mut entries = Vec::with_capacity(listing.entries.len());
    let mut held = HashSet::new();
    for (key, entry) in listing.entries {
        let raw = Raw::new(name(&key, service), entry.value, unsigned(entry.modified));
        let end = match entry.lease {
            0 => None,
            lease => {
                held.insert(lease);
                leases.end(client, lease).await?
            }
        };
        entries.push(match end {
            Some(end) => raw.with_left(end.saturating_duration_since(Instant::now())),
            None => raw,
        });
    }
    leases.ends.retain(|lease, _| held.contains(lease));
    Ok(Listed {
        cluster: listing.cluster,
        position: unsigned(listing.revision),
        entries,
    })
}

/// Returns a key without that of its service. What is no UTF-8 is no key of this crate, whatever is
/// read.
pub(crate) fn name(key: &[u8], service: usize) -> String {
    String::from_utf8_lossy(key.get(service..).unwrap_or_default()).into_owned()
}

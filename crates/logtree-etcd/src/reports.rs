//! What all instances have: [`reports`].

use std::collections::HashMap;

use logtree::control::fleet::{Key, Report, Reported};
use tokio::task::JoinSet;

use crate::client::{Client, Failure};

/// How many leases are asked for at a time.
const AT_ONCE: usize = 64;

/// Lists the reports below a prefix, with what is left of their leases.
pub(crate) async fn reports(
    client: Client,
    prefix: String,
    service: usize,
) -> Result<Vec<Reported>, Failure> {
    let listing = client.list(prefix.as_bytes()).await?;
    let leases = listing.entries.iter().map(|(_, entry)| entry.lease);
    let leases: Vec<_> = leases.filter(|lease| *lease != 0).collect();
    let mut left = HashMap::new();
    for some in leases.chunks(AT_ONCE) {
        let mut asked = JoinSet::new();
        for lease in some.iter().copied() {
            let client = client.clone();
            asked.spawn(async move { (lease, client.remaining(lease).await) });
        }
        while let Some(Ok((lease, remaining))) = asked.join_next().await {
            left.insert(lease, remaining?);
        }
    }
    let reported = listing.entries.iter().filter_map(|(key, entry)| {
        let key = std::str::from_utf8(key.get(service..)?).ok()?;
        let Ok(Key::Seen(instance)) = key.parse() else {
            return None;
        };
        let report = Report::from_json(&instance, &entry.value).ok()?;
        // Gone since it was listed.
        if let Some(None) = left.get(&entry.lease) {
            return None;
        }
        let left = left.get(&entry.lease).copied().flatten();
        Some(Reported::new(report, left))
    });
    let mut reported: Vec<_> = reported.collect();
    reported.sort_by(|a, b| a.report.instance.cmp(&b.report.instance));
    Ok(reported)
}

//! What all instances have: [`reports`].

use std::collections::HashMap;

use logtree::control::fleet::{Key, Report, ReportState, Reported};
use tokio::task::JoinSet;

use crate::client::{Client, Failure};

/// How many leases are asked for at a time.
const AT_ONCE: usize = 64;

/// How many leases are asked for: one request each, and a fleet may have ten thousand.
const MOST_ASKED: usize = 1_000;

/// Lists the reports below a prefix, with what is left of their leases; of a large fleet, of a
/// thousand at most: those that are not well, then those with the oldest reports.
pub(crate) async fn reports(
    client: Client,
    prefix: String,
    service: usize,
) -> Result<Vec<Reported>, Failure> {
    let listing = client.list(prefix.as_bytes()).await?;
    let reported = listing.entries.iter().filter_map(|(key, entry)| {
        let key = std::str::from_utf8(key.get(service..)?).ok()?;
        let Ok(Key::Seen(instance)) = key.parse() else {
            return None;
        };
        let report = Report::from_json(&instance, &entry.value).ok()?;
        Some((report, entry.lease))
    });
    let mut reported: Vec<_> = reported.collect();
    let leases = leases_to_ask(&mut reported);
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
    let reported = reported.into_iter().filter_map(|(report, lease)| {
        match left.get(&lease) {
            // Gone since it was listed.
            Some(None) => None,
            known => Some(Reported::new(report, known.copied().flatten())),
        }
    });
    let mut reported: Vec<_> = reported.collect();
    reported.sort_by(|a, b| a.report.instance.cmp(&b.report.instance));
    Ok(reported)
}

/// Returns the leases of the reports that are asked for: first those of instances that are not
/// well, then those with the oldest changes.
fn leases_to_ask(reported: &mut [(Report, i64)]) -> Vec<i64> {
    reported.sort_by_key(|(report, _)| (report.state == ReportState::Ok, report.n));
    let leases = reported.iter().map(|(_, lease)| *lease);
    leases
        .filter(|lease| *lease != 0)
        .take(MOST_ASKED)
        .collect()
}

#[cfg(test)]
mod tests {
    use logtree::control::fleet::Labels;

    use super::*;

    #[test]
    fn of_a_large_fleet_those_that_lack_something_are_asked_for() {
        let mut reported: Vec<_> = (0..3_000)
            .map(|lease| {
                let mut report = Report::new(Labels::new("shop", &lease.to_string()));
                report.n = if lease % 10 == 7 { 16 } else { 17 };
                if lease == 2_999 {
                    report.state = ReportState::Suspended;
                }
                (report, lease)
            })
            .collect();
        let leases = leases_to_ask(&mut reported);
        assert_eq!((leases.len(), leases[0], leases[1]), (MOST_ASKED, 2_999, 7));
        assert!(leases[1..301].iter().all(|lease| lease % 10 == 7));
        // Without a lease, there is nothing to ask for.
        assert_eq!(leases_to_ask(&mut reported[..1]), [2_999]);
        reported[0].1 = 0;
        assert!(leases_to_ask(&mut reported[..1]).is_empty());
    }
}

//! What instances report.

use std::time::Duration;

use logtree::control::fleet::{Condition, Labels, Report, ReportState, Reported, Store};
use logtree_etcd::EtcdStore;

use crate::etcd::Etcd;
use crate::place::Place;
use crate::{WITHIN, until};

fn report(instance: &str, n: u64) -> Report {
    let mut report = Report::new(Labels::new("shop", instance).with_zone("eu-1a"));
    report.n = n;
    report
}

fn numbers(store: &EtcdStore) -> Vec<(String, u64)> {
    let reports = store.reports(WITHIN).unwrap().into_iter();
    let number = |one: Reported| (one.report.instance, one.report.n);
    reports.map(number).collect()
}

#[test]
fn instances_report_what_they_have_until_they_end() {
    let Some(etcd) = Etcd::start() else { return };
    let url = etcd.url("shop");
    let instances: Vec<_> = (0..3)
        .map(|n| {
            let store = EtcdStore::from_url(&url).unwrap();
            let (place, following) = Place::follow(&store);
            place.until_condition(Condition::Following);
            store.report(report(&format!("i/{n}"), 0), Duration::ZERO);
            store.report(report(&format!("i/{n}"), 17), Duration::from_millis(10));
            (store, following)
        })
        .collect();
    let store = EtcdStore::from_url(&url).unwrap();
    let all = |n| {
        [
            ("i/0".to_owned(), n),
            ("i/1".to_owned(), n),
            ("i/2".to_owned(), n),
        ]
    };
    until("all reports", || numbers(&store) == all(17));
    for one in store.reports(WITHIN).unwrap() {
        assert_eq!(one.report.zone.as_deref(), Some("eu-1a"));
        assert_eq!(one.report.state, ReportState::Ok);
        let left = one.left.unwrap();
        assert!(left <= Duration::from_secs(60), "{left:?}");
    }
    // Another instance may write there what it likes.
    etcd.ctl(&["put", "/logtree/v1/shop/seen/x", "what?"]);
    etcd.ctl(&["put", "/logtree/v1/shop/seen/y", r#"{"n":18,"later":true}"#]);
    until("no lease", || {
        let reports = store.reports(WITHIN).unwrap();
        reports.len() == 4 && reports[3].left.is_none()
    });
    etcd.ctl(&["del", "/logtree/v1/shop/seen/y"]);
    for (_, following) in instances {
        following.stop();
    }
    assert_eq!(numbers(&store), []);
    assert!(etcd.ctl(&["lease", "list"]).contains("found 0 leases"));
}

#[test]
fn a_report_is_written_again_where_its_lease_or_etcd_was_gone() {
    let Some(mut etcd) = Etcd::start() else {
        return;
    };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let (_place, _following) = Place::follow(&store);
    store.report(report("a", 1), Duration::ZERO);
    until("the report", || numbers(&store) == [("a".to_owned(), 1)]);
    let leases = etcd.ctl(&["lease", "list"]);
    let lease = leases.lines().last().unwrap();
    etcd.ctl(&["lease", "revoke", lease]);
    assert_eq!(numbers(&store), []);
    store.report(report("a", 2), Duration::ZERO);
    until("the report again", || {
        numbers(&store) == [("a".to_owned(), 2)]
    });
    etcd.kill();
    store.report(report("a", 3), Duration::ZERO);
    etcd.start_again();
    until("the report after the outage", || {
        numbers(&store) == [("a".to_owned(), 3)]
    });
}

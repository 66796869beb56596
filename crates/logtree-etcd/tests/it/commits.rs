//! Changes, and what keeps them from undoing one another.

use std::thread;
use std::time::Duration;

use logtree::Level;
use logtree::control::fleet::{Key, Store, StoreErrorKind};
use logtree_etcd::EtcdStore;

use crate::changes::{batch, change, clear, insist, level};
use crate::etcd::Etcd;
use crate::place::level_of;
use crate::{WITHIN, until};

#[test]
fn a_change_for_an_older_state_is_refused() {
    let Some(etcd) = Etcd::start() else { return };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let old = store.load(WITHIN).unwrap();
    let first = change(&store, &[level("botocore", Level::DEBUG)]).unwrap();
    assert_eq!(first.number, 1);
    let error = store
        .commit(&batch(&old, &[clear("botocore")]), WITHIN)
        .unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Conflict);
    assert_eq!(error.found().unwrap().number, 1);
    let now = store.load(WITHIN).unwrap();
    assert_eq!(now.revision(), first);
    assert_eq!(level_of(&now, "botocore"), Some(Level::DEBUG));
}

#[test]
fn a_change_sees_what_was_put_past_the_head_if_asked() {
    let Some(etcd) = Etcd::start() else { return };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    change(&store, &[level("botocore", Level::DEBUG)]).unwrap();
    let state = store.load(WITHIN).unwrap();
    let strict = batch(&state, &[clear("botocore")]).unchanged_since(state.position);
    etcd.ctl(&[
        "put",
        "/logtree/v1/shop/set/level/all/LOGGER/x",
        r#"{"number":10}"#,
    ]);
    let error = store.commit(&strict, WITHIN).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Conflict);
    let state = store.load(WITHIN).unwrap();
    let strict = batch(&state, &[clear("botocore")]).unchanged_since(state.position);
    store.commit(&strict, WITHIN).unwrap();
    assert_eq!(level_of(&store.load(WITHIN).unwrap(), "botocore"), None);
}

#[test]
fn writers_at_once_lose_no_change_and_each_is_logged() {
    let Some(etcd) = Etcd::start() else { return };
    let url = etcd.url("shop");
    thread::scope(|scope| {
        for writer in 0..4 {
            let store = EtcdStore::from_url(&url).unwrap();
            scope.spawn(move || {
                for n in 0..10 {
                    insist(&store, &[level(&format!("w{writer}.n{n}"), Level::DEBUG)]);
                }
            });
        }
    });
    let store = EtcdStore::from_url(&url).unwrap();
    let state = store.load(WITHIN).unwrap();
    assert_eq!((state.number(), state.entries.len()), (40, 40));
    let log = store.log(100, WITHIN).unwrap();
    let numbers: Vec<_> = log.iter().map(|logged| logged.n).collect();
    assert_eq!(numbers, (1..=40).rev().collect::<Vec<_>>());
    assert_eq!(store.log(3, WITHIN).unwrap().len(), 3);
}

#[test]
fn a_change_that_fails_leaves_no_lease() {
    let Some(etcd) = Etcd::start() else { return };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let state = store.load(WITHIN).unwrap();
    let (key, value) = level("botocore", Level::DEBUG);
    let twice = batch(&state, &[(key.clone(), value.clone()), (key, value)])
        .put_leased(Key::Group("x".to_owned()), "{}")
        .lease(Duration::from_secs(600));
    let error = store.commit(&twice, WITHIN).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::TooLarge, "{error}");
    let edits: Vec<_> = (0..200)
        .map(|n| level(&format!("n{n}"), Level::DEBUG))
        .collect();
    let error = change(&store, &edits).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::TooLarge, "{error}");
    assert!(etcd.ctl(&["lease", "list"]).contains("found 0 leases"));
    assert_eq!(store.load(WITHIN).unwrap().number(), 0);
}

#[test]
fn a_full_etcd_says_what_helps() {
    let Some(etcd) = Etcd::start_with(&["--quota-backend-bytes=100000"]) else {
        return;
    };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let large = "x".repeat(100_000);
    until("an etcd that is full", || {
        etcd.try_ctl(&["put", "large", &large]).is_err()
    });
    let error = change(&store, &[level("botocore", Level::DEBUG)]).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Full, "{error}");
    assert!(error.to_string().contains("--auto-compaction-retention"));
    store.load(WITHIN).unwrap();
}

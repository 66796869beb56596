//! Times without etcd, and what comes after them.

use std::sync::Arc;
use std::time::Duration;

use logtree::Level;
use logtree::control::fleet::{Condition, Store, StoreErrorKind};
use logtree_etcd::EtcdStore;

use crate::changes::{batch, insist, level};
use crate::etcd::Etcd;
use crate::place::{Place, level_of};
use crate::proxy::{Lost, Proxy};
use crate::{WITHIN, until};

#[test]
fn a_server_that_is_killed_is_followed_again() {
    let Some(mut etcd) = Etcd::start() else {
        return;
    };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let (place, following) = Place::follow(&store);
    for round in 1..=3 {
        insist(&store, &[level(&format!("round{round}"), Level::DEBUG)]);
        place.until_number(round);
        etcd.kill();
        place.until_condition(Condition::CutOff);
        assert!(following.health().reason.is_some());
        // What is in place stays.
        assert_eq!(place.newest().number(), round);
        let error = store.load(Duration::from_millis(100)).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unreachable);
        etcd.start_again();
        place.until_condition(Condition::Following);
        assert_eq!(following.health().reason, None);
    }
    // Nothing has changed: nothing was passed.
    let snapshots = place.snapshots.lock().unwrap();
    let numbers: Vec<_> = snapshots.iter().map(|snapshot| snapshot.number()).collect();
    assert_eq!(numbers, [0, 1, 2, 3]);
}

#[test]
fn a_server_that_comes_later_is_found() {
    let Some(mut etcd) = Etcd::start() else {
        return;
    };
    etcd.kill();
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let (place, following) = Place::follow(&store);
    place.until_condition(Condition::CutOff);
    assert_eq!(following.health().condition, Condition::CutOff);
    etcd.start_again();
    insist(&store, &[level("botocore", Level::DEBUG)]);
    place.until_number(1);
}

#[test]
fn what_was_compacted_while_a_follower_was_away_is_no_gap() {
    let Some(mut etcd) = Etcd::start() else {
        return;
    };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let (place, _following) = Place::follow(&store);
    place.until_condition(Condition::Following);
    for round in 1..=3 {
        etcd.kill();
        place.until_condition(Condition::CutOff);
        etcd.start_again();
        let other = EtcdStore::from_url(&etcd.url("shop")).unwrap();
        for n in 0..20 {
            insist(
                &other,
                &[level(&format!("round{round}.n{n}"), Level::DEBUG)],
            );
        }
        etcd.compact();
        insist(&other, &[level("last", Level::new(round))]);
        place.until_number(u64::from(round) * 21);
        assert_eq!(place.newest(), store.load(WITHIN).unwrap());
    }
    // An idle follower, whose revision is long compacted.
    for _ in 0..3 {
        etcd.ctl(&["put", "elsewhere", "x"]);
        etcd.compact();
    }
    insist(&store, &[level("last", Level::DEBUG)]);
    place.until_number(64);
}

#[test]
fn a_change_meets_a_server_that_halts() {
    let Some(etcd) = Etcd::start() else { return };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let state = store.load(WITHIN).unwrap();
    let change = batch(&state, &[level("botocore", Level::DEBUG)]);
    etcd.pause();
    // Nothing was sent that changes something.
    let error = store
        .commit(&change, Duration::from_millis(500))
        .unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unreachable, "{error}");
    let late = std::thread::scope(|scope| {
        let late = scope.spawn(|| store.commit(&change, WITHIN));
        std::thread::sleep(Duration::from_millis(2_500));
        etcd.resume();
        late.join().unwrap()
    });
    assert_eq!(late.unwrap().number, 1);
}

/// It takes as long as HTTP/2 needs to notice: 15 s.
#[test]
fn a_server_that_halts_is_noticed_and_found_again() {
    let Some(etcd) = Etcd::start() else { return };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let (place, _following) = Place::follow(&store);
    place.until_condition(Condition::Following);
    etcd.pause();
    place.until_condition(Condition::CutOff);
    etcd.resume();
    place.until_condition(Condition::Following);
    insist(&store, &[level("botocore", Level::DEBUG)]);
    place.until_number(1);
    let conditions: Vec<_> = {
        let healths = place.healths.lock().unwrap();
        healths.iter().map(|health| health.condition).collect()
    };
    assert_eq!(conditions[..2], [Condition::Following, Condition::CutOff]);
}

#[test]
fn a_restored_state_is_taken_though_it_is_older() {
    let Some(mut etcd) = Etcd::start() else {
        return;
    };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let (place, _following) = Place::follow(&store);
    insist(&store, &[level("botocore", Level::DEBUG)]);
    let snapshot = etcd.save();
    insist(&store, &[level("botocore", Level::ERROR)]);
    insist(&store, &[level("urllib3", Level::ERROR)]);
    place.until_number(3);
    let cluster = place.newest().cluster;
    etcd.restore(&snapshot);
    place.until_number(1);
    assert_eq!(level_of(&place.newest(), "botocore"), Some(Level::DEBUG));
    assert_ne!(place.newest().cluster, cluster);
    insist(&store, &[level("botocore", Level::CRITICAL)]);
    place.until_number(2);
}

/// Found by its name, and not made again; or made again, where the request was lost.
#[test]
fn a_change_whose_request_or_response_is_lost_is_made_once() {
    let Some(etcd) = Etcd::start() else { return };
    let direct = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let mut number = 0;
    for (lost, times) in [(Lost::Response, 1), (Lost::Request, 1), (Lost::Request, 3)] {
        let proxy = Proxy::start(etcd.address(), "set/level/all/LOGGER/x", lost, times);
        let url = format!("etcd://{}/shop", proxy.address);
        let store = EtcdStore::from_url(&url).unwrap();
        let before = etcd.revision();
        number += 1;
        let made = insist(&store, &[level("x", Level::DEBUG)]);
        assert_eq!((made.number, proxy.left()), (number, 0), "{lost:?}");
        // One revision of etcd: it was made once.
        assert_eq!(
            (made.position, etcd.revision()),
            (before + 1, before + 1),
            "{lost:?}"
        );
        assert_eq!(direct.load(WITHIN).unwrap().number(), number);
    }
    // Others came after it, and the head is theirs.
    let proxy = Proxy::start(etcd.address(), "set/level/all/LOGGER/x", Lost::Response, 1);
    let url = format!("etcd://{}/shop", proxy.address);
    let store = EtcdStore::from_url(&url).unwrap();
    let state = store.load(WITHIN).unwrap();
    let change = batch(&state, &[level("x", Level::ERROR)]);
    std::thread::scope(|scope| {
        let made = scope.spawn(|| store.commit(&change, WITHIN));
        until("the change", || {
            direct.load(WITHIN).unwrap().number() == number + 1
        });
        insist(&direct, &[level("y", Level::ERROR)]);
        assert_eq!(made.join().unwrap().unwrap().number, number + 1);
    });
}

/// The server goes while a change is made, at some point of it.
#[test]
fn a_change_without_a_response_is_found_or_made_once() {
    let Some(mut etcd) = Etcd::start() else {
        return;
    };
    let store = Arc::new(EtcdStore::from_url(&etcd.url("shop")).unwrap());
    for round in 1..=5_u64 {
        let state = store.load(WITHIN).unwrap();
        let change = batch(&state, &[level(&format!("round{round}"), Level::DEBUG)]);
        let committing = Arc::clone(&store);
        let making = std::thread::spawn(move || committing.commit(&change, WITHIN));
        // At some point of it.
        std::thread::sleep(Duration::from_micros(700 * round));
        etcd.kill();
        etcd.start_again();
        let made = making.join().unwrap();
        assert_eq!(made.unwrap().number, round);
        let state = store.load(WITHIN).unwrap();
        assert_eq!((state.number(), state.entries.len() as u64), (round, round));
    }
}

//! What followers are passed.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use logtree::Level;
use logtree::control::fleet::{Condition, Health, Key, Sink, Snapshot, Store, StoreErrorKind};
use logtree_etcd::EtcdStore;

use crate::changes::{clear, insist, level, set_for};
use crate::etcd::Etcd;
use crate::place::{Place, level_of};
use crate::{WITHIN, until};

#[test]
fn what_is_set_is_seen_by_all() {
    let Some(etcd) = Etcd::start() else { return };
    let url = etcd.url("shop");
    let stores: Vec<_> = (0..5).map(|_| EtcdStore::from_url(&url).unwrap()).collect();
    let followers: Vec<_> = stores.iter().map(Place::follow).collect();
    for (place, following) in &followers {
        place.until_condition(Condition::Following);
        assert_eq!(following.health().condition, Condition::Following);
        assert_eq!(place.newest().number(), 0);
    }
    insist(
        &stores[0],
        &[
            level("botocore", Level::DEBUG),
            level("urllib3", Level::ERROR),
        ],
    );
    insist(
        &stores[1],
        &[clear("urllib3"), level("a/b", Level::new(15))],
    );
    for (place, _) in &followers {
        place.until_number(2);
        let newest = place.newest();
        assert_eq!(level_of(&newest, "botocore"), Some(Level::DEBUG));
        assert_eq!(level_of(&newest, "urllib3"), None);
        assert_eq!(level_of(&newest, "a/b"), Some(Level::new(15)));
        assert_eq!(newest, stores[2].load(WITHIN).unwrap());
        // Whole changes only.
        for snapshot in place.snapshots.lock().unwrap().iter() {
            assert_eq!(snapshot.entries.len() as u64, snapshot.number().min(1) * 2);
        }
    }
    // Another service has its own.
    let other = EtcdStore::from_url(&etcd.url("shop2")).unwrap();
    assert_eq!(other.load(WITHIN).unwrap().entries.len(), 0);
}

#[test]
fn a_level_for_a_while_ends_on_all_without_the_one_who_set_it() {
    let Some(etcd) = Etcd::start() else { return };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let (place, _following) = Place::follow(&store);
    let setter = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    insist(&setter, &[level("botocore", Level::ERROR)]);
    set_for(&setter, "botocore", Level::DEBUG, Duration::from_secs(600));
    set_for(&setter, "urllib3", Level::DEBUG, Duration::from_secs(3));
    drop(setter);
    place.until("three changes", |newest| newest.number() == 3);
    let left = |snapshot: &Snapshot| {
        let mut entries = snapshot.entries.iter();
        let held = entries.find(|(key, _)| key.to_string() == "set/for/all/LOGGER/botocore");
        held.map(|(_, held)| held.left)
    };
    // It was seen to be set: how long it applies is known.
    assert_eq!(left(&place.newest()), Some(None));
    // Who comes later has to be told.
    let (later, _following_later) = Place::follow(&EtcdStore::from_url(&etcd.url("shop")).unwrap());
    later.until("the present state", |newest| newest.number() == 3);
    let told = left(&later.newest()).unwrap().unwrap();
    assert!(
        told > Duration::from_secs(300) && told <= Duration::from_secs(600),
        "{told:?}"
    );
    for place in [&place, &later] {
        place.until("the end", |newest| level_of(newest, "urllib3").is_none());
        assert_eq!(level_of(&place.newest(), "botocore"), Some(Level::DEBUG));
    }
}

#[test]
fn what_is_put_past_the_head_is_seen_too() {
    let Some(etcd) = Etcd::start() else { return };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let (place, _following) = Place::follow(&store);
    let key = "/logtree/v1/shop/set/level/all/LOGGER/botocore";
    etcd.ctl(&["put", key, r#"{"level":"DEBUG","number":10}"#]);
    place.until("the level", |newest| {
        level_of(newest, "botocore") == Some(Level::DEBUG)
    });
    etcd.ctl(&["put", key, "DEBUG"]);
    place.until("the refusal", |newest| newest.refused.len() == 1);
    etcd.ctl(&["del", key]);
    place.until("nothing", |newest| {
        newest.entries.is_empty() && newest.refused.is_empty()
    });
    // What is beside `set/` wakes no follower.
    let passed = place.snapshots.lock().unwrap().len();
    etcd.ctl(&["put", "/logtree/v1/shop/seen/x", "{}"]);
    insist(&store, &[]);
    place.until_number(1);
    assert_eq!(place.snapshots.lock().unwrap().len(), passed + 1);
}

#[test]
fn a_service_of_many_pages_is_read_whole() {
    let Some(etcd) = Etcd::start() else { return };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    for page in 0..25 {
        let edits: Vec<_> = (0..100)
            .map(|n| level(&format!("l{page}.n{n}"), Level::DEBUG))
            .collect();
        insist(&store, &edits);
    }
    // Larger than an answer may be, and so in smaller pages; none is an entry.
    let large = "x".repeat(100_000);
    for n in 0..50 {
        etcd.ctl(&["put", &format!("/logtree/v1/shop/set/x{n}"), &large]);
    }
    let loaded = store.load(WITHIN).unwrap();
    assert_eq!((loaded.entries.len(), loaded.refused.len()), (2_500, 50));
    let (place, _following) = Place::follow(&store);
    place.until("all", |newest| newest.entries.len() == 2_500);
}

/// Sleeps, or panics, while it is passed a state.
struct Difficult {
    panics: AtomicBool,
    passed: AtomicUsize,
    newest: Mutex<Snapshot>,
    asked: Mutex<Option<StoreErrorKind>>,
    conditions: Mutex<Vec<Condition>>,
    store: EtcdStore,
}

impl Sink for Difficult {
    fn snapshot(&self, whole: Snapshot) {
        self.passed.fetch_add(1, Ordering::Relaxed);
        if self.panics.load(Ordering::Relaxed) {
            panic!("as a test");
        }
        let asked = self.store.load(WITHIN).unwrap_err().kind();
        *self.asked.lock().unwrap() = Some(asked);
        *self.newest.lock().unwrap() = whole;
    }

    fn health(&self, health: Health) {
        self.conditions.lock().unwrap().push(health.condition);
    }
}

#[test]
fn a_sink_that_panics_or_asks_its_store_is_passed_the_newest_state_later() {
    let Some(etcd) = Etcd::start() else { return };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let sink = Arc::new(Difficult {
        panics: AtomicBool::new(true),
        passed: AtomicUsize::new(0),
        newest: Mutex::default(),
        asked: Mutex::default(),
        conditions: Mutex::default(),
        store: store.clone(),
    });
    let following = store.follow(Arc::clone(&sink) as Arc<dyn Sink>).unwrap();
    until("two panics", || sink.passed.load(Ordering::Relaxed) >= 2);
    insist(&store, &[level("botocore", Level::DEBUG)]);
    sink.panics.store(false, Ordering::Relaxed);
    until("the level", || {
        level_of(&sink.newest.lock().unwrap(), "botocore").is_some()
    });
    assert_eq!(
        *sink.asked.lock().unwrap(),
        Some(StoreErrorKind::Unreachable)
    );
    until("the conditions", || {
        *sink.conditions.lock().unwrap() == [Condition::CutOff, Condition::Following]
    });
    drop(following);
    // The sink has a store, and the thread of that one the sink: both are gone.
    until("the end", || Arc::strong_count(&sink) == 1);
}

#[test]
fn what_is_stopped_passes_nothing_more() {
    let Some(etcd) = Etcd::start() else { return };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let (place, following) = Place::follow(&store);
    let (other, _other_following) = Place::follow(&store);
    place.until_condition(Condition::Following);
    following.stop();
    assert_eq!(Arc::strong_count(&place), 1, "the store has no hold on it");
    let passed = place.snapshots.lock().unwrap().len();
    insist(&store, &[level("botocore", Level::DEBUG)]);
    other.until_number(1);
    assert_eq!(place.snapshots.lock().unwrap().len(), passed);
}

#[test]
fn nothing_is_left_of_a_store_that_is_dropped() {
    let Some(etcd) = Etcd::start() else { return };
    let threads = || {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        let names =
            tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
        names.filter(|name| name.trim() == "logtree-etcd").count()
    };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let prefix = Key::prefix("shop");
    assert!(format!("{store:?}").contains(&prefix));
    let before = threads();
    let (place, following) = Place::follow(&store);
    place.until_condition(Condition::Following);
    drop(following);
    drop(store);
    // Other tests have such threads in this process, unless each has one of its own.
    if before == 0 && std::env::var_os("NEXTEST").is_some() {
        until("the thread's end", || threads() == 0);
    }
    thread::yield_now();
}

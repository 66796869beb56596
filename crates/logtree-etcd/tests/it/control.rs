//! A registry that follows, with hooks of the program.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use logtree::control::fleet::{Condition, Fleet, Identity, Selector, Terms};
use logtree::control::{Change, Control, LevelTarget};
use logtree::test::Capture;
use logtree::{Level, Registry};
use logtree_etcd::EtcdStore;

use crate::changes::{insist, level};
use crate::etcd::Etcd;
use crate::until;

fn join(url: &str, instance: &str) -> (Registry, Control) {
    let registry = Registry::new();
    let identity = Identity::new("shop").instance(instance);
    let control = Control::builder(&registry)
        .fleet(EtcdStore::from_url(url).unwrap(), identity)
        .fleet_wait(Duration::from_secs(60))
        .open()
        .unwrap();
    (registry, control)
}

fn set(fleet: &Fleet, logger: &str, level: Level) -> u64 {
    let change = Change::Level(LevelTarget::logger(logger), level);
    let terms = Terms::new();
    let revision = fleet.apply(&Selector::all(), [change], &terms).unwrap();
    revision.number
}

/// It changes the fleet, waits, and panics.
#[test]
fn a_hook_that_waits_panics_and_changes_the_fleet_holds_nothing_up() {
    let Some(etcd) = Etcd::start() else { return };
    let (registry, control) = join(&etcd.url("shop"), "i");
    let fleet = control.fleet().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let (counting, its_fleet) = (Arc::clone(&calls), control.fleet().unwrap());
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let _hook = control.on_change(move |_| {
        if counting.fetch_add(1, Ordering::SeqCst) == 0 {
            set(&its_fleet, "by-hook", Level::ERROR);
            let _ = released.lock().unwrap().recv();
            panic!("as a test");
        }
    });
    let first = set(&fleet, "a", Level::WARNING);
    until("the hook", || calls.load(Ordering::SeqCst) > 0);
    // Neither the connection nor other changes wait for it.
    let last = (0..10).fold(first, |_, n| set(&fleet, "a", Level::new(31 + n)));
    assert_eq!(fleet.health().unwrap().condition, Condition::Following);
    // It has waited until here.
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    drop(release);
    let level = |logger: &str| registry.get_logger(logger).effective_level();
    until("the newest", || level("a") == Level::new(40));
    until("that of the hook", || level("by-hook") == Level::ERROR);
    until("the report", || {
        let status = fleet.status(&Selector::all()).unwrap();
        status.confirmed() == 1 && status.instances[0].report.n >= last
    });
}

#[test]
fn a_restored_cluster_is_warned_of_once() {
    let Some(mut etcd) = Etcd::start() else {
        return;
    };
    let (registry, control) = join(&etcd.url("shop"), "i");
    let capture = Capture::new(&registry.get_logger("logging.control"));
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    insist(&store, &[level("botocore", Level::ERROR)]);
    let saved = etcd.save();
    insist(&store, &[level("botocore", Level::WARNING)]);
    insist(&store, &[level("urllib3", Level::ERROR)]);
    let has = |logger: &str, level: Level| {
        until("the level", || {
            control.level(&LevelTarget::logger(logger)) == Some(level)
        });
    };
    has("urllib3", Level::ERROR);
    etcd.restore(&saved);
    has("botocore", Level::ERROR);
    until("no level", || {
        control.level(&LevelTarget::logger("urllib3")).is_none()
    });
    // Once more without etcd, and a change: neither is a restoration.
    etcd.kill();
    etcd.start_again();
    insist(&store, &[level("botocore", Level::CRITICAL)]);
    has("botocore", Level::CRITICAL);
    let messages = capture.messages();
    let warnings: Vec<_> = messages
        .iter()
        .filter(|message| message.contains("went back"))
        .collect();
    assert_eq!(
        warnings,
        ["fleet: went back from 3 to 1: its store was restored"]
    );
}

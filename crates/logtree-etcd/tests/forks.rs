//! Children of a process that follows etcd: in a process without other tests, as they are forked.
//! Both tests may run side by side.

use std::thread;
use std::time::{Duration, Instant};

use logtree::control::fleet::{Condition, Fleet, Identity, Selector, Store, Terms};
use logtree::control::{Change, Control, LevelTarget};
use logtree::{ErrorKind, Level, Registry};
use logtree_etcd::EtcdStore;

#[path = "it/etcd.rs"]
#[expect(dead_code, reason = "the other tests use more of it")]
mod etcd;

const WITHIN: Duration = Duration::from_secs(60);

/// A child that does not end in this time counts as hung.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs a function in a child, which ends with its hooks; fails if it fails or hangs.
#[expect(unsafe_code, reason = "to fork is what is tested")]
fn in_child(run: impl FnOnce()) {
    // SAFETY: the child calls what a child of a process with threads must not rely on (it allocates
    // and locks); that this goes well is what is tested, and a child that hangs is killed.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
        std::process::exit(i32::from(result.is_err()));
    }
    let start = Instant::now();
    let mut status = 0;
    // SAFETY: the address is that of a number that lives on.
    while unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) } == 0 {
        if start.elapsed() > LIMIT {
            // SAFETY: it takes two numbers, the first one that of a child which was not waited for
            // yet.
            unsafe { libc::kill(child, libc::SIGKILL) };
            panic!("the child hung");
        }
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(status, 0, "the child failed");
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < LIMIT, "it did not come to pass: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Sets a level, as often as etcd does not respond in time.
fn set(fleet: &Fleet, level: Level) -> u64 {
    let start = Instant::now();
    loop {
        let change = Change::Level(LevelTarget::logger("botocore"), level);
        match fleet.apply(&Selector::all(), [change], &Terms::new()) {
            Ok(revision) => return revision.number,
            Err(error) => assert!(
                error.kind() == ErrorKind::Unavailable && start.elapsed() < LIMIT,
                "{error}"
            ),
        }
    }
}

/// The child has the levels, and nothing of the store: not the report, the lease or the connection.
#[test]
fn a_child_leaves_the_fleet_to_its_parent() {
    let Some(etcd) = etcd::Etcd::start() else {
        return;
    };
    let url = etcd.url("shop");
    let registry = Registry::global();
    let identity = Identity::new("shop").instance("parent");
    let store = EtcdStore::from_url(&url).unwrap();
    let builder = Control::builder(registry).fleet(store.clone(), identity);
    let control = builder.fleet_wait(WITHIN).open().unwrap();
    let fleet = control.fleet().unwrap();
    let level = || registry.get_logger("botocore").effective_level();
    // A store that only asks, from several threads at the time of a fork.
    let asked = EtcdStore::from_url(&url).unwrap();
    let leases = || etcd.ctl(&["lease", "list"]);
    for round in 1..=5_u16 {
        let new = Level::new(30 + round);
        let number = set(&fleet, new);
        until("the report", || {
            let status = fleet.status(&Selector::all());
            status.is_ok_and(|status| {
                status.confirmed() == 1 && status.instances[0].report.n == number
            })
        });
        assert_eq!(level(), new);
        let (revision, lease) = (etcd.revision(), leases());
        assert!(lease.contains("found 1 leases"), "{lease}");
        thread::scope(|scope| {
            let asking = scope.spawn(|| (0..20).all(|_| asked.load(WITHIN).is_ok()));
            in_child(|| {
                assert_eq!(level(), new);
                let health = fleet.health().unwrap();
                assert_eq!(health.condition, Condition::Forked);
                for error in [
                    fleet.snapshot().unwrap_err(),
                    fleet.status(&Selector::all()).unwrap_err(),
                    asked.load(WITHIN).unwrap_err().into(),
                ] {
                    assert_eq!(error.kind(), ErrorKind::Unavailable);
                    assert!(
                        error.to_string().contains("the process was forked"),
                        "{error}"
                    );
                }
                // A store that the child makes itself is its own.
                let own = EtcdStore::from_url(&url).unwrap();
                assert_eq!(own.load(WITHIN).unwrap().number(), number);
                drop(own);
                // Its end is not that of the parent's.
                if round % 2 == 0 {
                    drop(Control::builder(registry).open().unwrap());
                }
            });
            assert!(asking.join().unwrap());
        });
        assert_eq!(etcd.revision(), revision, "a child has written");
        assert_eq!(leases(), lease);
    }
    until("it follows", || {
        let health = fleet.health();
        health.is_some_and(|health| health.condition == Condition::Following)
    });
    set(&fleet, Level::ERROR);
    until("the parent's next level", || level() == Level::ERROR);
}

/// A child that drops all that it has of the fleet takes nothing back.
#[test]
fn a_child_that_drops_the_fleet_takes_nothing_back() {
    let Some(etcd) = etcd::Etcd::start() else {
        return;
    };
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let registry = Registry::new();
    let identity = Identity::new("shop").instance("parent");
    let builder = Control::builder(&registry).fleet(store.clone(), identity);
    let control = builder.fleet_wait(WITHIN).open().unwrap();
    let fleet = Fleet::new(store.clone());
    let is_reported = || {
        let status = fleet.status(&Selector::all());
        status.is_ok_and(|status| status.instances.len() == 1)
    };
    until("the report", is_reported);
    let revision = etcd.revision();
    let mut all = Some((registry, control, store));
    in_child(|| drop(all.take()));
    until("the report that is left", is_reported);
    assert_eq!(etcd.revision(), revision, "the child has written");
    let (registry, control, _store) = all.take().unwrap();
    set(&control.fleet().unwrap(), Level::ERROR);
    until("the parent's level", || {
        registry.get_logger("botocore").effective_level() == Level::ERROR
    });
}

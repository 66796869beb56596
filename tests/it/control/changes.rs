//! Batches of changes, and what is reported of a change.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use logtree::control::{Change, Changed, Control, LevelTarget, LoggingOptions, http_status};
use logtree::test::Capture;
use logtree::{ErrorKind, Level, Registry};

use crate::control::{control, written};

#[test]
fn k06_a_batch_is_all_or_nothing() {
    let (registry, control) = control();
    let before = (registry.dump().to_string(), control.revision());
    let batch = [
        Change::Level(LevelTarget::logger("a"), Level::DEBUG),
        Change::Level(LevelTarget::client_id("c"), Level::DEBUG),
        Change::Options(LoggingOptions::default().with_disable_all(true)),
        Change::GroupLevel("none".to_owned(), None),
    ];
    assert!(control.apply(batch.clone()).is_err());
    assert_eq!((registry.dump().to_string(), control.revision()), before);
    assert_eq!(control.level(&LevelTarget::client_id("c")), None);
    assert_eq!(control.apply(batch[..3].to_vec()).unwrap(), before.1 + 1);
    assert_eq!(control.level(&LevelTarget::logger("a")), Some(Level::DEBUG));
    // The changes of a batch see each other.
    control
        .apply([
            Change::Level(LevelTarget::logger("b"), Level::DEBUG),
            Change::Clear(LevelTarget::logger("b")),
        ])
        .unwrap();
    assert_eq!(registry.get_logger("b").level(), Level::NOTSET);
}

#[test]
fn several_controls_of_a_registry_are_one() {
    let registry = Registry::new();
    let text = written(&registry);
    let (one, two) = (
        Control::new(&registry),
        Control::new(&registry).with_origin("two"),
    );
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let into = Arc::clone(&told);
    one.on_change(move |changed| into.lock().unwrap().push(changed.origin.clone()))
        .detach();
    let log = || {
        for client in ["1", "2", "3"] {
            logtree::debug!(registry.get_logger("a"), clientId = client; "{client}");
        }
        text.take().matches("a:").count()
    };
    one.set_level(LevelTarget::client_id("1"), Level::DEBUG)
        .unwrap();
    two.set_level(LevelTarget::client_id("2"), Level::DEBUG)
        .unwrap();
    assert_eq!(log(), 2);
    // Each sees the other's, and that something was changed.
    assert_eq!(one.level(&LevelTarget::client_id("2")), Some(Level::DEBUG));
    assert_eq!(*told.lock().unwrap(), ["api", "two"]);
    assert_eq!(one.revision(), 2);
    let seen = one.revision();
    two.disable_all(false).unwrap();
    assert_eq!(
        one.apply_if(seen, []).unwrap_err().kind(),
        ErrorKind::Conflict
    );
    drop(two);
    assert_eq!(log(), 2);
    drop(one);
    assert_eq!(log(), 2);
    let three = Control::new(&registry);
    three.clear_level(&LevelTarget::client_id("1")).unwrap();
    assert_eq!(log(), 1);
    three.clear_level(&LevelTarget::client_id("2")).unwrap();
    assert!(!registry.root().is_enabled_for(Level::DEBUG));
    assert_eq!(log(), 0);
}

/// The guard of a hook removes it when dropped, whether its control is left or not; a detached one
/// stays.
#[test]
fn hooks_end_with_their_guards() {
    let (registry, control) = control();
    let calls: Arc<Mutex<Vec<&str>>> = Arc::default();
    let hook = |name| {
        let calls = Arc::clone(&calls);
        move |_: &Changed| calls.lock().unwrap().push(name)
    };
    let guarded = control.on_change(hook("guarded"));
    control.on_change(hook("detached")).detach();
    drop(control);
    let other = Control::new(&registry);
    other
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    drop(guarded);
    other
        .set_level(LevelTarget::logger("a"), Level::INFO)
        .unwrap();
    assert_eq!(*calls.lock().unwrap(), ["guarded", "detached", "detached"]);
    // A guard may outlive the registry.
    let last = other.on_change(|_| {});
    drop((other, registry));
    drop(last);
}

/// A hook that ends itself, or another one, while the hooks are called.
#[test]
fn a_hook_may_drop_its_own_guard() {
    let (_registry, control) = control();
    let slot: Arc<Mutex<Option<logtree::control::Subscription>>> = Arc::default();
    let (inner, count) = (Arc::clone(&slot), Arc::new(AtomicU64::new(0)));
    let counted = Arc::clone(&count);
    let guard = control.on_change(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        let own = inner.lock().unwrap().take();
        drop(own);
    });
    *slot.lock().unwrap() = Some(guard);
    for level in [Level::DEBUG, Level::INFO] {
        control.set_level(LevelTarget::logger("a"), level).unwrap();
    }
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[test]
fn k08_changes_are_reported_and_logged() {
    let (registry, control) = control();
    registry
        .get_logger("logging.control")
        .set_level(Level::INFO);
    let log = Capture::new(&registry.get_logger("logging.control"));
    let told: Arc<Mutex<Vec<Changed>>> = Arc::default();
    let (into, again) = (Arc::clone(&told), control.clone());
    let subscription = control.on_change(move |changed| {
        // No lock is held: a hook may read and change levels.
        assert!(again.revision() >= changed.revision);
        into.lock().unwrap().push(changed.clone());
    });
    let panicking = control.on_change(|_| panic!("as told"));
    control
        .clone()
        .with_origin("console")
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    control
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    control
        .clone()
        .with_origin("ann")
        .disable_all(true)
        .unwrap();
    control.disable_all(false).unwrap();
    drop((panicking, subscription));
    control.clear_level(&LevelTarget::logger("a")).unwrap();
    let told = told.lock().unwrap().clone();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(
        (
            &told[0].target,
            told[0].before,
            told[0].after,
            &*told[0].origin
        ),
        (
            &Some(LevelTarget::logger("a")),
            None,
            Some(Level::DEBUG),
            "console"
        )
    );
    assert_eq!((told[1].disable_all, &*told[1].origin), (Some(true), "ann"));
    let records = log.records();
    let kept: Vec<_> = records[0]
        .key_values()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    assert_eq!(
        kept,
        [
            "target=THING_GROUP a",
            "old=inherited",
            "new=DEBUG",
            "origin=console",
            "revision=1"
        ]
    );
}

#[test]
fn k09_of_two_who_look_and_change_the_second_is_refused() {
    let (_, control) = control();
    let seen = control.revision();
    control
        .apply_if(
            seen,
            [Change::Level(LevelTarget::logger("a"), Level::DEBUG)],
        )
        .unwrap();
    let error = control
        .apply_if(
            seen,
            [Change::Level(LevelTarget::logger("a"), Level::ERROR)],
        )
        .unwrap_err();
    assert_eq!(
        (error.kind(), http_status(error.kind())),
        (ErrorKind::Conflict, 412)
    );
    assert_eq!(control.level(&LevelTarget::logger("a")), Some(Level::DEBUG));
}

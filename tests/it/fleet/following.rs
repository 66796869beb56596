//! What an instance has while its store changes, is away, and is back.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use logtree::ErrorKind;
use logtree::control::fleet::{Condition, Health};

use super::*;

#[test]
fn fl05_an_instance_without_its_store_keeps_its_levels_and_says_so_once() {
    let store = MemoryStore::new();
    let registry = Registry::new();
    let (handler, text) = crate::support::to_text("%(levelname)s:%(message)s");
    registry.get_logger("logging.control").add_handler(handler);
    let instance = Instance::with_registry(&store, "i", "z", &registry);
    let fleet = instance.control.fleet().unwrap();
    let condition = || fleet.health().unwrap().condition;
    apply(&fleet, set("a", Level::INFO));
    until(|| instance.level("a") == Some(Level::INFO));
    assert_eq!(condition(), Condition::Following);
    store.set_reachable(false);
    until(|| condition() == Condition::CutOff);
    assert_eq!(instance.level("a"), Some(Level::INFO));
    store.put("set/level/all/LOGGER/a", r#"{"number":40}"#);
    store.set_reachable(true);
    until(|| instance.level("a") == Some(Level::ERROR));
    until(|| text.get().contains("fleet: following again"));
    assert_eq!(
        text.get().matches("WARNING:fleet: cut off").count(),
        1,
        "{}",
        text.get()
    );
    // Who starts meanwhile has what the program says, and follows later.
    store.set_reachable(false);
    let late = Instance::join(&store, "late", "z");
    assert_eq!(late.level("a"), None);
    store.set_reachable(true);
    until(|| late.level("a") == Some(Level::ERROR));
}

#[test]
fn fl07_a_store_that_was_restored_is_followed_back() {
    let store = MemoryStore::new();
    let registry = Registry::new();
    let (handler, text) = crate::support::to_text("%(message)s");
    registry.get_logger("logging.control").add_handler(handler);
    let instance = Instance::with_registry(&store, "i", "z", &registry);
    store.put("set/head", r#"{"n":17}"#);
    store.put("set/level/all/LOGGER/a", r#"{"number":40}"#);
    until(|| instance.level("a") == Some(Level::ERROR));
    store.put("set/head", r#"{"n":15}"#);
    until(|| text.get().contains("fleet: went back from 17 to 15"));
    assert_eq!(instance.level("a"), Some(Level::ERROR));
}

/// A hook that blocks holds up neither the store nor what comes later; it may change the fleet.
#[test]
fn a_slow_hook_that_changes_the_fleet_skips_states_and_gets_the_newest() {
    let store = MemoryStore::new();
    let instance = Instance::join(&store, "i", "z");
    let fleet = instance.control.fleet().unwrap();
    let (entered, released) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook = {
        let (entered, released, seen) = (entered.clone(), released.clone(), seen.clone());
        instance.control.on_change(move |changed| {
            let is_first = !entered.swap(true, Ordering::SeqCst);
            let name = changed
                .target
                .as_ref()
                .map(|target| target.name().to_owned());
            seen.lock()
                .unwrap()
                .push((name, changed.after, changed.fleet));
            if is_first {
                apply(&fleet, set("by-hook", Level::INFO));
                until(|| released.load(Ordering::SeqCst));
                panic!("for the test");
            }
        })
    };
    let other = Fleet::new(store.clone());
    apply(&other, set("a", Level::new(20)));
    until(|| entered.load(Ordering::SeqCst));
    // None of these waits for the hook.
    for number in 21..=40 {
        apply(&other, set("a", Level::new(number)));
    }
    released.store(true, Ordering::SeqCst);
    until(|| instance.level("a") == Some(Level::new(40)));
    until(|| instance.level("by-hook") == Some(Level::INFO));
    until(|| seen.lock().unwrap().len() >= 3);
    let seen = seen.lock().unwrap().clone();
    let first = (Some("a".to_owned()), Some(Level::new(20)), Some(1));
    assert_eq!(seen[0], first);
    assert!(
        seen.contains(&(Some("a".to_owned()), Some(Level::new(40)), Some(22))),
        "{seen:?}"
    );
    drop(hook);
}

/// Changes of several levels are seen together, or not at all.
#[test]
fn no_state_is_in_place_that_never_was() {
    let store = MemoryStore::new();
    let instance = Instance::join(&store, "i", "z");
    let fleet = Fleet::new(store.clone());
    let stop = Arc::new(AtomicBool::new(false));
    let torn = Arc::new(AtomicUsize::new(0));
    let looks = {
        let (registry, stop, torn) = (instance.registry.clone(), stop.clone(), torn.clone());
        thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let levels = Control::new(&registry).loggers();
                let of = |name: &str| levels.iter().find(|one| one.name == name)?.configured;
                // Levels are read one by one, so a newer one may be seen second: not an older one.
                if of("x.first") > of("x.second") {
                    torn.fetch_add(1, Ordering::Relaxed);
                }
            }
        })
    };
    for number in 20..120 {
        let level = Level::new(number);
        let changes = [set("x.first", level), set("x.second", level)];
        fleet
            .apply(&Selector::all(), changes, &Terms::new())
            .unwrap();
    }
    until(|| instance.level("x.second") == Some(Level::new(119)));
    stop.store(true, Ordering::Relaxed);
    looks.join().unwrap();
    assert_eq!(torn.load(Ordering::Relaxed), 0);
}

#[test]
fn a_registry_without_a_fleet_has_none_and_one_that_is_gone_follows_none() {
    let registry = Registry::new();
    let control = Control::new(&registry);
    assert_eq!(
        control.fleet().err().unwrap().kind(),
        ErrorKind::NotConfigured
    );
    let store = MemoryStore::new();
    assert_eq!(Fleet::new(store.clone()).health(), None::<Health>);
    let instance = Instance::join(&store, "i", "z");
    assert!(format!("{store:?}").contains("followers: 1"), "{store:?}");
    // Another fleet of the registry replaces it.
    let second = Instance::with_registry(&MemoryStore::new(), "i", "z", &instance.registry);
    until(|| format!("{store:?}").contains("followers: 0"));
    drop((instance, second));
}

#[test]
fn fl08_from_the_cache_levels_apply_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("fleet.json");
    let start = |store: &MemoryStore, file: &Path| {
        let identity = Identity::new("shop").instance("i");
        let registry = Registry::new();
        let builder = Control::builder(&registry).fleet(store.clone(), identity);
        (registry, builder.fleet_cache(file).open().unwrap())
    };
    let level = |control: &Control| control.level(&logger("a"));
    let store = MemoryStore::new();
    apply(&Fleet::new(store.clone()), set("a", Level::ERROR));
    let first = start(&store, &file);
    until(|| level(&first.1) == Some(Level::ERROR) && file.exists());
    store.set_reachable(false);
    let second = start(&store, &file);
    assert_eq!(level(&second.1), Some(Level::ERROR));
    // Nothing is reported before the store was seen.
    store.put("set/level/all/LOGGER/a", r#"{"number":20}"#);
    store.set_reachable(true);
    until(|| level(&second.1) == Some(Level::INFO));
    // A file that cannot be used is as none. The others still write to theirs.
    let broken = directory.path().join("broken.json");
    std::fs::write(&broken, "{").unwrap();
    store.set_reachable(false);
    assert_eq!(level(&start(&store, &broken).1), None);
}

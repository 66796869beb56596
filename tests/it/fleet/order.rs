//! Which of the levels that the fleet, the process and the program have set applies.

use super::*;

/// The order of the four layers, set in all orders.
#[test]
fn fl02_forced_then_local_for_a_while_then_local_then_fleet_then_file() {
    let target = logger("a");
    type Set = fn(&MemoryStore, &Instance);
    // The strongest first: what is shown, and the level.
    let sets: [(&str, u16, Set); 5] = [
        ("fleet instance=i, 0, forced", 11, |store, _| {
            store.put(
                "set/level/instance=i/LOGGER/a",
                r#"{"number":11,"force":true}"#,
            );
        }),
        ("local", 12, |_, instance| {
            let hour = Duration::from_secs(3_600);
            instance
                .control
                .set_level_for(logger("a"), 12, hour)
                .unwrap();
        }),
        ("local", 13, |_, instance| {
            instance.control.set_level(logger("a"), 13).unwrap();
        }),
        ("fleet all, 0", 14, |store, _| {
            store.put("set/level/all/LOGGER/a", r#"{"number":14}"#);
        }),
        ("file", 15, |_, instance| {
            instance.registry.get_logger("a").set_level(15);
        }),
    ];
    // A permanent local level ends one for a while, and a level of the program is set first.
    let orders = [
        [4, 3, 2, 1, 0],
        [4, 2, 1, 0, 3],
        [4, 0, 3, 2, 1],
        [4, 0, 2, 3, 1],
    ];
    for order in orders {
        let store = MemoryStore::new();
        let instance = Instance::join(&store, "i", "z");
        let mut strongest = 4;
        for at in order {
            let (_, _, set) = sets[at];
            set(&store, &instance);
            strongest = strongest.min(at);
            let (layer, level, _) = sets[strongest];
            until(|| instance.level("a") == Some(Level::new(level)));
            until(|| instance.layer(&target).to_string().starts_with(layer));
        }
        // And back, from the strongest.
        store.delete("set/level/instance=i/LOGGER/a");
        until(|| instance.level("a") == Some(Level::new(12)));
        assert_eq!(
            instance.layer(&target).to_string(),
            "local, hides fleet Level 14"
        );
        instance.control.end_temporary(&target).unwrap();
        assert_eq!(instance.level("a"), Some(Level::new(13)));
        instance.control.clear_level(&target).unwrap();
        assert_eq!(instance.level("a"), Some(Level::new(14)));
        assert_eq!(instance.layer(&target).to_string(), "fleet all, 0");
        store.delete("set/level/all/LOGGER/a");
        // The local level has replaced that of the program, as ever.
        until(|| instance.level("a").is_none());
    }
}

#[test]
fn fl02_the_program_s_level_applies_again_below_the_fleet() {
    let store = MemoryStore::new();
    let instance = Instance::join(&store, "i", "z");
    let own = instance.registry.get_logger("a");
    own.set_level(Level::ERROR);
    instance.registry.root().set_level(Level::ERROR);
    let fleet = instance.control.fleet().unwrap();
    apply(&fleet, set("a", Level::INFO));
    apply(
        &fleet,
        Change::Level(LevelTarget::default_level(), Level::INFO),
    );
    until(|| instance.registry.root().level() == Level::INFO && own.level() == Level::INFO);
    // What the program sets meanwhile is for later.
    own.set_level(Level::CRITICAL);
    apply(&fleet, set("b", Level::INFO));
    until(|| own.level() == Level::INFO);
    let clear = |target| fleet.apply(&Selector::all(), [Change::Clear(target)], &Terms::new());
    clear(logger("a")).unwrap();
    clear(LevelTarget::default_level()).unwrap();
    until(|| instance.registry.root().level() == Level::ERROR);
    assert_eq!(own.level(), Level::CRITICAL);
}

/// What is logged under a name is decided by the nearest level, whether or not it is the fleet's.
#[test]
fn fl02_the_nearest_logger_decides_and_values_before_it() {
    let store = MemoryStore::new();
    let instance = Instance::join(&store, "i", "z");
    instance.registry.get_logger("a.b").set_level(Level::ERROR);
    let fleet = Fleet::new(store.clone());
    let client = LevelTarget::client_id("c");
    let changes = [
        set("a", Level::DEBUG),
        Change::Level(client.clone(), Level::ERROR),
    ];
    fleet
        .apply(&Selector::all(), changes, &Terms::new())
        .unwrap();
    until(|| instance.level("a") == Some(Level::DEBUG));
    let effective = |name: &str| instance.registry.get_logger(name).effective_level();
    assert_eq!(
        (effective("a.c"), effective("a.b")),
        (Level::DEBUG, Level::ERROR)
    );
    assert_eq!(instance.control.level(&client), Some(Level::ERROR));
    // What comes from elsewhere is not inherited by loggers of secrets.
    assert_eq!(effective("a.wire"), Level::INFO);
}

#[test]
fn fl02_all_logging_is_disabled_by_the_fleet_or_locally() {
    let store = MemoryStore::new();
    let instance = Instance::join(&store, "i", "z");
    let off = || instance.control.options().unwrap().disable_all == Some(true);
    store.put("set/off/zone=z", "{}");
    store.put("set/off/zone=y", "{}");
    until(off);
    instance.control.disable_all(true).unwrap();
    store.delete("set/off/zone=z");
    store.put("set/level/all/LOGGER/a", r#"{"number":20}"#);
    until(|| instance.level("a").is_some());
    assert!(off());
    instance.control.disable_all(false).unwrap();
    assert!(!off());
}

/// Undoing a local change leaves the fleet's.
#[test]
fn fl02_undo_of_a_local_change_is_not_hindered_by_the_fleet() {
    let store = MemoryStore::new();
    let instance = Instance::join(&store, "i", "z");
    let revision = instance.control.apply([set("a", Level::ERROR)]).unwrap();
    store.put("set/level/all/LOGGER/a", r#"{"number":20}"#);
    let target = logger("a");
    until(|| instance.layer(&target).to_string() == "local, hides fleet INFO");
    instance.control.undo(revision).unwrap();
    assert_eq!(instance.level("a"), Some(Level::INFO));
    instance
        .control
        .set_level(target.clone(), Level::ERROR)
        .unwrap();
    instance.control.clear_all(None).unwrap();
    assert_eq!(instance.level("a"), Some(Level::INFO));
    // What the fleet sets is in no file, and counts against no limit.
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("levels");
    let builder = Control::builder(&instance.registry).persist_to(&file);
    let control = builder.max_targets(1).open().unwrap();
    control.set_level(logger("b"), Level::ERROR).unwrap();
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(
        kept.contains("LOGGER b") || kept.contains("THING_GROUP b"),
        "{kept}"
    );
    assert!(!kept.contains("THING_GROUP a"), "{kept}");
}

#[test]
fn fl01_selectors_choose_instances() {
    let store = MemoryStore::new();
    let (a, b) = (
        Instance::join(&store, "a", "x"),
        Instance::join(&store, "b", "y"),
    );
    let fleet = Fleet::new(store.clone());
    let apply = |selector: Selector, level| {
        fleet
            .apply(&selector, [set("l", level)], &Terms::new())
            .unwrap();
    };
    apply(Selector::all(), Level::INFO);
    apply(Selector::all().with_zone("x"), Level::WARNING);
    apply(Selector::all().with_instance("b"), Level::ERROR);
    until(|| a.level("l") == Some(Level::WARNING) && b.level("l") == Some(Level::ERROR));
    assert_eq!(a.layer(&logger("l")).to_string(), "fleet zone=x, 2");
    let change = [Change::Clear(logger("l"))];
    fleet
        .apply(&Selector::all().with_zone("x"), change, &Terms::new())
        .unwrap();
    until(|| a.level("l") == Some(Level::INFO));
}

//! Levels for all instances of a service, row by row of the table of fleets (`f…`).

mod changes;
mod exports;
mod following;
mod order;
mod reports;

use std::thread;
use std::time::{Duration, Instant};

use logtree::control::fleet::{Fleet, Identity, MemoryStore, Report, Selector, Store, Terms};
use logtree::control::{Change, Control, Layer, LevelTarget, Page};
use logtree::{Level, Registry};

/// An instance of the service.
struct Instance {
    registry: Registry,
    control: Control,
}

impl Instance {
    /// Has what is in the store, if that can be reached.
    fn join(store: &MemoryStore, name: &str, zone: &str) -> Self {
        Self::with_registry(store, name, zone, &Registry::new())
    }

    fn with_registry(store: &MemoryStore, name: &str, zone: &str, registry: &Registry) -> Self {
        let identity = Identity::new("shop").instance(name).zone(zone);
        let builder = Control::builder(registry).fleet(store.clone(), identity);
        let reachable = store.load(Duration::ZERO).is_ok();
        let wait = Duration::from_secs(if reachable { 600 } else { 0 });
        Self {
            registry: registry.clone(),
            control: builder.fleet_wait(wait).open().unwrap(),
        }
    }

    fn level(&self, name: &str) -> Option<Level> {
        self.control.level(&LevelTarget::logger(name))
    }

    fn layer(&self, target: &LevelTarget) -> Layer {
        let listing = self.control.list(None, Page::new(Page::MAX)).unwrap();
        let mut overrides = listing.overrides.into_iter();
        let found = overrides.find(|one| one.target == *target);
        found.map_or(Layer::Program, |one| one.layer)
    }
}

fn until(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(
            start.elapsed() < Duration::from_secs(600),
            "it did not come"
        );
        thread::sleep(Duration::from_millis(2));
    }
}

fn logger(name: &str) -> LevelTarget {
    LevelTarget::logger(name)
}

fn set(name: &str, level: Level) -> Change {
    Change::Level(logger(name), level)
}

/// Changes all instances.
fn apply(fleet: &Fleet, change: Change) -> u64 {
    fleet
        .apply(&Selector::all(), [change], &Terms::new())
        .unwrap()
        .number
}

/// Has an instance with this many loggers report that it is there.
fn appear(store: &MemoryStore, instance: &str, loggers: u64) {
    let mut report = Report::default();
    instance.clone_into(&mut report.instance);
    report.loggers = loggers;
    store.report(report, Duration::ZERO);
}

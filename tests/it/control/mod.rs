//! Levels changed while the program runs, row by row of the table of AWS IoT (`i…`) and of what it
//! lacks (`k…`).

mod changes;
mod groups;
mod levels;
mod lists;
mod options;
mod store;
mod targets;
mod temporary;
mod undo;

use std::thread;
use std::time::{Duration, Instant};

use logtree::control::{Control, LevelTarget, Listing};
use logtree::{Level, Registry};

use crate::support::Text;

fn control() -> (Registry, Control) {
    let registry = Registry::new();
    let control = Control::new(&registry);
    (registry, control)
}

/// A registry that writes `name:message`, and what was written.
fn written(registry: &Registry) -> Text {
    let (handler, text) = crate::support::to_text("%(name)s:%(message)s");
    registry.root().add_handler(handler);
    text
}

fn pairs(listing: &Listing) -> Vec<(LevelTarget, Level)> {
    let overrides = listing.overrides.iter();
    overrides
        .map(|one| (one.target.clone(), one.level))
        .collect()
}

fn effective(registry: &Registry, name: &str) -> Level {
    registry.get_logger(name).effective_level()
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

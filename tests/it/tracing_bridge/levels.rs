//! Levels of the tree decide, also where `tracing` caches them.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use logtree::control::{Control, LevelTarget};
use logtree::test::Capture;
use logtree::{Level, Registry, Scope};
use tracing::Dispatch;
use tracing::dispatcher::with_default;

use crate::support::Random;
use crate::tracing_bridge::{Front, by_each_front, by_exact_front};

macro_rules! debug_is_enabled {
    ($target:literal) => {
        tracing::enabled!(target: $target, tracing::Level::DEBUG)
    };
}

#[test]
fn a_level_holds_for_what_is_below_it() {
    by_exact_front(|front| {
        let registry = Registry::new();
        with_default(&front(&registry), || {
            assert!(!debug_is_enabled!("app::db"));
            registry.get_logger("app").set_level(Level::DEBUG);
            assert!(debug_is_enabled!("app::db") && !debug_is_enabled!("apple"));
            registry.disable(Level::DEBUG);
            assert!(!debug_is_enabled!("app::db"));
            registry.disable(Level::NOTSET);
            registry.get_logger("app.db").set_level(Level::ERROR);
            assert!(!debug_is_enabled!("app::db") && debug_is_enabled!("app::net"));
        });
    });
}

/// `tracing` names no dispatcher to a subscriber that is boxed or shared.
#[test]
fn a_subscriber_in_a_box_or_an_arc_follows_all_changes() {
    let boxed = |registry: &Registry| Dispatch::new(Box::new(registry.tracing_subscriber()));
    let shared = |registry: &Registry| Dispatch::new(Arc::new(registry.tracing_subscriber()));
    for front in [&boxed as &Front, &shared] {
        let registry = Registry::new();
        with_default(&front(&registry), || {
            for level in [Level::WARNING, Level::DEBUG, Level::WARNING, Level::DEBUG] {
                registry.root().set_level(level);
                let is_right = |_| debug_is_enabled!("app::db") == (level == Level::DEBUG);
                assert!((0..2_000).all(is_right), "{level}");
            }
        });
    }
}

#[test]
fn a_value_without_a_message_is_enough_for_its_level() {
    let scene = |registry: &Registry| {
        let control = Control::new(registry);
        let client = LevelTarget::client_id("c1");
        control.set_level(client, Level::DEBUG).unwrap();
        tracing::debug!(client_id = "c1");
        tracing::debug!("of no client");
    };
    for lines in crate::tracing_bridge::lines(Level::WARNING, "%(levelname)s", scene) {
        assert_eq!(lines, ["DEBUG client_id=c1"]);
    }
}

/// Also if the call sites have been met so often that their interest is cached.
#[test]
fn scopes_and_captures_open_what_levels_close() {
    by_exact_front(|front| {
        let registry = Registry::new();
        registry.get_logger("app");
        with_default(&front(&registry), || {
            let is_enabled = || debug_is_enabled!("app::db");
            (0..2_000).for_each(|_| assert!(!is_enabled()));
            let scope = Scope::new().level(Level::DEBUG).enter();
            assert!(is_enabled());
            thread::scope(|threads| {
                let other = threads.spawn(|| with_default(&front(&registry), is_enabled));
                assert!(!other.join().unwrap());
            });
            drop(scope);
            assert!(!is_enabled());
            (0..2_000).for_each(|_| assert!(!is_enabled()));
            let _scope = Scope::new().level(Level::DEBUG).enter();
            assert!(is_enabled());
        });
        let registry = Registry::new();
        with_default(&front(&registry), || {
            let is_enabled = || debug_is_enabled!("app::net");
            (0..2_000).for_each(|_| assert!(!is_enabled()));
            let capture = Capture::builder(&registry.get_logger("app"))
                .level(Level::DEBUG)
                .start();
            assert!(is_enabled() && !debug_is_enabled!("other"));
            tracing::debug!(target: "app::net", "captured");
            assert_eq!(capture.records().len(), 1);
            drop(capture);
            assert!(!is_enabled());
        });
    });
}

/// How long a change waits for the caches of `tracing`. After one that took as long, what an event
/// meets is open, until the next change.
const PATIENCE: Duration = Duration::from_secs(1);

thread_local! {
    /// How many records of this thread reached the logger.
    static SEEN: Cell<u64> = const { Cell::new(0) };
}

/// What is said of a moment: a number that is odd while levels change, and whether the event is on.
fn moment(number: u64, is_on: bool) -> u64 {
    number << 1 | u64::from(is_on)
}

/// Emits an event, and reports whether it was logged and whether it was said to be.
fn emit() -> (bool, bool) {
    let before = SEEN.get();
    let said = tracing::enabled!(target: "a::b::c", tracing::Level::INFO);
    tracing::info!(target: "a::b::c", "counted");
    (SEEN.get() > before, said)
}

#[test]
fn a_change_holds_on_all_threads_when_it_returns() {
    changes(true);
    changes(false);
}

fn changes(is_exact: bool) {
    let test = |front: &Front| {
        let registry = Registry::new();
        let logger = registry.get_logger("a.b.c");
        logger.add_filter(|_: &mut logtree::Record<'_>| {
            SEEN.set(SEEN.get() + 1);
            false
        });
        let (now, is_over) = (AtomicU64::new(moment(1, false)), AtomicBool::new(false));
        let (wrong, checked) = (AtomicU64::new(0), AtomicU64::new(0));
        let dispatch = front(&registry);
        let start = Barrier::new(9);
        thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    start.wait();
                    with_default(&dispatch, || {
                        while !is_over.load(Ordering::SeqCst) {
                            let before = now.load(Ordering::SeqCst);
                            let (logged, said) = emit();
                            if before & 2 == 0 && now.load(Ordering::SeqCst) == before {
                                let is_on = before & 1 == 1;
                                let is_wrong = logged != is_on || is_exact && said != is_on;
                                wrong.fetch_add(u64::from(is_wrong), Ordering::SeqCst);
                                checked.fetch_add(1, Ordering::SeqCst);
                            }
                        }
                    });
                });
            }
            start.wait();
            let (mut random, mut awaited) = (Random::new(7), 0);
            let levels = [
                Level::NOTSET,
                Level::DEBUG,
                Level::INFO,
                Level::WARNING,
                Level::OFF,
            ];
            for change in 1..=1_000_u64 {
                now.store(moment(2 * change - 1, false), Ordering::SeqCst);
                let level = levels[random.below(levels.len())];
                let begin = Instant::now();
                match random.below(5) {
                    0 => registry.root().set_level(level),
                    1 => registry.get_logger("a").set_level(level),
                    2 => registry.disable(level),
                    3 => registry
                        .get_logger("a.b.c")
                        .set_disabled(random.below(2) == 0),
                    _ => registry.get_logger("a.b").set_level(level),
                }
                if begin.elapsed() >= PATIENCE {
                    continue;
                }
                let is_on = logger.is_enabled_for(Level::INFO);
                now.store(moment(2 * change, is_on), Ordering::SeqCst);
                // Some moments last until events fell into them.
                if change % 10 == 0 {
                    awaited += 16;
                    let seen = checked.load(Ordering::SeqCst);
                    while checked.load(Ordering::SeqCst) < seen + 16 {
                        thread::yield_now();
                    }
                }
            }
            is_over.store(true, Ordering::SeqCst);
            assert!(checked.load(Ordering::SeqCst) >= awaited);
        });
        assert_eq!(wrong.into_inner(), 0, "events decided by an old level");
    };
    match is_exact {
        true => by_exact_front(test),
        false => by_each_front(test),
    }
}

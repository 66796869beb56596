//! Loggers that own what is logged in a scope.

use std::cell::Cell;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Waker};
use std::thread;

use logtree::backlog::Backlog;
use logtree::control::Control;
use logtree::scope::InScopeExt;
use logtree::test::Capture;
use logtree::{Level, Logger, Registry, Scope};

use crate::support::to_text;

/// Two services and the code that they share.
struct Services {
    registry: Registry,
    s3: Logger,
    dynamodb: Logger,
    http: Logger,
}

fn services() -> Services {
    let registry = Registry::new();
    let [s3, dynamodb, http] =
        ["aws.s3", "aws.dynamodb", "http"].map(|name| registry.get_logger(name));
    Services {
        registry,
        s3,
        dynamodb,
        http,
    }
}

/// The lowest of the levels at which a logger is enabled here.
fn shown_from(logger: &Logger) -> Level {
    let levels = [
        Level::TRACE,
        Level::DEBUG,
        Level::INFO,
        Level::WARNING,
        Level::ERROR,
        Level::CRITICAL,
    ];
    let mut enabled = levels.into_iter().filter(|level| {
        let passes = logger.is_enabled_for(*level);
        assert_eq!(logtree::log_enabled!(logger, *level), passes);
        passes
    });
    enabled.next().unwrap_or(Level::OFF)
}

#[test]
fn an_owner_raises_and_silences_what_it_owns() {
    let Services {
        registry,
        s3,
        dynamodb,
        http,
    } = services();
    let (handler, text) = to_text("%(levelname)s %(name)s %(message)s");
    registry.root().add_handler(handler);
    let call = |owner: &Logger, name: &str| {
        let _scope = Scope::new().owner(owner).enter();
        logtree::debug!(http, "{name} connects");
        logtree::info!(http, status = 200; "{name} sends");
        logtree::warn!(http, "{name} retries");
        http.error(format_args!("{name} fails"));
    };
    call(&s3, "s3");
    assert_eq!(
        text.take(),
        "WARNING http s3 retries\nERROR http s3 fails\n"
    );

    s3.set_level(Level::DEBUG);
    dynamodb.set_level(Level::OFF);
    call(&s3, "s3");
    call(&dynamodb, "dynamodb");
    logtree::info!(http, "of none");
    assert_eq!(
        text.take(),
        "DEBUG http s3 connects\nINFO http s3 sends status=200\nWARNING http s3 retries\nERROR http s3 fails\n"
    );
    // The shared code's level is that of what has no owner with a level.
    http.set_level(Level::ERROR);
    call(&s3, "s3");
    assert_eq!(text.take().lines().count(), 4);
    s3.set_level(Level::NOTSET);
    call(&s3, "s3");
    assert_eq!(text.take(), "ERROR http s3 fails\n");
}

#[test]
fn the_innermost_owner_counts() {
    let Services {
        s3, dynamodb, http, ..
    } = services();
    s3.set_level(Level::DEBUG);
    dynamodb.set_level(Level::ERROR);
    let outer = Scope::new().owner(&s3).enter();
    assert_eq!(shown_from(&http), Level::DEBUG);
    let inner = Scope::new().with("n", 1).owner(&dynamodb).enter();
    assert_eq!(shown_from(&http), Level::ERROR);
    let innermost = Scope::new().with("n", 2).enter();
    assert_eq!(shown_from(&http), Level::ERROR);
    drop(inner);
    assert_eq!(shown_from(&http), Level::DEBUG);
    drop(innermost);
    drop(outer);
    assert_eq!(shown_from(&http), Level::WARNING);
    // Also in one that has no level.
    let _outer = Scope::new().owner(&s3).enter();
    dynamodb.set_level(Level::NOTSET);
    Scope::new()
        .owner(&dynamodb)
        .run(|| assert_eq!(shown_from(&http), Level::WARNING));
}

#[test]
fn levels_between_owner_and_root_count_and_the_roots_does_not() {
    let Services {
        registry, s3, http, ..
    } = services();
    http.set_level(Level::ERROR);
    let _scope = Scope::new().owner(&s3).enter();
    registry.root().set_level(Level::DEBUG);
    assert_eq!(shown_from(&http), Level::ERROR);
    registry.get_logger("aws").set_level(Level::INFO);
    assert_eq!(shown_from(&http), Level::INFO);
    Scope::new()
        .owner(&registry.root())
        .run(|| assert_eq!(shown_from(&http), Level::ERROR));
    // A level that is the root's number is a level.
    http.set_level(Level::NOTSET);
    registry.root().set_level(Level::WARNING);
    s3.set_level(Level::WARNING);
    http.set_level(Level::DEBUG);
    assert_eq!(shown_from(&http), Level::WARNING);
}

#[test]
fn records_go_to_the_handlers_of_both_and_to_each_once() {
    let Services {
        registry, s3, http, ..
    } = services();
    let (of_root, root) = to_text("%(message)s");
    let (of_s3, text) = to_text("%(name)s %(message)s");
    registry.root().add_handler(of_root);
    s3.add_handler(of_s3.clone());
    let scope = || Scope::new().owner(&s3);
    scope().run(|| logtree::warn!(http, "one"));
    assert_eq!(
        (root.take(), text.take()),
        ("one\n".into(), "http one\n".into())
    );
    http.add_handler(of_s3);
    scope().run(|| logtree::warn!(http, "two"));
    assert_eq!(
        (root.take(), text.take()),
        ("two\n".into(), "http two\n".into())
    );
    s3.set_propagate(false);
    http.set_propagate(false);
    scope().run(|| logtree::warn!(http, "three"));
    assert_eq!(
        (root.take(), text.take()),
        (String::new(), "http three\n".into())
    );
    // Those of the owner even if the other has none, and records that are made elsewhere.
    http.clear_handlers();
    scope().run(|| http.handle(&http.record_builder(Level::DEBUG).message("four").build()));
    assert_eq!(text.take(), "http four\n");
    // Filters are those of the logger.
    s3.add_filter(|_: &mut logtree::Record<'_>| false);
    scope().run(|| logtree::warn!(http, "five"));
    assert_eq!(text.take(), "http five\n");
    http.add_filter(|_: &mut logtree::Record<'_>| false);
    scope().run(|| logtree::warn!(http, "six"));
    assert_eq!((root.take(), text.take()), (String::new(), String::new()));
}

/// A handler that writes once per stream knows what the other logger's handlers wrote.
#[test]
fn a_stream_gets_a_record_once() {
    let (registry, stderr) = crate::support::registry_with_stderr();
    let http = registry.get_logger("http");
    let s3 = registry.get_logger("s3");
    http.add_handler(registry.stderr_handler());
    s3.add_handler(registry.stderr_handler().with_once_per_stream(true));
    Scope::new().owner(&s3).run(|| logtree::warn!(http, "x"));
    assert_eq!(stderr.lines().len(), 1, "{}", stderr.get());
}

#[test]
fn taps_on_an_owner_see_what_it_owns() {
    let Services {
        registry, s3, http, ..
    } = services();
    let (handler, text) = to_text("%(message)s");
    registry.root().add_handler(handler.clone());
    let capture = Capture::builder(&s3).level(Level::DEBUG).start();
    let both = Capture::builder(&registry.root())
        .level(Level::DEBUG)
        .start();
    let scope = Scope::new().owner(&s3).enter();
    assert_eq!(shown_from(&http), Level::DEBUG);
    logtree::debug!(http, "hidden");
    logtree::warn!(http, "shown");
    assert_eq!((capture.take().len(), both.take().len()), (2, 2));
    drop(both);
    s3.set_level(Level::OFF);
    assert_eq!(shown_from(&http), Level::DEBUG);
    logtree::warn!(http, "silenced");
    assert_eq!(capture.take().len(), 1);
    drop(capture);
    assert_eq!(shown_from(&http), Level::OFF);
    assert_eq!(text.take(), "shown\n");
    // A backlog keeps what the owner hides, and nothing that it shows.
    s3.set_level(Level::INFO);
    let backlog = Backlog::new(&s3, handler);
    logtree::debug!(http, "kept");
    logtree::info!(http, "shown");
    drop(scope);
    logtree::error!(http, "of none");
    assert_eq!(backlog.len(), 1);
    Scope::new()
        .owner(&s3)
        .run(|| logtree::error!(http, "failed"));
    assert_eq!(text.take(), "shown\nof none\nkept\nfailed\n");
    assert!(backlog.is_empty());
}

#[test]
fn what_is_disabled_stays_disabled() {
    let Services {
        registry, s3, http, ..
    } = services();
    let _scope = Scope::new().owner(&s3).enter();
    s3.set_level(Level::DEBUG);
    registry.disable(Level::INFO);
    assert_eq!(shown_from(&http), Level::WARNING);
    registry.disable(Level::NOTSET);
    http.set_disabled(true);
    assert_eq!(shown_from(&http), Level::OFF);
    http.set_disabled(false);
    assert_eq!(shown_from(&http), Level::DEBUG);
    // A disabled owner owns nothing.
    let capture = Capture::builder(&s3).level(Level::DEBUG).start();
    s3.set_disabled(true);
    assert_eq!(shown_from(&http), Level::WARNING);
    logtree::warn!(http, "x");
    assert!(capture.is_empty());
    s3.set_level(Level::OFF);
    assert_eq!(shown_from(&http), Level::WARNING);
    s3.set_disabled(false);
    drop(capture);
    assert_eq!(shown_from(&http), Level::OFF);
    // A scope's level comes before.
    Scope::new()
        .level(Level::INFO)
        .run(|| assert_eq!(shown_from(&http), Level::INFO));
}

/// Rules for values come before the owner, and those of what is logged before the root's level.
#[test]
fn rules_of_a_control_come_before_the_owner() {
    use logtree::control::LevelTarget;

    let Services {
        registry, s3, http, ..
    } = services();
    let (handler, text) = to_text("%(message)s");
    registry.root().add_handler(handler);
    let control = Control::new(&registry);
    let set = |target, level| control.set_level(target, level).unwrap();
    set(LevelTarget::client_id("noisy"), Level::OFF);
    set(LevelTarget::client_id("odd"), Level::DEBUG);
    set(LevelTarget::event_type("Ping"), Level::DEBUG);
    let all = || {
        let _scope = Scope::new().owner(&s3).enter();
        logtree::debug!(http, clientId = "odd"; "odd");
        logtree::error!(http, clientId = "noisy"; "noisy");
        logtree::debug!(http, eventType = "Ping"; "ping");
    };
    all();
    assert_eq!(text.take(), "odd clientId=odd\nping eventType=Ping\n");
    s3.set_level(Level::INFO);
    all();
    assert_eq!(text.take(), "odd clientId=odd\n");
}

async fn pause() {
    let mut waited = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut waited, true) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}

#[test]
fn futures_and_bound_work_keep_their_owner() {
    let Services {
        s3, dynamodb, http, ..
    } = services();
    s3.set_level(Level::DEBUG);
    dynamodb.set_level(Level::OFF);
    let work = |level| {
        let http = http.clone();
        async move {
            for _ in 0..3 {
                assert_eq!(shown_from(&http), level);
                pause().await;
            }
        }
    };
    let guard = Scope::new().owner(&s3).enter();
    let kept = work(Level::DEBUG).in_current_scope();
    let check = http.clone();
    let bound = Scope::current().bind(move || shown_from(&check));
    drop(guard);
    let other = work(Level::OFF).in_scope(Scope::new().owner(&dynamodb));
    let none = work(Level::WARNING);
    let around = Scope::new().owner(&dynamodb);
    assert_eq!(around.clone().run(bound), Level::DEBUG);
    thread::scope(|threads| {
        threads.spawn(|| {
            let (mut kept, mut other, mut none) = (pin!(kept), pin!(other), pin!(none));
            let mut task = Context::from_waker(Waker::noop());
            loop {
                let around = around.clone().enter();
                let is_pending = kept.as_mut().poll(&mut task).is_pending();
                drop(around);
                assert_eq!(other.as_mut().poll(&mut task).is_pending(), is_pending);
                assert_eq!(none.as_mut().poll(&mut task).is_pending(), is_pending);
                if !is_pending {
                    break;
                }
            }
        });
    });
}

#[test]
fn an_owner_means_nothing_to_another_registry() {
    let Services { s3, .. } = services();
    s3.set_level(Level::OFF);
    let other = Registry::new();
    let logger = other.get_logger("http");
    let _scope = Scope::new().owner(&s3).enter();
    assert_eq!(shown_from(&logger), Level::WARNING);
    drop(s3);
    let (handler, text) = to_text("%(message)s");
    other.root().add_handler(handler);
    logtree::warn!(logger, "x");
    assert_eq!(text.take(), "x\n");
    // Names are loggers of the global registry.
    let name = "an_owner_means_nothing_to_another_registry";
    logtree::get_logger(name).set_level(Level::OFF);
    Scope::new().owner(name).run(|| {
        assert_eq!(shown_from(&logger), Level::WARNING);
        assert_eq!(
            shown_from(&logtree::get_logger("shared_by_two")),
            Level::OFF
        );
    });
}

/// There is no room for a further logger, so there is no owner.
#[test]
fn a_stand_in_owns_nothing() {
    let registry = Registry::builder()
        .diagnostics(|_| {})
        .max_loggers(3)
        .build();
    let (a, http) = (registry.get_logger("a"), registry.get_logger("http"));
    a.set_level(Level::OFF);
    let stand_in = registry.get_logger("a.b.c");
    Scope::new()
        .owner(&stand_in)
        .run(|| assert_eq!(shown_from(&http), Level::WARNING));
}

thread_local! {
    /// How many records of this thread passed.
    static SEEN: Cell<u64> = const { Cell::new(0) };
}

/// No record is decided by a level that was changed before the call.
#[test]
fn a_change_of_the_owners_level_holds_when_it_returns() {
    let Services { s3, http, .. } = services();
    http.add_filter(|_: &mut logtree::Record<'_>| {
        SEEN.set(SEEN.get() + 1);
        false
    });
    // Twice the number of changes, odd while one is made; every second one shows all.
    let (now, is_over) = (AtomicU64::new(1), AtomicBool::new(false));
    let (wrong, checked) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                let _scope = Scope::new().owner(&s3).enter();
                while !is_over.load(Ordering::SeqCst) {
                    let before = now.load(Ordering::SeqCst);
                    let seen = SEEN.get();
                    logtree::debug!(http, "x");
                    logtree::error!(http, "x");
                    let expected = if before % 4 == 0 { 2 } else { 0 };
                    if before % 2 == 0 && now.load(Ordering::SeqCst) == before {
                        let is_wrong = SEEN.get() - seen != expected;
                        wrong.fetch_add(u64::from(is_wrong), Ordering::SeqCst);
                        checked.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
        for change in 1..=300_u64 {
            s3.set_level(if change % 2 == 0 {
                Level::DEBUG
            } else {
                Level::OFF
            });
            now.store(2 * change, Ordering::SeqCst);
            let seen = checked.load(Ordering::SeqCst);
            while checked.load(Ordering::SeqCst) < seen + 8 {
                thread::yield_now();
            }
            now.store(2 * change + 1, Ordering::SeqCst);
        }
        is_over.store(true, Ordering::SeqCst);
    });
    assert_eq!(wrong.load(Ordering::SeqCst), 0);
}

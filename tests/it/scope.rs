//! Scopes.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;

use logtree::record::OwnedRecord;
use logtree::scope::InScopeExt;
use logtree::test::Capture;
use logtree::{Level, Registry, Scope};

fn shown(record: &OwnedRecord) -> String {
    record
        .key_values()
        .map(|(key, value)| format!("{key}={value} "))
        .collect()
}

#[test]
fn key_values_of_scopes_are_on_every_record() {
    let registry = Registry::new();
    let (handler, text) = crate::support::to_text("%(message)s");
    registry.root().add_handler(handler);
    let capture = Capture::new(&registry.root());
    let (a, b) = (
        registry.get_logger("a"),
        registry.get_logger("b").with("tenant", "adapter's"),
    );
    logtree::warn!(a, "0");
    {
        let _outer = Scope::new().with("tenant", "acme").with("n", 1).enter();
        logtree::warn!(a, "1");
        {
            let _inner = Scope::new().with("n", 2).with("job", "x").enter();
            logtree::warn!(a, "2");
            logtree::warn!(b, job = "call's"; "3");
            a.warning("4");
        }
        logtree::warn!(a, "6");
    }
    logtree::warn!(a, "7");
    Scope::new().with("k", 1).run(|| logtree::warn!(a, "8"));
    let records: Vec<_> = capture.records().iter().map(shown).collect();
    let inner = "tenant=acme n=2 job=x ";
    let expected = [
        "",
        "tenant=acme n=1 ",
        inner,
        "n=2 tenant=adapter's job=call's ",
        inner,
        "tenant=acme n=1 ",
        "",
        "k=1 ",
    ];
    assert_eq!(records, expected);
    assert!(
        text.get().contains("2 tenant=acme n=2 job=x\n"),
        "{}",
        text.get()
    );
}

/// Two contexts on two threads never mix.
#[test]
fn g07_contexts_of_threads_never_mix() {
    let registry = Registry::new();
    let capture = Capture::new(&registry.root());
    thread::scope(|threads| {
        for number in 0..4_u32 {
            let logger = registry.get_logger("shared");
            threads.spawn(move || {
                for _ in 0..500 {
                    let _scope = Scope::new().with("thread", number).enter();
                    logtree::warn!(logger, "{number}");
                    thread::yield_now();
                }
            });
        }
    });
    assert_eq!(capture.len(), 2_000);
    for record in capture.records() {
        assert_eq!(shown(&record), format!("thread={} ", record.message()));
    }
}

#[test]
fn a_scope_raises_verbosity_for_its_own_records_only() {
    let registry = Registry::new();
    let (handler, text) = crate::support::to_text("%(message)s");
    registry.root().add_handler(handler);
    let logger = registry.get_logger("a.b");
    let (entered, done) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|threads| {
        threads.spawn(|| {
            let _scope = Scope::new().level(Level::DEBUG).enter();
            entered.store(true, Ordering::Release);
            while !done.load(Ordering::Acquire) {
                thread::yield_now();
            }
            assert!(logger.is_enabled_for(Level::DEBUG) && !logger.is_enabled_for(Level::TRACE));
            logtree::debug!(logger, "in the scope");
            // Made while a scope holds.
            let later = Registry::new();
            assert!(later.root().is_enabled_for(Level::DEBUG));
        });
        while !entered.load(Ordering::Acquire) {
            thread::yield_now();
        }
        assert!(!logger.is_enabled_for(Level::INFO));
        logtree::info!(logger, "on another thread");
        logtree::warn!(logger, "anyway");
        done.store(true, Ordering::Release);
    });
    assert_eq!(text.get(), "anyway\nin the scope\n");
    // The gates are as they were.
    assert!(!logger.is_enabled_for(Level::INFO));

    let _outer = Scope::new().level(Level::INFO).enter();
    {
        let _inner = Scope::new().level(Level::ERROR).enter();
        assert!(
            logger.is_enabled_for(Level::INFO),
            "an inner scope takes nothing back"
        );
        registry.disable(Level::INFO);
        assert!(!logger.is_enabled_for(Level::INFO));
        registry.disable(Level::NOTSET);
    }
    logger.set_disabled(true);
    assert!(!logger.is_enabled_for(Level::CRITICAL));
}

/// A future that is ready at its third poll, and logs at each.
async fn work(logger: logtree::Logger, name: &str) {
    for step in 0..3 {
        logtree::info!(logger, "{name} {step}");
        let mut yielded = false;
        std::future::poll_fn(|_| {
            if yielded {
                return Poll::Ready(());
            }
            yielded = true;
            Poll::Pending
        })
        .await;
    }
}

#[test]
fn futures_carry_their_scope_wherever_they_are_polled() {
    let registry = Registry::new();
    let capture = Capture::builder(&registry.root())
        .level(Level::DEBUG)
        .start();
    let logger = registry.get_logger("a");
    let _around = Scope::new().with("app", "x").enter();
    let one = Scope::new()
        .with("task", 1)
        .level(Level::INFO)
        .wrap(work(logger.clone(), "one"));
    let two = Scope::new()
        .with("task", 2)
        .wrap(work(logger.clone(), "two"));
    drop(_around);
    let (mut one, mut two) = (pin!(one), pin!(two));
    // In turn, and on a thread of their own.
    thread::scope(|threads| {
        threads.spawn(|| {
            let mut task = Context::from_waker(Waker::noop());
            while one.as_mut().poll(&mut task).is_pending()
                | two.as_mut().poll(&mut task).is_pending()
            {
                logtree::info!(logger, "between");
            }
        });
    });
    for record in capture.records() {
        let expected = match record.message().split(' ').next().unwrap() {
            "one" => "app=x task=1 ",
            "two" => "app=x task=2 ",
            _ => "",
        };
        assert_eq!(shown(&record), expected, "{}", record.message());
    }
    assert_eq!(capture.len(), 9);
}

#[test]
fn scopes_reach_queues_and_templates() {
    let registry = Registry::new();
    let (handler, text) = crate::support::to_text("%(tenant)s %(message)s");
    let queue = logtree::handler::QueueHandler::new([handler]);
    registry.root().add_handler(queue.clone());
    Scope::new()
        .with("tenant", "acme")
        .run(|| logtree::warn!(registry.get_logger("a"), "queued"));
    queue.flush().unwrap();
    assert_eq!(text.get(), "acme queued\n");
}

/// Gates open and close all the time, as some threads enter scopes and others pass gates in vain,
/// and each record of a scope is written.
#[test]
fn no_record_of_a_scope_is_lost_beside_closing_gates() {
    const ROUNDS: usize = 3_000;
    let registry = Registry::new();
    let (handler, text) = crate::support::to_text("%(message)s");
    registry.root().add_handler(handler);
    let logger = registry.get_logger("a.b");
    let done = AtomicBool::new(false);
    thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    logtree::debug!(logger, "in vain");
                }
            });
        }
        let scoped: Vec<_> = (0..3)
            .map(|_| {
                threads.spawn(|| {
                    for _ in 0..ROUNDS {
                        let _scope = Scope::new().level(Level::DEBUG).enter();
                        logtree::debug!(logger, "in a scope");
                    }
                })
            })
            .collect();
        for thread in scoped {
            thread.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(text.lines().len(), 3 * ROUNDS);
    assert!(text.lines().iter().all(|line| line == "in a scope"));
}

/// The order of guards as fields of a struct, or elements of a list, which are dropped first to
/// last.
#[test]
fn a_scope_that_ended_does_not_come_back() {
    let registry = Registry::new();
    let logger = registry.get_logger("a");
    let capture = Capture::builder(&logger).level(Level::WARNING).start();
    let tenant = Scope::new().with("tenant", "acme").level(Level::DEBUG);
    drop(vec![tenant.enter(), Scope::new().with("n", 1).enter()]);
    logtree::warn!(logger, "x");
    assert_eq!(shown(&capture.records()[0]), "");
    assert!(!logger.is_enabled_for(Level::INFO));
}

/// A guard that a future keeps while it waits holds on its thread meanwhile, and ends once.
#[test]
fn a_guard_that_is_kept_over_an_await_ends_once() {
    let registry = Registry::new();
    let logger = registry.get_logger("a");
    let capture = Capture::builder(&logger).level(Level::WARNING).start();
    let inside = logger.clone();
    let future = Scope::new().with("task", 1).wrap(async move {
        let _guard = Scope::new().with("kept", 2).enter();
        work(inside, "x").await;
    });
    let mut future = Box::pin(future);
    let mut task = Context::from_waker(Waker::noop());
    let _around = Scope::new().with("around", 3).enter();
    assert!(future.as_mut().poll(&mut task).is_pending());
    logtree::warn!(logger, "meanwhile");
    drop(future);
    logtree::warn!(logger, "after");
    let records: Vec<_> = capture.records().iter().map(shown).collect();
    assert_eq!(records, ["around=3 kept=2 ", "around=3 "]);
}

/// The level of a scope does not outlive it.
#[test]
fn a_backlog_keeps_what_a_scope_does_not_show() {
    let registry = Registry::new();
    let logger = registry.get_logger("a");
    let (handler, text) = crate::support::to_text("%(message)s");
    registry.root().add_handler(handler.clone());
    let backlog = logtree::backlog::Backlog::new(&logger, handler);
    logtree::debug!(logger, "hidden");
    Scope::new()
        .level(Level::DEBUG)
        .run(|| logtree::debug!(logger, "shown"));
    logtree::error!(logger, "failed");
    assert_eq!(text.get(), "shown\nhidden\nfailed\n");
    drop(backlog);
}

/// A call that only another thread's scope asks for evaluates nothing.
#[test]
fn arguments_are_not_evaluated_for_scopes_of_other_threads() {
    let registry = Registry::new();
    let logger = registry.get_logger("a");
    let evaluated = AtomicBool::new(false);
    let value = || evaluated.swap(true, Ordering::Relaxed);
    let (entered, is_entered) = std::sync::mpsc::channel();
    thread::scope(|threads| {
        let (end, is_over) = std::sync::mpsc::channel::<()>();
        threads.spawn(move || {
            let _scope = Scope::new().level(Level::DEBUG).enter();
            entered.send(()).unwrap();
            let _ = is_over.recv();
        });
        is_entered.recv().unwrap();
        logtree::debug!(logger, n = value(); "{}", value());
        assert!(!logtree::log_enabled!(logger, Level::DEBUG));
        assert!(!log::Log::enabled(
            &registry,
            &log::Metadata::builder()
                .level(log::Level::Debug)
                .target("a")
                .build()
        ));
        drop(end);
    });
    assert!(!evaluated.load(Ordering::Relaxed));
}

/// Bound work carries the scopes of the place where it was bound, and none of the thread where it
/// runs.
#[test]
fn bound_work_carries_its_scopes() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let capture = Capture::builder(&registry.root())
        .level(Level::INFO)
        .start();
    let work = {
        let _outer = Scope::new()
            .with("request", 7)
            .with("part", "outer")
            .enter();
        let _inner = Scope::new()
            .with("part", "inner")
            .level(Level::DEBUG)
            .enter();
        let logger = logger.clone();
        Scope::current().bind(move || {
            assert!(logger.is_enabled_for(Level::DEBUG));
            logger.info("bound");
            7
        })
    };
    assert!(!logger.is_enabled_for(Level::DEBUG));
    let thread_logger = logger.clone();
    let result = thread::spawn(move || {
        let _other = Scope::new().with("other", true).enter();
        let result = work();
        thread_logger.info("after");
        result
    });
    assert_eq!(result.join().unwrap(), 7);
    let records = capture.records();
    assert_eq!(records[0].key_value("request").unwrap().to_string(), "7");
    assert_eq!(records[0].key_value("part").unwrap().to_string(), "inner");
    assert!(records[0].key_value("other").is_none());
    assert!(records[1].key_value("request").is_none());
    assert_eq!(records[1].key_value("other").unwrap().to_string(), "true");
}

/// What is bound and panics leaves its thread as it was.
#[test]
fn bound_work_that_panics_ends_its_scopes() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let work = Scope::new().level(Level::DEBUG).bind(|| panic!("bound"));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    assert!(panicked.is_err() && !logger.is_enabled_for(Level::DEBUG));
}

/// The methods of futures are `wrap` by other names.
#[test]
fn futures_take_scopes_along() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let capture = Capture::builder(&registry.root())
        .level(Level::INFO)
        .start();
    let log = |text: &'static str| {
        let logger = logger.clone();
        async move { logger.info(text) }
    };
    let (current, own) = {
        let _scope = Scope::new().with("request", 7).enter();
        let own = log("own").in_scope(Scope::new().with("request", 8));
        (log("current").in_current_scope(), own)
    };
    let mut task = Context::from_waker(Waker::noop());
    assert!(pin!(current).poll(&mut task).is_ready());
    assert!(pin!(own).poll(&mut task).is_ready());
    let records = capture.records();
    assert_eq!(records[0].key_value("request").unwrap().to_string(), "7");
    assert_eq!(records[1].key_value("request").unwrap().to_string(), "8");
}

/// An empty scope adds nothing.
#[test]
fn no_scope_is_current_outside_of_any() {
    assert_eq!(
        format!("{:?}", Scope::current()),
        format!("{:?}", Scope::new())
    );
}

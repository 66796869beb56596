//! Owners while several threads log, or change levels.

use std::cell::Cell;
use std::collections::VecDeque;
use std::future::{self, Future};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Barrier, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

use logtree::{Level, Registry, Scope};
use tracing::dispatcher::with_default;
use tracing::{Dispatch, Instrument};

use crate::support::{Random, to_text};
use crate::tracing_bridge::owners::{Service, shared};
use crate::tracing_bridge::{Front, by_each_front, by_exact_front};

/// Spans are entered and left on several threads, two services side by side on each.
#[test]
fn services_do_not_mix_on_a_runtime_of_several_threads() {
    async fn put(of: &'static str) {
        for _ in 0..20 {
            pause().await;
            shared(of);
        }
    }
    by_each_front(|front| {
        let registry = Registry::new();
        let (handler, text) = to_text("%(rpc.service)s %(message)s");
        registry.root().add_handler(handler);
        registry.get_logger("aws_sdk_s3").set_level(Level::DEBUG);
        registry
            .get_logger("aws_sdk_dynamodb")
            .set_level(Level::OFF);
        let dispatch = front(&registry);
        let calls: Vec<_> = with_default(&dispatch, || {
            let call = |service: Service, of| Box::pin(put(of).instrument(service.span())) as Call;
            let calls =
                (0..8).flat_map(|_| [call(Service::S3, "s3"), call(Service::DynamoDb, "no")]);
            calls.collect()
        });
        run(&dispatch, calls);
        assert_eq!(text.lines().len(), 8 * 20 * 2);
        assert!(text.lines().iter().all(|line| line.starts_with("S3 s3 ")));
    });
}

type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

async fn pause() {
    let mut waited = false;
    future::poll_fn(|_| match std::mem::replace(&mut waited, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

/// Polls futures in turn, on four threads, each poll on whatever thread comes.
fn run(dispatch: &Dispatch, calls: Vec<Call>) {
    let left = Mutex::new(VecDeque::from(calls));
    let start = Barrier::new(4);
    thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                start.wait();
                with_default(dispatch, || {
                    let mut task = Context::from_waker(Waker::noop());
                    let next = || left.lock().unwrap().pop_front();
                    while let Some(mut call) = next() {
                        if call.as_mut().poll(&mut task).is_pending() {
                            left.lock().unwrap().push_back(call);
                        }
                    }
                });
            });
        }
    });
}

type Bound<'a> = Box<dyn FnOnce() -> bool + 'a>;

#[test]
fn scopes_and_spans_own_in_the_order_of_entry() {
    by_each_front(|front| {
        let registry = Registry::new();
        let [s3, jobs, hyper] =
            ["aws_sdk_s3", "jobs", "hyper"].map(|name| registry.get_logger(name));
        s3.set_level(Level::DEBUG);
        jobs.set_level(Level::ERROR);
        let job = || Scope::new().owner(&jobs);
        let is_s3s = || hyper.is_enabled_for(Level::DEBUG);
        let is_jobs = || !hyper.is_enabled_for(Level::WARNING);
        with_default(&front(&registry), || {
            let scope = job().enter();
            let span = Service::S3.span();
            assert!(is_jobs());
            span.in_scope(|| {
                assert!(is_s3s());
                job().run(|| {
                    assert!(is_jobs());
                    // A span without an owner has that of what it is created in.
                    let inner = tracing::error_span!("inner").entered();
                    assert!(is_jobs());
                    span.in_scope(|| assert!(is_s3s()));
                    drop(inner);
                });
                assert!(is_s3s());
            });
            drop(scope);
            let [bound, inner] = span.in_scope(|| {
                let inner = job().run(|| Scope::current().bind(is_jobs));
                [
                    Box::new(Scope::new().bind(is_s3s)) as Bound<'_>,
                    Box::new(inner),
                ]
            });
            assert!(bound() && inner());
            let outer = job().run(|| span.in_scope(|| Scope::new().bind(is_s3s)));
            assert!(outer());
            // The same by a scope of all that holds, there and elsewhere.
            let all = job().run(|| {
                span.in_scope(|| {
                    assert!(Scope::current().run(is_s3s));
                    Scope::current().bind(is_s3s)
                })
            });
            assert!(all());
            let inner = span.in_scope(|| job().run(Scope::current));
            assert!(inner.run(is_jobs));
        });
    });
}

thread_local! {
    /// How many records of this thread passed.
    static SEEN: Cell<u64> = const { Cell::new(0) };
}

/// While levels of owners change, no event is decided by a level from before the change, in spans
/// that are kept open and in new ones.
#[test]
fn a_change_of_a_services_level_holds_when_it_returns() {
    let test = |front: &Front| {
        let registry = Registry::new();
        registry
            .get_logger("aws_smithy_runtime")
            .add_filter(|_: &mut logtree::Record<'_>| {
                SEEN.set(SEEN.get() + 1);
                false
            });
        let s3 = registry.get_logger("aws_sdk_s3");
        // Its spans are enabled from now on.
        s3.set_level(Level::OFF);
        let dispatch = front(&registry);
        // Twice the number of changes, less one while one is made; and whether DEBUG is on.
        let (now, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
        let (wrong, checked) = (AtomicU64::new(0), AtomicU64::new(0));
        let on = AtomicBool::new(false);
        thread::scope(|threads| {
            for number in 0..8 {
                let emit = || {
                    let before = now.load(Ordering::SeqCst);
                    let (is_on, seen) = (on.load(Ordering::SeqCst), SEEN.get());
                    tracing::debug!(target: "aws_smithy_runtime::client", "x");
                    tracing::warn!(target: "aws_smithy_runtime::client", "x");
                    let expected = if is_on { 2 } else { 0 };
                    if before % 2 == 0 && now.load(Ordering::SeqCst) == before {
                        let is_wrong = SEEN.get() - seen != expected;
                        wrong.fetch_add(u64::from(is_wrong), Ordering::SeqCst);
                        checked.fetch_add(1, Ordering::SeqCst);
                    }
                };
                let (dispatch, is_over) = (&dispatch, &is_over);
                threads.spawn(move || {
                    with_default(dispatch, || {
                        let kept = Service::S3.span();
                        while !is_over.load(Ordering::SeqCst) {
                            let span = match number % 2 {
                                0 => kept.clone(),
                                _ => Service::S3.span(),
                            };
                            span.in_scope(emit);
                        }
                    });
                });
            }
            let mut random = Random::new(3);
            for change in 1..=200_u64 {
                now.store(2 * change - 1, Ordering::SeqCst);
                let level = [Level::DEBUG, Level::TRACE, Level::OFF, Level::CRITICAL];
                let level = level[random.below(level.len())];
                s3.set_level(level);
                on.store(level <= Level::DEBUG, Ordering::SeqCst);
                now.store(2 * change, Ordering::SeqCst);
                let seen = checked.load(Ordering::SeqCst);
                while checked.load(Ordering::SeqCst) < seen + 8 {
                    thread::yield_now();
                }
            }
            is_over.store(true, Ordering::SeqCst);
        });
        assert_eq!(wrong.load(Ordering::SeqCst), 0);
    };
    by_each_front(test);
}

/// The levels of owners reach what `tracing` caches.
#[test]
fn call_sites_know_of_owners() {
    by_exact_front(|front| {
        let registry = Registry::new();
        let is_on = || tracing::enabled!(target: "hyper::client", tracing::Level::DEBUG);
        let warns = || tracing::enabled!(target: "hyper::client", tracing::Level::WARN);
        with_default(&front(&registry), || {
            assert!(Service::S3.span().is_disabled());
            let dynamodb = registry.get_logger("aws_sdk_dynamodb");
            dynamodb.set_level(Level::OFF);
            let (s3, off) = (Service::S3.span(), Service::DynamoDb.span());
            assert!(!s3.is_disabled() && !off.is_disabled());
            s3.in_scope(|| assert!(!is_on() && warns()));
            off.in_scope(|| assert!(!is_on() && !warns()));
            registry.get_logger("aws_sdk_s3").set_level(Level::DEBUG);
            s3.in_scope(|| assert!(is_on() && warns()));
            assert!(!is_on() && warns());
            dynamodb.set_level(Level::NOTSET);
            registry.get_logger("aws_sdk_s3").set_level(Level::NOTSET);
            assert!(Service::S3.span().is_disabled());
        });
    });
}

//! Spans go where scopes go.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;

use logtree::scope::InScopeExt;
use logtree::{Level, Registry, Scope};
use tracing::Dispatch;
use tracing::dispatcher::with_default;

use crate::tracing_bridge::lines;

/// Runs work on another thread, with the caller's subscriber.
fn on_a_thread<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    let dispatch = tracing::dispatcher::get_default(Dispatch::clone);
    let work = || with_default(&dispatch, work);
    thread::scope(|threads| threads.spawn(work).join().unwrap())
}

fn run(future: impl Future<Output = ()>) {
    let mut task = Context::from_waker(Waker::noop());
    assert!(pin!(future).poll(&mut task).is_ready());
}

#[test]
fn work_belongs_to_the_span_in_which_it_was_made() {
    let scene = |_: &Registry| {
        let span = tracing::info_span!("request", id = 7).entered();
        let bound = Scope::current().bind(|| tracing::info!("bound"));
        let task = async {
            tracing::info!("task");
            let _inner = tracing::info_span!("inner", part = 1).entered();
            tracing::info!("in a new span");
        };
        let task = task.in_current_scope();
        drop(span);
        on_a_thread(|| {
            bound();
            run(task);
            tracing::info!("after");
        });
    };
    for lines in lines(Level::INFO, "%(spans)s|%(message)s", scene) {
        assert_eq!(
            lines,
            [
                "request|bound id=7",
                "request|task id=7",
                "request:inner|in a new span id=7 part=1",
                "None|after"
            ]
        );
    }
}

#[test]
fn a_span_that_is_entered_where_work_runs_takes_the_place() {
    let scene = |_: &Registry| {
        let span = tracing::info_span!("request", id = 7).entered();
        let task = async { tracing::info!("task") }.in_current_scope();
        let own = tracing::info_span!("own", task = 1);
        drop(span);
        on_a_thread(|| own.in_scope(|| run(task)));
    };
    for lines in lines(Level::INFO, "%(spans)s|%(message)s", scene) {
        assert_eq!(lines, ["request:own|task id=7 task=1"]);
    }
}

#[test]
fn work_that_panics_takes_its_span_back() {
    let scene = |_: &Registry| {
        let span = tracing::info_span!("request", id = 7).entered();
        let mut panics = true;
        let task = std::future::poll_fn(|_| {
            tracing::info!("polled");
            assert!(!std::mem::take(&mut panics), "boom");
            Poll::Ready(())
        });
        let mut task = Box::pin(task.in_current_scope());
        drop(span);
        let mut poll = || run(task.as_mut());
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(&mut poll));
        assert!(caught.is_err());
        tracing::info!("between");
        poll();
    };
    for lines in lines(Level::INFO, "%(span)s|%(message)s", scene) {
        assert_eq!(
            lines,
            ["request|polled id=7", "None|between", "request|polled id=7"]
        );
    }
}

#[test]
fn work_that_waits_holds_no_span_open() {
    let registry = Registry::new();
    registry.root().set_level(Level::INFO);
    let subscriber = Arc::new(registry.tracing_subscriber());
    with_default(&Dispatch::from(Arc::clone(&subscriber)), || {
        let span = tracing::info_span!("request", id = 7).entered();
        let task = async { assert!(tracing::Span::current().is_none()) }.in_current_scope();
        drop(span);
        assert_eq!(subscriber.open_spans(), 0);
        run(task);
    });
}

//! Spans are the context of records.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use logtree::formatter::JsonFormatter;
use logtree::handler::{QueueHandler, StreamHandler};
use logtree::{Level, Registry, Scope};
use tracing::dispatcher::with_default;
use tracing::{Dispatch, Span, field};

use crate::support::{Text, to_text};
use crate::tracing_bridge::{Front, by_each_front, lines};

#[test]
fn records_have_the_fields_of_all_spans_around_them() {
    let scene = |registry: &Registry| {
        let outer = tracing::info_span!("outer", tenant = "acme", id = 1, later = field::Empty);
        let _outer = outer.enter();
        tracing::info!("first");
        let _inner = tracing::info_span!("inner", id = 2_u64, vast = u128::MAX).entered();
        tracing::info!(id = 3, "own");
        logtree::info!(registry.root(), "by a macro");
        let quiet = tracing::debug_span!("quiet", hidden = 1);
        quiet.in_scope(|| tracing::info!("in a span that is off"));
    };
    let format = "%(span)s %(spans)s %(message)s";
    let vast = u128::MAX;
    for lines in lines(Level::INFO, format, scene) {
        assert_eq!(
            lines,
            [
                "outer outer first tenant=acme id=1".into(),
                format!("inner outer:inner own tenant=acme vast={vast} id=3"),
                format!("inner outer:inner by a macro tenant=acme id=2 vast={vast}"),
                format!("inner outer:inner in a span that is off tenant=acme id=2 vast={vast}"),
            ]
        );
    }
}

#[test]
fn a_recorded_field_replaces_the_one_before() {
    let scene = |_: &Registry| {
        let span = tracing::info_span!("span", a = 1, b = field::Empty);
        let _entered = span.enter();
        tracing::info!("none");
        for value in ["x", "y", "z"] {
            span.record("b", value);
            tracing::info!("set");
        }
        span.record("a", true);
        tracing::info!("end");
    };
    for lines in lines(Level::INFO, "%(message)s", scene) {
        assert_eq!(
            lines,
            [
                "none a=1",
                "set a=1 b=x",
                "set a=1 b=y",
                "set a=1 b=z",
                "end a=true b=z"
            ]
        );
    }
}

#[test]
fn parents_may_be_given() {
    let scene = |_: &Registry| {
        let a = tracing::info_span!("a", a = 1);
        let b = tracing::info_span!("b", b = 1).entered();
        tracing::info!(parent: &a, "in a");
        tracing::info!(parent: None, "in none");
        let c = tracing::info_span!(parent: &a, "c");
        let d = tracing::info_span!(parent: None, "d");
        c.in_scope(|| tracing::info!("in c"));
        d.in_scope(|| tracing::info!("in d"));
        drop(b);
        tracing::info!("out");
    };
    for lines in lines(Level::INFO, "%(spans)s %(message)s", scene) {
        assert_eq!(
            lines,
            [
                "a in a a=1",
                "None in none",
                "a:c in c a=1",
                "d in d",
                "None out"
            ]
        );
    }
}

/// Scopes hold inside of spans and beside them, and a span's key-values hide theirs.
#[test]
fn spans_and_scopes_hold_together() {
    let scene = |_: &Registry| {
        let _scope = Scope::new().with("job", 7).with("id", 1).enter();
        let _span = tracing::info_span!("span", id = 2, own = 3).entered();
        tracing::info!("both");
        Scope::new().run(|| tracing::info!("again"));
    };
    for lines in lines(Level::INFO, "%(message)s", scene) {
        assert_eq!(lines, ["both job=7 id=2 own=3", "again job=7 id=2 own=3"]);
    }
}

/// Records that are kept, or go through a queue, know their spans; JSON has them on request.
#[test]
fn kept_records_know_their_spans() {
    by_each_front(|front| {
        let registry = Registry::new();
        let (queued, queue_text) = to_text("%(span)s|%(spans)s|%(message)s");
        let queue = QueueHandler::new([queued]);
        let json = Text::default();
        let formatter = JsonFormatter::builder().spans(true).build();
        let handler = StreamHandler::new(json.clone()).with_formatter(formatter);
        registry.root().set_level(Level::INFO);
        registry.root().add_handler(queue);
        registry.root().add_handler(handler);
        with_default(&front(&registry), || {
            let _outer = tracing::info_span!("S3::Put").entered();
            let _inner = tracing::info_span!("try", attempt = 2).entered();
            tracing::info!(spans = 1, "sent");
        });
        for handler in registry.handlers() {
            handler.close().unwrap();
        }
        assert_eq!(
            queue_text.lines(),
            ["try|S3::Put:try|sent attempt=2 spans_=1"]
        );
        let line: serde_json::Value = serde_json::from_str(&json.get()).unwrap();
        assert_eq!(line["span"], "try");
        assert_eq!(line["spans"], "S3::Put:try");
        assert_eq!((&line["attempt"], &line["spans_"]), (&2.into(), &1.into()));
    });
}

/// Panics where it is formatted, or makes a span and logs.
struct Odd(bool);

impl fmt::Debug for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        assert!(!self.0, "boom");
        let _span = tracing::info_span!("within", odd = 1).entered();
        tracing::info!("logged meanwhile");
        f.write_str("odd")
    }
}

#[test]
fn values_of_spans_may_be_long_or_fail() {
    let scene = |_: &Registry| {
        let _panics = tracing::info_span!("a", panics = ?Odd(true)).entered();
        tracing::info!("one");
        let long = "x".repeat(2_000);
        let _logs = tracing::info_span!(parent: None, "b", logs = ?Odd(false), long).entered();
        tracing::info!("two");
    };
    for lines in lines(Level::INFO, "%(message)s", scene) {
        let marked = "<panic while formatting: boom>";
        assert_eq!(lines.first().unwrap(), &format!("one panics=\"{marked}\""));
        let cut = format!(
            "two logs=odd long=\"{}<cut, 2000 bytes>\"",
            "x".repeat(1_024)
        );
        assert_eq!(lines.last().unwrap(), &cut);
    }
}

#[test]
fn ten_thousand_spans_nest() {
    by_each_front(|front| nest(front, false));
    // From the outermost on, which the store of `tracing-subscriber` closes by recursion.
    nest(
        &|registry| Dispatch::new(registry.tracing_subscriber()),
        true,
    );
}

fn nest(front: &Front, outermost_first: bool) {
    let registry = Registry::new();
    let (handler, text) = to_text("%(message)s");
    registry.root().add_handler(handler);
    registry.root().set_level(Level::INFO);
    with_default(&front(&registry), || {
        let mut spans = Vec::new();
        for depth in 0..10_000 {
            spans.push(tracing::info_span!("deep", depth).entered());
        }
        tracing::info!("down there");
        if outermost_first {
            spans.reverse();
        }
        while let Some(span) = spans.pop() {
            drop(span);
        }
        tracing::info!("out again");
    });
    assert_eq!(text.lines(), ["down there depth=9999", "out again"]);
}

#[test]
fn a_span_may_be_entered_twice_and_left_in_any_order() {
    let scene = |_: &Registry| {
        let (a, b) = (tracing::info_span!("a"), tracing::info_span!("b"));
        let (first, second, third) = (a.enter(), b.enter(), a.enter());
        tracing::info!("a b a");
        drop(third);
        tracing::info!("a b");
        drop(first);
        tracing::info!("b");
        drop(second);
        tracing::info!("none");
    };
    for lines in lines(Level::INFO, "%(span)s %(message)s", scene) {
        assert_eq!(lines, ["a a b a", "b a b", "b b", "None none"]);
    }
}

/// Nothing is known of an id that another subscriber gave, or that was closed.
#[test]
fn unknown_ids_do_no_harm() {
    use tracing::Subscriber as _;
    use tracing::span::Id;

    let registry = Registry::new();
    let subscriber = registry.tracing_subscriber();
    let id = Id::from_u64(u64::MAX);
    assert_eq!(subscriber.clone_span(&id), id);
    subscriber.enter(&id);
    subscriber.record_follows_from(&id, &id);
    subscriber.exit(&id);
    assert!(!subscriber.try_close(id.clone()));
    assert!(!subscriber.try_close(id));
    assert_eq!((subscriber.open_spans(), subscriber.unknown_ids()), (0, 3));
    // One that is closed by all its holders is unknown to the next.
    let dispatch = Dispatch::from(subscriber);
    let span = with_default(&dispatch, || tracing::error_span!(target: "a", "span"));
    let id = span.id().unwrap();
    drop(span.clone());
    drop(span);
    let subscriber: &logtree::tracing::Subscriber = dispatch.downcast_ref().unwrap();
    assert_eq!(subscriber.unknown_ids(), 3);
    assert_eq!(subscriber.clone_span(&id), id);
    assert_eq!((subscriber.open_spans(), subscriber.unknown_ids()), (0, 4));
}

struct Nothing;

impl Wake for Nothing {
    fn wake(self: Arc<Self>) {}
}

/// Waits once.
async fn wait() {
    let mut waited = false;
    std::future::poll_fn(|_: &mut Context<'_>| {
        if std::mem::replace(&mut waited, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// Holds a guard while it waits, which is wrong and common.
async fn held(round: u64, asks_for_current: bool) {
    let span = tracing::info_span!("held", round);
    let _guard = span.enter();
    wait().await;
    let _current = asks_for_current.then(Span::current);
    tracing::info!("polled");
}

/// Polls two futures in turn that hold guards over an `.await`, which are then left in another
/// order.
pub(super) fn hold_guards_over_awaits(rounds: u64, asks_for_current: bool) {
    let waker = Waker::from(Arc::new(Nothing));
    let mut task = Context::from_waker(&waker);
    for round in 0..rounds {
        let held = || held(round, asks_for_current);
        let (mut a, mut b) = (pin!(held()), pin!(held()));
        assert!(a.as_mut().poll(&mut task).is_pending());
        assert!(b.as_mut().poll(&mut task).is_pending());
        let _current = asks_for_current.then(Span::current);
        // Both are over with the second poll.
        assert!(a.as_mut().poll(&mut task).is_ready());
        assert!(b.as_mut().poll(&mut task).is_ready());
    }
}

/// A guard held over an `.await` is left in another order.
#[test]
fn a_guard_over_an_await_leaves_no_span_open() {
    let registry = Registry::new();
    registry.root().set_level(Level::INFO);
    registry
        .root()
        .add_filter(|_: &mut logtree::Record<'_>| false);
    let subscriber = Arc::new(registry.tracing_subscriber());
    let dispatch = Dispatch::from(Arc::clone(&subscriber));
    with_default(&dispatch, || hold_guards_over_awaits(1_000, true));
    assert_eq!(subscriber.open_spans(), 0);
}

//! A fork while spans are open.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use logtree::handler::FileHandler;
use logtree::tracing::{SpanContext, SpanEvents};
use logtree::{Formatter, Level, Registry};
use tracing::Dispatch;
use tracing::dispatcher::with_default;

use super::forks_child::{in_child, lines};

pub(super) fn play(path: &Path) {
    let registry = Registry::new();
    let file = FileHandler::open(path).unwrap();
    let formatter = Formatter::new("%(spans)s %(message)s").unwrap();
    registry.root().add_handler(file.with_formatter(formatter));
    registry.root().set_level(Level::INFO);
    let subscriber = registry.tracing_subscriber();
    let subscriber = subscriber.with_span_events(SpanEvents::CLOSE);
    let subscriber = Arc::new(subscriber.with_span_context(SpanContext::All));
    registry.get_logger("quiet").set_level(Level::OFF);
    let dispatch = Dispatch::from(Arc::clone(&subscriber));
    let is_over = AtomicBool::new(false);
    thread::scope(|threads| {
        // The store of spans is in use whenever the process forks.
        threads.spawn(|| {
            with_default(&dispatch, || {
                while !is_over.load(Ordering::Relaxed) {
                    drop(tracing::warn_span!(target: "quiet", "beside"));
                }
            });
        });
        with_default(&dispatch, || {
            for round in 0..20_i32 {
                let mut outer = Some(tracing::info_span!("outer", round).entered());
                let mut inner = Some(tracing::info_span!("inner").entered());
                in_child("spans", || {
                    tracing::info!("child");
                    drop(inner.take());
                    drop(outer.take());
                    tracing::info_span!("new").in_scope(|| tracing::info!("child"));
                    tracing::Span::current().is_none()
                });
                tracing::info!("parent");
                drop(inner);
                drop(outer);
            }
            is_over.store(true, Ordering::Relaxed);
        });
    });
    assert_eq!(subscriber.open_spans(), 0);
    let of_round = |round: i32| {
        [
            format!("outer:inner child round={round}"),
            format!("outer:inner close round={round}"),
            format!("outer close round={round}"),
            "new child".into(),
            "new close".into(),
            format!("outer:inner parent round={round}"),
            format!("outer:inner close round={round}"),
            format!("outer close round={round}"),
        ]
    };
    let lines = lines(path);
    let without_times = |line: &String| line.split(" time.").next().unwrap().to_owned();
    let lines: Vec<_> = lines.iter().map(without_times).collect();
    let expected: Vec<_> = (0..20).flat_map(of_round).collect();
    assert_eq!(lines, expected);
}

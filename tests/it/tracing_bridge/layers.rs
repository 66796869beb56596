//! The layer among layers and filters of others.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use logtree::{Level, Registry};
use tracing::dispatcher::with_default;
use tracing::{Dispatch, Event, Subscriber};
use tracing_error::{ErrorLayer, SpanTrace};
use tracing_subscriber::filter::{EnvFilter, LevelFilter, Targets, filter_fn};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, reload};

use crate::support::{Text, to_text};

/// Counts what reaches it.
#[derive(Clone, Default)]
struct Neighbour(Arc<AtomicUsize>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Neighbour {
    fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn registry(level: Level) -> (Registry, Text) {
    let registry = Registry::new();
    let (handler, text) = to_text("%(spans)s %(message)s");
    registry.root().add_handler(handler);
    registry.root().set_level(level);
    (registry, text)
}

fn scene() {
    let _outer = tracing::info_span!(target: "app", "outer", a = 1).entered();
    let _middle = tracing::debug_span!(target: "app", "middle", b = 2).entered();
    let _inner = tracing::info_span!(target: "app", "inner", c = 3).entered();
    tracing::info!(target: "app", "info");
    tracing::debug!(target: "app", "debug");
    tracing::info!(target: "other", "other");
}

#[test]
fn a_filter_of_the_whole_stack_comes_before_the_tree() {
    let (registry, text) = registry(Level::DEBUG);
    let only_app = Targets::new().with_target("app", tracing::Level::INFO);
    let stack = tracing_subscriber::registry()
        .with(only_app)
        .with(registry.tracing_layer());
    with_default(&Dispatch::new(stack), || {
        scene();
        registry.get_logger("app").set_level(Level::WARNING);
        scene();
    });
    assert_eq!(text.lines(), ["outer:inner info a=1 c=3"]);
}

#[test]
fn a_filter_of_this_layer_hides_spans_and_events_from_it_alone() {
    let (registry, text) = registry(Level::DEBUG);
    let neighbour = Neighbour::default();
    let layer = registry.tracing_layer().with_filter(LevelFilter::INFO);
    let stack = tracing_subscriber::registry()
        .with(layer)
        .with(neighbour.clone());
    with_default(&Dispatch::new(stack), scene);
    assert_eq!(
        text.lines(),
        ["outer:inner info a=1 c=3", "outer:inner other a=1 c=3"]
    );
    assert_eq!(neighbour.0.load(Ordering::Relaxed), 3);
}

#[test]
fn what_a_neighbours_filter_refuses_is_not_refused_here() {
    struct Logs;
    impl fmt::Display for Logs {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            tracing::info!("within");
            f.write_str("shown")
        }
    }
    for is_first in [true, false] {
        let (registry, text) = registry(Level::DEBUG);
        let neighbour = Neighbour::default();
        let (ours, spans) = (registry.tracing_layer(), tracing_subscriber::registry());
        let other = neighbour.clone();
        let stack = if is_first {
            let other = other.with_filter(LevelFilter::ERROR);
            Dispatch::new(spans.with(ours).with(other))
        } else {
            let other = other.with_filter(LevelFilter::ERROR);
            Dispatch::new(spans.with(other).with(ours))
        };
        with_default(&stack, || {
            scene();
            tracing::info!("{}", Logs);
        });
        assert_eq!(text.lines().len(), 4, "{:?}", text.lines());
        assert_eq!(neighbour.0.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn a_layer_may_be_boxed_optional_one_of_many_or_exchanged() {
    type Boxed = Box<dyn Layer<tracing_subscriber::Registry> + Send + Sync>;
    let wraps: [fn(logtree::tracing::Layer) -> Boxed; 4] = [
        |layer| Box::new(layer),
        |layer| Box::new(Some(layer)),
        |layer| Box::new(vec![layer]),
        |layer| Box::new(layer.with_filter(filter_fn(|_| true))),
    ];
    for wrap in wraps {
        let (registry, text) = registry(Level::INFO);
        let stack = tracing_subscriber::registry().with(wrap(registry.tracing_layer()));
        with_default(&Dispatch::new(stack), scene);
        assert_eq!(text.lines().len(), 2, "{:?}", text.lines());
    }
    let ((first, before), (second, after)) = (registry(Level::INFO), registry(Level::INFO));
    let (layer, handle) = reload::Layer::new(first.tracing_layer());
    let stack = tracing_subscriber::registry().with(layer);
    with_default(&Dispatch::new(stack), || {
        let held = tracing::info_span!("held", h = 1);
        let entered = held.enter();
        tracing::info!("before");
        handle.reload(second.tracing_layer()).unwrap();
        tracing::info!("after");
        tracing::info_span!("new", n = 1).in_scope(|| tracing::info!("in new"));
        drop(entered);
        tracing::info!("left");
    });
    assert_eq!(before.lines(), ["held before h=1"]);
    assert_eq!(
        after.lines(),
        ["held after h=1", "held:new in new h=1 n=1", "None left"]
    );
}

#[test]
fn layers_of_two_registries_keep_their_levels() {
    let ((all, of_all), (few, of_few)) = (registry(Level::DEBUG), registry(Level::INFO));
    let stack = tracing_subscriber::registry().with(all.tracing_layer());
    with_default(&Dispatch::new(stack.with(few.tracing_layer())), scene);
    assert_eq!(of_all.lines().len(), 3);
    assert_eq!(of_few.lines().len(), 2);
}

/// `EnvFilter` keeps spans of its own on a stack of its own, by which it decides.
#[test]
fn directives_of_an_env_filter_come_before_the_tree() {
    for (directives, expected) in [
        ("app=info", &["outer:inner info a=1 c=3"][..]),
        (
            "off,[middle{b=2}]=debug",
            &[
                "middle:inner info b=2 c=3",
                "middle:inner debug b=2 c=3",
                "middle:inner other b=2 c=3",
            ],
        ),
        ("off,[middle{b=3}]=debug", &[]),
    ] {
        let (registry, text) = registry(Level::DEBUG);
        let filter = EnvFilter::try_new(directives).unwrap();
        let stack = tracing_subscriber::registry().with(filter);
        let stack = Dispatch::new(stack.with(registry.tracing_layer()));
        with_default(&stack, || {
            scene();
            registry.root().set_level(Level::WARNING);
            scene();
        });
        assert_eq!(text.lines(), expected, "{directives}");
    }
}

#[test]
fn directives_of_a_neighbours_env_filter_are_its_own() {
    let (registry, text) = registry(Level::INFO);
    let neighbour = Neighbour::default();
    let filter = EnvFilter::try_new("off,[middle]=debug").unwrap();
    let stack = tracing_subscriber::registry().with(neighbour.clone().with_filter(filter));
    with_default(&Dispatch::new(stack.with(registry.tracing_layer())), scene);
    assert_eq!(
        text.lines(),
        ["outer:inner info a=1 c=3", "outer:inner other a=1 c=3"]
    );
    assert_eq!(neighbour.0.load(Ordering::Relaxed), 3);
}

#[test]
fn the_trace_of_an_error_has_the_spans_whatever_the_tree_shows() {
    let (registry, text) = registry(Level::WARNING);
    let stack = tracing_subscriber::registry().with(ErrorLayer::default());
    with_default(&Dispatch::new(stack.with(registry.tracing_layer())), || {
        let trace = {
            let _outer = tracing::info_span!(target: "app", "outer").entered();
            let _inner = tracing::debug_span!(target: "app", "inner").entered();
            SpanTrace::capture()
        };
        // Shows the spans that it holds, which are closed.
        tracing::error!(target: "app", "failed: {trace}");
    });
    let text = text.lines().concat();
    let (inner, outer) = (text.find("app::inner"), text.find("app::outer"));
    assert!(
        text.contains("failed: ") && inner.is_some() && inner < outer,
        "{text}"
    );
}

//! Events of `tracing` in the tree, each test on a separate registry and by each front.

mod carried;
mod events;
mod facade;
mod faults;
#[cfg(feature = "tracing-layer")]
mod layers;
mod levels;
mod owners;
mod parents;
mod redaction;
mod span_records;
mod spans;
mod traps;
mod unexpected;

use logtree::Registry;
use tracing::Dispatch;
#[cfg(feature = "tracing-layer")]
use tracing_subscriber::layer::SubscriberExt;

/// Makes a dispatcher of a registry.
type Front = dyn Fn(&Registry) -> Dispatch + Sync;

/// Runs a test by each front.
fn by_each_front(test: impl Fn(&Front)) {
    by_exact_front(&test);
    #[cfg(feature = "tracing-layer")]
    test(&|registry| Dispatch::new(tracing_subscriber::registry().with(registry.tracing_layer())));
}

/// Runs a test by the front for which what the tree hides is disabled: a layer enables all, and
/// decides later.
fn by_exact_front(test: impl Fn(&Front)) {
    test(&|registry| Dispatch::new(registry.tracing_subscriber()));
}

/// Runs a scene by each front, on a registry whose root has the level, and returns the lines that
/// its root's handler wrote in the format.
fn lines(level: logtree::Level, format: &str, scene: impl Fn(&Registry)) -> Vec<Vec<String>> {
    let all = std::cell::RefCell::new(Vec::new());
    by_each_front(|front| {
        let registry = Registry::new();
        let (handler, text) = crate::support::to_text(format);
        registry.root().add_handler(handler);
        registry.root().set_level(level);
        tracing::dispatcher::with_default(&front(&registry), || scene(&registry));
        all.borrow_mut().push(text.lines());
    });
    all.into_inner()
}

//! The bridge as a whole subscriber: [`Subscriber`].

use tracing_core::span::{Attributes, Id, Record};
use tracing_core::subscriber::Interest;
use tracing_core::{Dispatch, Event, LevelFilter, Metadata};

use crate::registry::Registry;
use crate::sys::sync::Arc;
use crate::tracing::bridge::Bridge;

/// A `tracing` subscriber whose events are records of a registry; see the
/// [module](crate::tracing).
///
/// # Examples
/// ```
/// use logtree::test::Capture;
/// use logtree::{Level, Registry};
///
/// let registry = Registry::new();
/// let capture = Capture::builder(&registry.root()).level(Level::DEBUG).start();
/// tracing::subscriber::with_default(registry.tracing_subscriber(), || {
///     tracing::info!(target: "app::db", rows = 3, "selected");
/// });
/// let record = &capture.records()[0];
/// assert_eq!((record.name(), record.message()), ("app.db", "selected"));
/// assert_eq!(record.key_value("rows").unwrap().as_i64(), Some(3));
/// ```
#[derive(Debug)]
pub struct Subscriber {
    bridge: Arc<Bridge>,
}

impl Registry {
    /// Returns a `tracing` subscriber whose events are records of this registry.
    #[must_use]
    pub fn tracing_subscriber(&self) -> Subscriber {
        Subscriber {
            bridge: Bridge::new(self),
        }
    }
}

impl tracing_core::Subscriber for Subscriber {
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.bridge.registered(dispatch);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.bridge.interest(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.bridge.is_enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.bridge.max_level())
    }

    fn event(&self, event: &Event<'_>) {
        self.bridge.event(event);
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

//! What a document asks for: [`Plan`].

use crate::config::factories::Build;
use crate::config::fingerprint::Fingerprint;
use crate::config::handler_ref::HandlerRef;
use crate::config::plan::control::ControlPlan;
use crate::config::plan::location::Location;
use crate::filter::SharedFilter;
use crate::formatter::Format;
use crate::handler::Handler;
use crate::level::Level;
use crate::sys::sync::Arc;

/// A document without errors: what is to be built, and what each logger gets.
pub(in crate::config) struct Plan {
    pub(in crate::config) formatters: Vec<Planned<Arc<dyn Format>>>,
    pub(in crate::config) filters: Vec<Planned<SharedFilter>>,
    /// Each one after those that it refers to.
    pub(in crate::config) handlers: Vec<HandlerPlan>,
    pub(in crate::config) loggers: Vec<LoggerPlan>,
    pub(in crate::config) disable_existing: bool,
    pub(in crate::config) control: Option<ControlPlan>,
    /// For `incremental`, which only changes levels and propagation: the handlers' levels.
    pub(in crate::config) incremental: Option<Vec<(Handler, Level)>>,
}

/// A formatter or filter that is still to be built.
pub(in crate::config) struct Planned<T> {
    pub(in crate::config) build: Build<T>,
    pub(in crate::config) location: Location,
}

/// A handler that is still to be built.
pub(in crate::config) struct HandlerPlan {
    pub(in crate::config) name: String,
    pub(in crate::config) build: Build<Handler>,
    pub(in crate::config) location: Location,
    pub(in crate::config) level: Option<Level>,
    /// An index into [`Plan::formatters`].
    pub(in crate::config) formatter: Option<usize>,
    /// Indices into [`Plan::filters`].
    pub(in crate::config) filters: Vec<usize>,
    /// For the handlers that refer to this one.
    pub(in crate::config) handler_ref: HandlerRef,
    /// The names of the handlers that this one refers to.
    pub(super) needs: Vec<String>,
    pub(in crate::config) fingerprints: Fingerprints,
}

/// Distinguishes the handlers of two documents.
#[derive(Clone, Debug, Default)]
pub(in crate::config) struct Fingerprints {
    /// Equal for handlers that are built from equal arguments and handlers.
    pub(in crate::config) handler: Fingerprint,
    /// Equal for equal formatters.
    pub(in crate::config) formatter: Option<u64>,
    /// Equal for equal filters.
    pub(in crate::config) filters: Fingerprint,
}

/// What a logger gets.
pub(in crate::config) struct LoggerPlan {
    /// `""` is the root.
    pub(in crate::config) name: String,
    pub(in crate::config) level: Option<Level>,
    pub(in crate::config) propagate: Option<bool>,
    /// By name.
    pub(in crate::config) handlers: Vec<String>,
    /// Indices into [`Plan::filters`].
    pub(in crate::config) filters: Vec<usize>,
}

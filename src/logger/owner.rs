//! Loggers that own what is logged in a scope.

use crate::logger::into_logger::IntoLogger;
use crate::scope::scope::Scope;

impl Scope {
    /// Sets the logger that owns what is logged in the scope, whichever loggers log it: the
    /// verbosity of a service then covers the code that it shares with others. `&str` names a
    /// logger of the global registry, which is created if missing. Records of other registries are
    /// not affected.
    ///
    /// If a level is set on the owner, or on an ancestor other than the root, this level decides on
    /// the records in place of those of their own loggers, and raises or lowers verbosity, down to
    /// `OFF`. Otherwise the levels of their own loggers decide. The [level](Self::level) of a scope
    /// and the rules of a [control](crate::control::Control) for the values of key-values come
    /// before the owner's level.
    ///
    /// The records keep their names. They go to the handlers of their own loggers and to those of
    /// the owner, to each once, and to captures and backlogs of both. Filters are those of their
    /// own loggers. [`Registry::disable`](crate::Registry::disable) and
    /// [disabled](crate::Logger::set_disabled) loggers disable them as usual. A disabled owner
    /// decides nothing and gets nothing.
    ///
    /// Of several scopes, the innermost with an owner counts. With the feature `tracing`, spans may
    /// have owners too; of scopes and spans, what was entered last counts.
    ///
    /// While a level is set on an owner, the gates of all loggers are open to it: disabled calls on
    /// other threads then take some 60 instructions more.
    ///
    /// # Python
    /// None: a logger is the only thing that has a level.
    ///
    /// # Examples
    /// ```
    /// use logtree::test::Capture;
    /// use logtree::{Level, Registry, Scope};
    ///
    /// let registry = Registry::new();
    /// let shared = registry.get_logger("http_client");
    /// let storage = registry.get_logger("storage");
    /// let capture = Capture::builder(&storage).level(Level::INFO).start();
    /// storage.set_level(Level::DEBUG);
    /// Scope::new().owner(&storage).run(|| {
    ///     assert!(shared.is_enabled_for(Level::DEBUG));
    ///     logtree::info!(shared, "sends a request");
    /// });
    /// assert!(!shared.is_enabled_for(Level::DEBUG));
    /// assert_eq!(capture.records()[0].name(), "http_client");
    /// ```
    pub fn owner(self, logger: impl IntoLogger) -> Self {
        let logger = logger.into_logger();
        let owner = match logger.is_stand_in {
            true => {
                logger.registry.report_stand_in();
                None
            }
            false => Some(logger.registry.owner(&logger.node)),
        };
        self.owned_by(owner)
    }
}

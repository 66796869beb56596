//! The builder of registries.

use std::io::Write;

use crate::context::{Diagnostics, RegistryContext};
use crate::registry::core;
use crate::registry::registry::Registry;
use crate::sys::sync::Arc;
use crate::sys::user_code::Owned;
use crate::time::{Clock, Timestamp};

/// Builder for an isolated [`Registry`].
///
/// # Examples
/// ```
/// use logtree::Registry;
/// use logtree::time::{ManualClock, Timestamp};
/// use std::sync::Arc;
///
/// let registry = Registry::builder()
///     .clock(Arc::new(ManualClock::new(Timestamp::from_nanos(0))))
///     .process_name("worker-7")
///     .build();
/// # let _ = registry;
/// ```
#[derive(Default)]
#[must_use]
pub struct RegistryBuilder {
    environment: RegistryContext,
    has_start: bool,
    max_loggers: Option<usize>,
}

impl Registry {
    /// Returns a builder for a registry with a clock of its own and further options.
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder::default()
    }
}

impl RegistryBuilder {
    /// The default maximum of names, which are loggers and the prefixes of their names.
    pub const DEFAULT_MAX_LOGGERS: usize = core::DEFAULT_MAX_LOGGERS;

    /// Sets the clock of the registry's records. The system's by default.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        if !self.has_start {
            self.environment.start = clock.now();
        }
        self.environment.clock = Some(Owned::new(Arc::new(clock)));
        self
    }

    /// Sets the zero of `relativeCreated`. The time at which the registry is built by default.
    pub fn start(mut self, start: impl Into<Timestamp>) -> Self {
        self.environment.start = start.into();
        self.has_start = true;
        self
    }

    /// Sets the name of the process in records. `MainProcess` by default.
    pub fn process_name(mut self, name: impl Into<String>) -> Self {
        self.environment.process_name = name.into();
        self
    }

    /// Sets the process id in records. The real one by default.
    pub fn process_id(mut self, id: u32) -> Self {
        self.environment.process_id = Some(id);
        self
    }

    /// Replaces standard error in this registry: for the last resort, the presets and
    /// [`Registry::stderr_handler`]. The function is called for each handler and may return several
    /// writers to one place.
    pub fn stderr(
        mut self,
        open: impl Fn() -> Box<dyn Write + Send> + Send + Sync + 'static,
    ) -> Self {
        self.environment.stderr = Some(Owned::new(Box::new(open)));
        self
    }

    /// Sets the receiver of reports on failures that no error hook takes, one line at a time.
    /// Standard error by default.
    ///
    /// It is called on the logging thread with no lock held.
    pub fn diagnostics(mut self, receiver: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.environment.diagnostics = Diagnostics::to(Box::new(receiver));
        self
    }

    /// Sets the maximum of names, including prefixes of logger names. 2,097,152 by default. Further
    /// loggers are [stand-ins](Registry::get_logger).
    pub fn max_loggers(mut self, max: usize) -> Self {
        self.max_loggers = Some(max);
        self
    }

    /// Returns the registry.
    #[must_use]
    pub fn build(self) -> Registry {
        let max_loggers = self.max_loggers.unwrap_or(Self::DEFAULT_MAX_LOGGERS);
        // Node ids have 32 bits.
        let max_loggers = max_loggers.min(u32::MAX as usize);
        Registry::of(Arc::new(self.environment), max_loggers)
    }
}

impl std::fmt::Debug for RegistryBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegistryBuilder").finish_non_exhaustive()
    }
}

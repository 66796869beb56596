//! How registries are made.

use std::io::Write;

use crate::context::{Diagnostics, Environment};
use crate::registry::core;
use crate::registry::registry::Registry;
use crate::sys::sync::Arc;
use crate::sys::user_code::Owned;
use crate::time::{Clock, Timestamp};

/// Makes a [`Registry`] of its own.
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
    environment: Environment,
    has_start: bool,
    max_loggers: Option<usize>,
}

impl Registry {
    /// Starts a registry with a clock of its own, and more.
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder::default()
    }
}

impl RegistryBuilder {
    /// How many names a registry holds unless told otherwise: loggers, and the prefixes of their names.
    pub const DEFAULT_MAX_LOGGERS: usize = core::DEFAULT_MAX_LOGGERS;

    /// The clock of its records, in place of the system's.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        if !self.has_start {
            self.environment.start = clock.now();
        }
        self.environment.clock = Some(Owned::new(Arc::new(clock)));
        self
    }

    /// The zero of `relativeCreated`, in place of the time of making.
    pub fn start(mut self, start: impl Into<Timestamp>) -> Self {
        self.environment.start = start.into();
        self.has_start = true;
        self
    }

    /// What records show as the process's name: `MainProcess` unless told.
    pub fn process_name(mut self, name: impl Into<String>) -> Self {
        self.environment.process_name = name.into();
        self
    }

    /// What records show as the process's number, in place of the real one.
    pub fn process_id(mut self, id: u32) -> Self {
        self.environment.process_id = Some(id);
        self
    }

    /// What stands for standard error in this registry: for the last resort, the presets and [`Registry::stderr`]. It is called
    /// for each handler made, and may hand out several writers to one place.
    pub fn stderr(
        mut self,
        open: impl Fn() -> Box<dyn Write + Send> + Send + Sync + 'static,
    ) -> Self {
        self.environment.stderr = Some(Owned::new(Box::new(open)));
        self
    }

    /// Who is told of failures that no error hook takes, a line at a time, in place of standard error.
    ///
    /// It is called on the thread that logs, with no lock held.
    pub fn diagnostics(mut self, receiver: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.environment.diagnostics = Diagnostics::to(Box::new(receiver));
        self
    }

    /// How many names it holds, prefixes of logger names included; 2,097,152 unless set. A name whose logger would need more
    /// [gets a stand-in](Registry::get_logger).
    pub fn max_loggers(mut self, max: usize) -> Self {
        self.max_loggers = Some(max);
        self
    }

    /// The registry.
    #[must_use]
    pub fn build(self) -> Registry {
        let max_loggers = self.max_loggers.unwrap_or(Self::DEFAULT_MAX_LOGGERS);
        // Their numbers have 32 bits.
        let max_loggers = max_loggers.min(u32::MAX as usize);
        Registry::of(Arc::new(self.environment), max_loggers)
    }
}

impl std::fmt::Debug for RegistryBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegistryBuilder").finish_non_exhaustive()
    }
}

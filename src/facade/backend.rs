//! The backend of the `log` facade.

use crate::error::Error;
#[cfg(feature = "tracing")]
use crate::facade::{echo, feedback};
use crate::facade::{gate_cache, target_cache};
use crate::level::Level;
use crate::logger::{Entry, dispatch};
use crate::record::{LazyMessage, Message, Record, Source};
use crate::registry::{Registry, RegistryCore};
#[cfg(feature = "fleet")]
use crate::sys::quiet_thread;

/// Makes the global registry the backend of the `log` facade: from now on, every crate's records
/// go through the tree.
///
/// A record's target is the name of its logger, with `::` as `.`. A target that is no logger's name
/// makes none: the record goes the way of its nearest ancestor's records, by the ancestor's level,
/// and keeps its own name. The facade's maximum level follows the tree from now on.
///
/// [`set_stream_logger`](crate::set_stream_logger) and [`basic_config`](crate::basic_config) do it
/// by themselves where no other backend is installed.
///
/// # Errors
/// [`ErrorKind::AlreadyInstalled`](crate::ErrorKind::AlreadyInstalled) if another backend was
/// installed before; it stays, and nothing is changed. Once the global registry is the backend,
/// further calls are fine.
///
/// # Examples
/// ```
/// logtree::install()?;
/// logtree::get_logger("my_crate").set_level(logtree::Level::DEBUG);
/// log::debug!(target: "my_crate::part", "lands in the tree");
/// # Ok::<(), logtree::Error>(())
/// ```
pub fn install() -> Result<(), Error> {
    Registry::global().install()
}

impl Registry {
    /// Makes this registry the backend of the `log` facade; see [`install`].
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyInstalled`](crate::ErrorKind::AlreadyInstalled) if another backend was
    /// installed before.
    pub fn install(&self) -> Result<(), Error> {
        let backend = || log::set_boxed_logger(Box::new(self.clone()));
        Ok(self.inner().become_backend(backend)?)
    }
}

impl log::Log for Registry {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        target_cache::is_enabled(self.inner(), metadata.target(), metadata.level().into())
    }

    fn log(&self, record: &log::Record<'_>) {
        let registry = self.inner();
        if !gate_cache::is_off(
            record.target(),
            registry.name_epoch(),
            record.level().into(),
        ) {
            log_unless_off(registry, record);
        }
    }

    /// Flushes all handlers of the registry.
    fn flush(&self) {
        for handler in self.handlers() {
            // A failure was, or will be, reported with the record that met it.
            let _ = handler.flush();
        }
    }
}

#[inline(never)]
fn log_unless_off(registry: &RegistryCore, record: &log::Record<'_>) {
    let level = Level::from(record.level());
    let has_key_values = || record.key_values().count() > 0;
    target_cache::with(
        registry,
        record.target(),
        level,
        has_key_values,
        |node, name, by_level| {
            #[cfg(feature = "fleet")]
            if level < Level::WARNING && quiet_thread::is_dropped(record.target()) {
                return;
            }
            #[cfg(feature = "tracing")]
            if feedback::is_refused(registry, echo::is_echo(registry, record)) {
                return;
            }
            let text = LazyMessage::of_arguments(*record.args());
            let source = Source::of_facade(record);
            let mut ours = Record::new(
                &registry.environment,
                name,
                level,
                Message::Lazy(&text),
                &source,
            );
            if has_key_values() {
                ours.set_source_of_key_values(record.key_values());
            }
            dispatch(registry, node, &mut ours, Entry::Call { by_level });
        },
    );
}

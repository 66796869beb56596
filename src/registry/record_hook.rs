//! The function that sees all records of a registry first: [`RecordHook`].

use crate::context::Notice;
use crate::filter::{Filter, SharedFilter};
use crate::record::Record;
use crate::registry::registry::Registry;
use crate::sys::user_code;

impl Registry {
    /// Sets a function that gets each record of the registry first, before the filters of its
    /// logger, and may change it: add a key-value that all records shall have, lower a level,
    /// remove an error. It replaces an earlier one.
    ///
    /// It also gets records of the `log` facade, of `tracing`, and those passed to
    /// [`Logger::handle`](crate::Logger::handle). It is called on the logging thread, with no lock
    /// held. If it panics, the record is processed further as it is then, and the panic is
    /// reported. Levels are tested before, so a record that no logger wants does not reach it.
    ///
    /// # Python
    /// `logging.setLogRecordFactory`, whose function makes the record.
    ///
    /// # Examples
    /// ```
    /// use logtree::Registry;
    /// use logtree::test::Capture;
    ///
    /// let registry = Registry::new();
    /// registry.set_record_hook(|record| record.set_key_value("region", "eu-west-1"));
    /// let capture = Capture::new(&registry.root());
    /// logtree::warn!(registry.get_logger("app"), "ready");
    /// assert_eq!(capture.snapshot(), "WARNING app: ready region=eu-west-1\n");
    /// ```
    pub fn set_record_hook(&self, hook: impl Fn(&mut Record<'_>) + Send + Sync + 'static) {
        self.replace_record_hook(Some(SharedFilter::from(RecordHook(hook))));
    }

    /// Removes the function that [`set_record_hook`](Self::set_record_hook) has set.
    pub fn clear_record_hook(&self) {
        self.replace_record_hook(None);
    }

    fn replace_record_hook(&self, hook: Option<SharedFilter>) {
        let old = self.change(|tree| tree.replace_hook(hook));
        // Outside the lock: dropping it may run user code.
        drop(old);
    }
}

/// A filter that passes each record, after a function has seen it.
struct RecordHook<F>(F);

impl<F: Fn(&mut Record<'_>) + Send + Sync> Filter for RecordHook<F> {
    fn filter(&self, record: &mut Record<'_>) -> bool {
        if let Err(panic) = user_code::call(|| (self.0)(record)) {
            let text = panic.to_string().escape_debug().to_string();
            record.environment.diagnostics.notice(
                Notice::FilterPanicked,
                format_args!("logtree: the record hook panicked: {text}"),
            );
        }
        true
    }
}

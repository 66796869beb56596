//! The filter that changes records: [`EditingFilter`].

use crate::filter::filter::Filter;
use crate::record::Record;

/// Changes each record and refuses none: drops the error or the stack trace, removes key-values, or
/// gives them other keys, as a system that reads the log wants them.
///
/// On a handler it changes what that handler writes, and on a logger what all handlers write. All
/// that is removed is removed first; then key-values are renamed, in the order of the calls.
///
/// # Python
/// A `logging.Filter` that assigns to the record.
///
/// # Examples
/// ```
/// use logtree::Registry;
/// use logtree::filter::EditingFilter;
/// use logtree::test::Capture;
///
/// let logger = Registry::new().get_logger("app");
/// let filter = EditingFilter::new().without_error(true).remove("debug_id").rename("usr", "user");
/// logger.add_filter(filter);
/// let capture = Capture::new(&logger);
/// logtree::error!(logger, usr = "ann", debug_id = 7, err = std::fmt::Error; "failed");
/// assert_eq!(capture.snapshot(), "ERROR app: failed user=ann\n");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct EditingFilter {
    without_error: bool,
    without_stack: bool,
    removed: Vec<String>,
    renamed: Vec<(String, String)>,
}

impl EditingFilter {
    /// Returns a filter that changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether the error is dropped; off by default.
    pub fn without_error(mut self, without: bool) -> Self {
        self.without_error = without;
        self
    }

    /// Sets whether the stack trace is dropped; off by default.
    pub fn without_stack(mut self, without: bool) -> Self {
        self.without_stack = without;
        self
    }

    /// Removes the key-value of a key.
    pub fn remove(mut self, key: impl Into<String>) -> Self {
        self.removed.push(key.into());
        self
    }

    /// Gives the key-value of a key another key. It replaces one that has that key.
    pub fn rename(mut self, key: impl Into<String>, to: impl Into<String>) -> Self {
        self.renamed.push((key.into(), to.into()));
        self
    }
}

impl Filter for EditingFilter {
    fn filter(&self, record: &mut Record<'_>) -> bool {
        if self.without_error {
            record.clear_error();
        }
        if self.without_stack {
            record.clear_stack();
        }
        for key in &self.removed {
            record.remove_key_value(key);
        }
        for (key, to) in &self.renamed {
            record.rename_key_value(key, to.clone());
        }
        true
    }
}

//! What filters change of a record besides its text and level.

use std::borrow::Cow;

use crate::record::call_values::CallValues;
use crate::record::record::Record;
use crate::record::value::OwnedValue;

impl<'a> Record<'a> {
    /// Removes the error, for a filter.
    ///
    /// # Python
    /// `record.exc_info = record.exc_text = None`.
    ///
    /// # Examples
    /// ```
    /// use logtree::Registry;
    /// use logtree::filter::filter_fn;
    /// use logtree::test::Capture;
    ///
    /// let logger = Registry::new().get_logger("app");
    /// logger.add_filter(filter_fn(|record| {
    ///     record.clear_error();
    ///     true
    /// }));
    /// let capture = Capture::new(&logger);
    /// logtree::warn!(logger, err = std::fmt::Error; "failed");
    /// assert_eq!(capture.records()[0].error_text(), None);
    /// ```
    pub fn clear_error(&mut self) {
        self.error = None;
        if self.rare_fields().error.is_some() {
            self.rare_fields.get_mut().error = None;
        }
    }

    /// Removes the stack trace, for a filter.
    ///
    /// # Python
    /// `record.stack_info = None`.
    pub fn clear_stack(&mut self) {
        self.backtrace = None;
        if self.rare_fields().stack.is_some() {
            self.rare_fields.get_mut().stack = None;
        }
    }

    /// Removes a key-value, wherever it comes from, for a filter. Returns `true` if there was one.
    ///
    /// # Python
    /// `del record.key`.
    ///
    /// # Examples
    /// ```
    /// use logtree::Record;
    ///
    /// let mut record = Record::builder().key_value("user", "ann").key_value("rows", 3).build();
    /// assert!(record.remove_key_value("user"));
    /// assert_eq!(format!("{:?}", record.key_values()), "{\"rows\": 3}");
    /// ```
    pub fn remove_key_value(&mut self, key: &str) -> bool {
        if self.key_values().get(key).is_none() {
            return false;
        }
        self.own_key_values().retain(|(known, _)| known != key);
        true
    }

    /// Gives a key-value another key, for a filter; one that has that key is replaced. Returns
    /// `true` if there was one.
    ///
    /// # Examples
    /// ```
    /// use logtree::Record;
    ///
    /// let mut record = Record::builder().key_value("usr", "ann").key_value("rows", 3).build();
    /// assert!(record.rename_key_value("usr", "user.name"));
    /// assert_eq!(format!("{:?}", record.key_values()), "{\"user.name\": \"ann\", \"rows\": 3}");
    /// ```
    pub fn rename_key_value(&mut self, key: &str, to: impl Into<Cow<'a, str>>) -> bool {
        let to = to.into();
        if key == to || self.key_values().get(key).is_none() {
            return key == to && self.key_values().get(key).is_some();
        }
        let own = self.own_key_values();
        own.retain(|(known, _)| *known != to);
        for (known, _) in own.iter_mut().filter(|(known, _)| known == key) {
            known.clone_from(&to);
        }
        true
    }

    /// Makes all key-values the record's own, in the place of those that filters set.
    fn own_key_values(&mut self) -> &mut Vec<(Cow<'a, str>, OwnedValue)> {
        if !self.context.is_empty() || !self.call.is_none() {
            let all = self.key_values().to_owned();
            self.context = &[];
            self.call = CallValues::None;
            self.rare_fields.get_mut().set = all;
        }
        &mut self.rare_fields.get_mut().set
    }
}

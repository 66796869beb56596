//! The key-values of a record, from up to three places.

use std::borrow::Cow;
use std::fmt;

use log::kv::{ToValue, Value};

use crate::record::call_values::CallValues;
use crate::record::value::OwnedValue;

/// Key-values that a scope or an adapter gives to each of its records.
pub(crate) type Context = [(Box<str>, OwnedValue)];

/// A view of a record's key-values; see [`Record::key_values`](super::Record::key_values).
///
/// A key-value of the call hides one of the adapter with the same key, and one that a filter set hides both.
#[derive(Clone, Copy)]
pub struct KeyValues<'r> {
    /// Those of an adapter.
    pub(super) context: &'r Context,
    /// Those of the logging call.
    pub(super) call: CallValues<'r>,
    /// Those that filters set.
    pub(super) set: &'r [(Cow<'r, str>, OwnedValue)],
}

impl<'r> KeyValues<'r> {
    fn call_value(&self, key: &str) -> Option<Value<'r>> {
        self.call.get(key)
    }

    fn set_value(&self, key: &str) -> Option<&'r OwnedValue> {
        let found = self.set.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value)
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'r>> {
        if let Some(value) = self.set_value(key) {
            return Some(value.to_value());
        }
        self.call_value(key).or_else(|| {
            let found = self.context.iter().find(|(known, _)| **known == *key);
            Some(found?.1.to_value())
        })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.context.is_empty() && self.set.is_empty() && self.call.is_empty()
    }

    /// Calls `visit` with each visible key-value: those of the adapter, of the call, and those that filters set.
    ///
    /// A key that the call gives twice is visited twice.
    pub fn for_each(&self, mut visit: impl FnMut(&str, &Value<'_>)) {
        for (key, value) in self.context {
            if self.set_value(key).is_none() && self.call_value(key).is_none() {
                visit(key, &value.to_value());
            }
        }
        self.call.for_each(|key, value| {
            if self.set.is_empty() || self.set_value(key).is_none() {
                visit(key, value);
            }
        });
        for (key, value) in self.set {
            visit(key, &value.to_value());
        }
    }

    #[inline]
    pub(crate) fn has_source(&self) -> bool {
        !self.call.is_none() || !self.context.is_empty() || !self.set.is_empty()
    }

    pub(crate) fn to_owned(self) -> Vec<(Box<str>, OwnedValue)> {
        let mut owned = Vec::new();
        self.for_each(|key, value| owned.push((Box::from(key), OwnedValue::of(value))));
        owned
    }
}

impl fmt::Debug for KeyValues<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        self.for_each(|key, value| {
            map.entry(&key, value);
        });
        map.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_places_hide_earlier_ones() {
        let context = [
            ("a".into(), OwnedValue::from(1)),
            ("b".into(), 2.into()),
            ("c".into(), 3.into()),
        ];
        let call = [("b", Value::from("call")), ("d", Value::from("call"))];
        let mut details = crate::record::details::Details::none();
        details.set_value("c".into(), "set".into());
        details.set_value("d".into(), "set".into());
        details.set_value("d".into(), "again".into());
        let view = KeyValues {
            context: &context,
            call: CallValues::Source(&call),
            set: &details.set,
        };
        assert_eq!(
            format!("{view:?}"),
            r#"{"a": 1, "b": "call", "c": "set", "d": "again"}"#
        );
        for (key, value) in [("a", "1"), ("b", "call"), ("c", "set"), ("d", "again")] {
            assert_eq!(view.get(key).unwrap().to_string(), value);
        }
        assert!(view.get("e").is_none() && !view.is_empty());
        let nothing = KeyValues {
            context: &[],
            call: CallValues::None,
            set: &[],
        };
        assert!(nothing.is_empty() && !nothing.has_source());
    }
}

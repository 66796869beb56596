//! The key-values of a record, from up to three places.

use std::borrow::Cow;
use std::fmt;

use log::kv::{self, Key, ToValue, Value, VisitSource};

use super::OwnedValue;

/// Key-values that an adapter gives to each of its records.
pub(crate) type Context = [(Box<str>, OwnedValue)];

/// Where a record's key-values come from; a later place wins over an earlier one.
#[derive(Clone, Default)]
pub(crate) struct Fields<'a> {
    /// Those of an adapter.
    pub(crate) context: &'a Context,
    /// Those of the logging call.
    pub(crate) call: Option<&'a dyn kv::Source>,
    /// Those that filters set.
    set: Vec<(Cow<'a, str>, OwnedValue)>,
}

impl<'a> Fields<'a> {
    pub(crate) fn set(&mut self, key: Cow<'a, str>, value: OwnedValue) {
        match self.set.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => self.set.push((key, value)),
        }
    }

    pub(crate) fn set_context(&mut self, context: &'a Context) {
        self.context = context;
    }

    pub(crate) fn of_context(context: &'a Context) -> Self {
        Self {
            context,
            ..Self::default()
        }
    }

    fn call_value(&self, key: &str) -> Option<Value<'_>> {
        self.call?.get(Key::from(key))
    }

    fn set_value(&self, key: &str) -> Option<&OwnedValue> {
        self.set
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value)
    }
}

/// A view of a record's key-values; see [`Record::key_values`](super::Record::key_values).
///
/// A key-value of the call hides one of the adapter with the same key, and one that a filter set hides both.
#[derive(Clone, Copy)]
pub struct KeyValues<'r> {
    fields: &'r Fields<'r>,
}

impl<'r> KeyValues<'r> {
    pub(crate) fn new(fields: &'r Fields<'r>) -> Self {
        Self { fields }
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'r>> {
        let fields = self.fields;
        if let Some(value) = fields.set_value(key) {
            return Some(value.to_value());
        }
        let call = fields.call_value(key);
        call.or_else(|| {
            Some(
                fields
                    .context
                    .iter()
                    .find(|(known, _)| **known == *key)?
                    .1
                    .to_value(),
            )
        })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.context.is_empty()
            && self.fields.set.is_empty()
            && self.fields.call.is_none_or(|call| call.count() == 0)
    }

    /// Calls `visit` with each visible key-value: those of the adapter, of the call, and those that filters set.
    ///
    /// A key that the call gives twice is visited twice.
    pub fn for_each(&self, mut visit: impl FnMut(&str, &Value<'_>)) {
        let fields = self.fields;
        for (key, value) in fields.context {
            if fields.set_value(key).is_none() && fields.call_value(key).is_none() {
                visit(key, &value.to_value());
            }
        }
        if let Some(call) = fields.call {
            let mut visitor = Visitor {
                set: fields,
                visit: &mut visit,
            };
            // The visitor never fails, and what a foreign source fails at has no other way to be told.
            let _ = call.visit(&mut visitor);
        }
        for (key, value) in &fields.set {
            visit(key, &value.to_value());
        }
    }

    /// Whether nothing but a plain call can have given key-values, and so nothing hides anything.
    pub(crate) fn is_plain_call(&self) -> bool {
        self.fields.context.is_empty() && self.fields.set.is_empty()
    }

    pub(crate) fn has_source(&self) -> bool {
        self.fields.call.is_some() || !self.is_plain_call()
    }

    pub(crate) fn to_owned(self) -> Vec<(Box<str>, OwnedValue)> {
        let mut owned = Vec::new();
        self.for_each(|key, value| owned.push((Box::from(key), OwnedValue::of(value))));
        owned
    }
}

struct Visitor<'f, V> {
    set: &'f Fields<'f>,
    visit: V,
}

impl<'kvs, V: FnMut(&str, &Value<'_>)> VisitSource<'kvs> for Visitor<'_, V> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        if self.set.set.is_empty() || self.set.set_value(key.as_str()).is_none() {
            (self.visit)(key.as_str(), &value);
        }
        Ok(())
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
        let mut fields = Fields {
            context: &context,
            call: Some(&call),
            ..Fields::default()
        };
        fields.set("c".into(), "set".into());
        fields.set("d".into(), "set".into());
        fields.set("d".into(), "again".into());
        let view = KeyValues::new(&fields);
        assert_eq!(
            format!("{view:?}"),
            r#"{"a": 1, "b": "call", "c": "set", "d": "again"}"#
        );
        for (key, value) in [("a", "1"), ("b", "call"), ("c", "set"), ("d", "again")] {
            assert_eq!(view.get(key).unwrap().to_string(), value);
        }
        assert!(view.get("e").is_none() && !view.is_empty());
        assert!(KeyValues::new(&Fields::default()).is_empty());
    }
}

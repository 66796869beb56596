//! The key-values of a record, from up to three places: [`KeyValues`].

use std::borrow::Cow;
use std::convert::Infallible;
use std::{fmt, vec};

use log::kv::{Key, ToValue, Value};

use crate::record::call_key::KeptKey;
use crate::record::call_values::{CallPair, CallValues};
use crate::record::value::{KeptValue, OwnedValue};

/// A key of a scope or an adapter, or the name of a span's field.
pub(crate) type ContextKey = Cow<'static, str>;

/// Key-values that a scope or an adapter gives to each of its records.
pub(crate) type Context = [(ContextKey, OwnedValue)];

/// Sets a key-value, in place of one of the same key.
pub(crate) fn set_value(
    values: &mut Vec<(ContextKey, OwnedValue)>,
    key: ContextKey,
    value: OwnedValue,
) {
    match values.iter_mut().find(|(known, _)| *known == key) {
        Some((_, known)) => *known = value,
        None => values.push((key, value)),
    }
}

/// The key-values of a record; see [`Record::key_values`](crate::Record::key_values).
///
/// They come from the scope, the adapter and the logging call, and from filters. Where a key occurs
/// in several of these, the later one hides the earlier ones; a key that the call itself gives
/// twice occurs twice.
///
/// The first error and the first stack trace of a call are not among them: they are the record's
/// own, [`Record::error`](crate::Record::error) and [`Record::stack`](crate::Record::stack).
/// Further ones are, by their text.
///
/// # Examples
/// ```
/// use logtree::Record;
///
/// let record = Record::builder().key_value("user", "ann").key_value("rows", 3).build();
/// let mut line = String::new();
/// for (key, value) in record.key_values() {
///     line += &format!("{key}={value} ");
/// }
/// assert_eq!(line, "user=ann rows=3 ");
/// ```
#[derive(Clone, Copy)]
pub struct KeyValues<'r> {
    /// Those of the scope and of an adapter.
    pub(super) context: &'r Context,
    /// Those of the logging call.
    pub(super) call: CallValues<'r>,
    /// Those set by filters.
    pub(super) set: &'r [(Cow<'r, str>, OwnedValue)],
}

impl<'r> KeyValues<'r> {
    // Apart, as only filters set key-values.
    #[inline(never)]
    fn set_value(&self, key: &str) -> Option<&'r OwnedValue> {
        let found = self.set.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value)
    }

    fn is_visible_in_context(&self, key: &str) -> bool {
        self.set_value(key).is_none() && !self.call.has(key)
    }

    #[inline]
    fn is_visible_in_call(&self, key: &str) -> bool {
        self.set.is_empty() || self.set_value(key).is_none()
    }

    /// Returns the value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'r>> {
        if let Some(value) = self.set_value(key) {
            return Some(value.to_value());
        }
        self.call.get(key).or_else(|| {
            let found = self.context.iter().find(|(known, _)| **known == *key);
            Some(found?.1.to_value())
        })
    }

    /// Returns the number of key-values.
    #[must_use]
    pub fn len(&self) -> usize {
        let mut count = 0;
        self.for_each(|_, _| count += 1);
        count
    }

    /// Reports whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.context.is_empty() && self.set.is_empty() && self.call.is_empty()
    }

    /// Calls `visit` with each key-value until it returns an error, without an allocation.
    ///
    /// # Errors
    /// The error of `visit`.
    ///
    /// # Examples
    /// ```
    /// use std::fmt::{Error, Write};
    ///
    /// let record = logtree::Record::builder().key_value("user", "ann").build();
    /// let mut line = String::new();
    /// record.key_values().try_for_each(|key, value| write!(line, " {key}={value}"))?;
    /// assert_eq!(line, " user=ann");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn try_for_each<E>(
        &self,
        mut visit: impl FnMut(&str, &Value<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for (key, value) in self.context {
            if self.is_visible_in_context(key) {
                visit(key, &value.to_value())?;
            }
        }
        self.call.try_for_each(|key, value| {
            if self.is_visible_in_call(key) {
                visit(key, value)
            } else {
                Ok(())
            }
        })?;
        for (key, value) in self.set {
            visit(key, &value.to_value())?;
        }
        Ok(())
    }

    /// [`try_for_each`](Self::try_for_each) for what cannot fail.
    #[inline]
    pub(crate) fn for_each(&self, mut visit: impl FnMut(&str, &Value<'_>)) {
        let visited: Result<(), Infallible> = self.try_for_each(|key, value| {
            visit(key, value);
            Ok(())
        });
        let Ok(()) = visited;
    }

    /// Calls `visit` with each key-value as it is kept: bytes, lists and maps stay what they are.
    #[inline]
    pub(crate) fn for_each_kept(&self, mut visit: impl FnMut(KeptKey<'_>, KeptValue<'_>)) {
        for (key, value) in self.context {
            if self.is_visible_in_context(key) {
                visit(KeptKey::Text(key), KeptValue::Owned(value));
            }
        }
        self.call.for_each_kept(|key, value| {
            if self.is_visible_in_call(key.as_str()) {
                visit(key, value);
            }
        });
        for (key, value) in self.set {
            visit(KeptKey::Text(key), KeptValue::Owned(value));
        }
    }

    /// Returns those of a macro's call, if there are no others.
    #[inline]
    pub(crate) fn of_call(&self) -> Option<&'r [CallPair<'r>]> {
        match self.call {
            CallValues::Macro(values) if self.context.is_empty() && self.set.is_empty() => {
                Some(values)
            }
            _ => None,
        }
    }

    /// Returns an iterator over the key-values. It allocates; [`try_for_each`](Self::try_for_each)
    /// does not.
    pub fn iter(&self) -> KeyValuesIter<'r> {
        let mut list = Vec::new();
        for (key, value) in self.context {
            if self.is_visible_in_context(key) {
                list.push((Key::from(&**key), value.to_value()));
            }
        }
        self.call.collect(&mut list);
        list.retain(|(key, _)| self.is_visible_in_call(key.as_str()));
        let set = self.set.iter();
        list.extend(set.map(|(key, value)| (Key::from(&**key), value.to_value())));
        KeyValuesIter(list.into_iter())
    }

    #[inline]
    pub(crate) fn has_source(&self) -> bool {
        !self.call.is_none() || !self.context.is_empty() || !self.set.is_empty()
    }

    pub(crate) fn to_owned(self) -> Vec<(ContextKey, OwnedValue)> {
        let mut owned = Vec::new();
        self.for_each_kept(|key, value| {
            owned.push((key.as_str().to_owned().into(), value.read(OwnedValue::of)));
        });
        owned
    }
}

impl<'r> IntoIterator for KeyValues<'r> {
    type Item = (Key<'r>, Value<'r>);
    type IntoIter = KeyValuesIter<'r>;

    fn into_iter(self) -> KeyValuesIter<'r> {
        self.iter()
    }
}

impl<'r> IntoIterator for &KeyValues<'r> {
    type Item = (Key<'r>, Value<'r>);
    type IntoIter = KeyValuesIter<'r>;

    fn into_iter(self) -> KeyValuesIter<'r> {
        self.iter()
    }
}

/// An iterator over the key-values of a record; see [`KeyValues::iter`].
#[derive(Debug)]
#[must_use]
pub struct KeyValuesIter<'r>(vec::IntoIter<(Key<'r>, Value<'r>)>);

impl<'r> Iterator for KeyValuesIter<'r> {
    type Item = (Key<'r>, Value<'r>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for KeyValuesIter<'_> {}

impl DoubleEndedIterator for KeyValuesIter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back()
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
    use crate::record::rare_fields::RareFields;

    #[test]
    fn later_places_hide_earlier_ones() {
        let context = [
            ("a".into(), OwnedValue::from(1)),
            ("b".into(), 2.into()),
            ("c".into(), 3.into()),
        ];
        let call = [("b", Value::from("call")), ("d", Value::from("call"))];
        let mut fields = RareFields::none();
        fields.set_value("c".into(), "set".into());
        fields.set_value("d".into(), "set".into());
        fields.set_value("d".into(), "again".into());
        let view = KeyValues {
            context: &context,
            call: CallValues::Source(&call),
            set: &fields.set,
        };
        assert_eq!(
            format!("{view:?}"),
            r#"{"a": 1, "b": "call", "c": "set", "d": "again"}"#
        );
        for (key, value) in [("a", "1"), ("b", "call"), ("c", "set"), ("d", "again")] {
            assert_eq!(view.get(key).unwrap().to_string(), value);
        }
        assert!(view.get("e").is_none() && !view.is_empty());
        assert_eq!((view.len(), view.iter().len()), (4, 4));
        let mut seen = Vec::new();
        let stopped = view.try_for_each(|key, _| {
            seen.push(key.to_owned());
            if key == "b" { Err("enough") } else { Ok(()) }
        });
        assert_eq!(
            (stopped, seen),
            (Err("enough"), vec!["a".into(), "b".into()])
        );
        let nothing = KeyValues {
            context: &[],
            call: CallValues::None,
            set: &[],
        };
        assert!(nothing.is_empty() && !nothing.has_source());
        assert_eq!((nothing.len(), nothing.iter().count()), (0, 0));
    }
}

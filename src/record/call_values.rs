//! The key-values of one logging call: [`CallValues`].

use std::backtrace::Backtrace;
use std::convert::Infallible;
use std::error::Error as StdError;
use std::{mem, path};

#[cfg(feature = "tracing")]
use log::kv::ToValue;
use log::kv::{self, Key, Value, VisitSource};

use crate::record::call_key::{CallKey, KeptKey};
use crate::record::value::KeptValue;
#[cfg(feature = "tracing")]
use crate::record::value::OwnedValue;

/// What a macro takes before the semicolon, under a key.
// With a tag of its own, as a message's.
#[derive(Debug)]
#[repr(u8)]
pub enum CallValue<'a> {
    /// A key-value.
    Value(Value<'a>),
    /// A signed integer.
    Signed(i64),
    /// An unsigned integer.
    Unsigned(u64),
    /// A boolean.
    Bool(bool),
    /// A string.
    Text(&'a str),
    /// A path, which is a key-value by its text.
    Path(path::Display<'a>),
    /// An error: the first is the record's own, the others are key-values by their text.
    Error(&'a (dyn StdError + 'a)),
    /// A stack trace: likewise.
    Backtrace(&'a Backtrace),
}

impl CallValue<'_> {
    /// Returns it, if its type is known.
    #[inline(always)]
    pub(crate) fn typed(&self) -> Option<KeptValue<'_>> {
        match self {
            Self::Signed(value) => Some(KeptValue::Signed(*value)),
            Self::Unsigned(value) => Some(KeptValue::Unsigned(*value)),
            Self::Bool(value) => Some(KeptValue::Bool(*value)),
            Self::Text(text) => Some(KeptValue::Text(text)),
            _ => None,
        }
    }
}

/// A key-value of a macro's call.
pub(crate) type CallPair<'a> = (&'static CallKey, CallValue<'a>);

/// Where the key-values of a call come from.
#[derive(Clone, Copy, Default)]
pub(crate) enum CallValues<'a> {
    #[default]
    None,
    /// A macro of this crate. They are read without the visitors of the facade.
    Macro(&'a [CallPair<'a>]),
    /// The facade, or any other source.
    Source(&'a dyn kv::Source),
    /// A source whose values live no longer than a visit.
    #[cfg(feature = "tracing")]
    Lent(&'a dyn LentValues),
}

/// Key-values that are lent one by one.
#[cfg(feature = "tracing")]
pub(crate) trait LentValues {
    fn for_each(&self, visit: &mut dyn FnMut(&str, &Value<'_>));

    /// Reports whether a key is there, without a copy.
    fn has(&self, key: &str) -> bool;

    /// Returns copies, made at the first call.
    fn kept(&self) -> &[(&'static str, OwnedValue)];
}

impl<'a> CallValues<'a> {
    #[inline]
    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::None => true,
            Self::Macro(values) => !(0..values.len()).any(|at| is_value(values, at)),
            Self::Source(source) => source.count() == 0,
            #[cfg(feature = "tracing")]
            Self::Lent(values) => {
                let mut is_empty = true;
                values.for_each(&mut |_, _| is_empty = false);
                is_empty
            }
        }
    }

    /// Returns the value of a key; the last one, if the call has it twice.
    pub(super) fn get(&self, key: &str) -> Option<Value<'a>> {
        match self {
            Self::None => None,
            Self::Macro(values) => {
                let has_key = |at: &usize| values[*at].0.text == key && is_value(values, *at);
                let at = (0..values.len()).rev().find(has_key)?;
                Some(value_of(&values[at].1))
            }
            Self::Source(source) => source.get(Key::from(key)),
            #[cfg(feature = "tracing")]
            Self::Lent(values) => {
                let mut kept = values.kept().iter().rev();
                kept.find(|(known, _)| *known == key)
                    .map(|(_, value)| value.to_value())
            }
        }
    }

    /// Reports whether the call has a key.
    pub(super) fn has(&self, key: &str) -> bool {
        match self {
            #[cfg(feature = "tracing")]
            Self::Lent(values) => values.has(key),
            _ => self.get(key).is_some(),
        }
    }

    /// Calls `visit` with each key-value, in order, until it returns an error.
    #[inline]
    pub(super) fn try_for_each<E>(
        &self,
        mut visit: impl FnMut(&str, &Value<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::None => Ok(()),
            Self::Macro(values) => {
                for (at, (key, one)) in values.iter().enumerate() {
                    match one {
                        CallValue::Value(value) => visit(key.text, value)?,
                        _ => {
                            if let Some(value) = further_value(values, at) {
                                visit(key.text, &value)?;
                            }
                        }
                    }
                }
                Ok(())
            }
            Self::Source(source) => {
                let mut result = Ok(());
                // An error of the source itself ends its key-values; there is nowhere to report it.
                let _ = source.visit(&mut Visitor(|key: Key<'_>, value: Value<'_>| {
                    // A source may go on after the visitor's error.
                    if result.is_ok() {
                        result = visit(key.as_str(), &value);
                    }
                    result.is_ok()
                }));
                result
            }
            #[cfg(feature = "tracing")]
            Self::Lent(values) => {
                let mut result = Ok(());
                values.for_each(&mut |key, value| {
                    if result.is_ok() {
                        result = visit(key, value);
                    }
                });
                result
            }
        }
    }

    /// Calls `visit` with each key-value as it is kept, in order.
    #[inline]
    pub(super) fn for_each_kept(&self, mut visit: impl FnMut(KeptKey<'_>, KeptValue<'_>)) {
        let Self::Macro(values) = self else {
            let visited: Result<(), Infallible> = self.try_for_each(|key, value| {
                visit(KeptKey::Text(key), KeptValue::Facade(value));
                Ok(())
            });
            let Ok(()) = visited;
            return;
        };
        for (at, (key, one)) in values.iter().enumerate() {
            if let Some(value) = one.typed() {
                visit(KeptKey::Call(key), value);
            } else if let CallValue::Value(value) = one {
                visit(KeptKey::Call(key), KeptValue::Facade(value));
            } else if let Some(value) = further_value(values, at) {
                visit(KeptKey::Call(key), KeptValue::Facade(&value));
            }
        }
    }

    /// Appends the key-values to a list.
    pub(super) fn collect(&self, list: &mut Vec<(Key<'a>, Value<'a>)>) {
        match self {
            Self::None => {}
            Self::Macro(values) => {
                let all = values.iter().enumerate();
                let visible = all.filter(|(at, _)| is_value(values, *at));
                list.extend(visible.map(|(_, (key, one))| (Key::from(key.text), value_of(one))));
            }
            Self::Source(source) => {
                let _ = source.visit(&mut Visitor(|key, value| {
                    list.push((key, value));
                    true
                }));
            }
            #[cfg(feature = "tracing")]
            Self::Lent(values) => {
                let kept = values.kept().iter();
                list.extend(kept.map(|(key, value)| (Key::from(*key), value.to_value())));
            }
        }
    }
}

/// Reports whether it is a key-value: a value, or an error or stack trace after the first.
fn is_value(all: &[CallPair<'_>], at: usize) -> bool {
    let value = &all[at].1;
    let mut earlier = all[..at].iter();
    !matches!(value, CallValue::Error(_) | CallValue::Backtrace(_))
        || earlier.any(|(_, other)| mem::discriminant(other) == mem::discriminant(value))
}

/// Returns what is no value of the facade, where it is a key-value.
#[inline(never)]
fn further_value<'a>(all: &'a [CallPair<'a>], at: usize) -> Option<Value<'a>> {
    is_value(all, at).then(|| value_of(&all[at].1))
}

fn value_of<'a>(value: &'a CallValue<'a>) -> Value<'a> {
    match value {
        CallValue::Value(value) => value.clone(),
        CallValue::Signed(value) => Value::from(*value),
        CallValue::Unsigned(value) => Value::from(*value),
        CallValue::Bool(value) => Value::from(*value),
        CallValue::Text(text) => Value::from(*text),
        CallValue::Path(path) => Value::from_display(path),
        CallValue::Error(error) => Value::from_display(error),
        CallValue::Backtrace(backtrace) => Value::from_display(backtrace),
    }
}

/// Visits until the function returns `false`.
struct Visitor<V>(V);

impl<'kvs, V: FnMut(Key<'kvs>, Value<'kvs>) -> bool> VisitSource<'kvs> for Visitor<V> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        if (self.0)(key, value) {
            Ok(())
        } else {
            Err(kv::Error::msg("the visitor has seen enough"))
        }
    }
}

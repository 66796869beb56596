//! The key-values of one logging call.

use std::backtrace::Backtrace;
use std::error::Error as StdError;
use std::mem;

use log::kv::{self, Key, Value, VisitSource};

/// What stands before the semicolon of a macro's call, under a name.
#[derive(Debug)]
pub enum Captured<'a> {
    /// A key-value.
    Value(Value<'a>),
    /// An error: the first is the record's own, the others are key-values by their text.
    Error(&'a (dyn StdError + 'a)),
    /// A stack of calls, likewise.
    Backtrace(&'a Backtrace),
}

/// Where the key-values of a call stand.
#[derive(Clone, Copy, Default)]
pub(crate) enum CallValues<'a> {
    #[default]
    None,
    /// Those of our macros, which are read without the steps of the facade's visitors.
    Captured(&'a [(&'a str, Captured<'a>)]),
    /// The facade's, or anybody else's.
    Source(&'a dyn kv::Source),
}

impl<'a> CallValues<'a> {
    #[inline]
    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::None => true,
            Self::Captured(captured) => !(0..captured.len()).any(|at| is_value(captured, at)),
            Self::Source(source) => source.count() == 0,
        }
    }

    /// The value of a key; the last one, where it stands twice.
    pub(super) fn get(&self, key: &str) -> Option<Value<'a>> {
        match self {
            Self::None => None,
            Self::Captured(captured) => {
                let has_key = |at: &usize| captured[*at].0 == key && is_value(captured, *at);
                let at = (0..captured.len()).rev().find(has_key)?;
                Some(value_of(&captured[at].1))
            }
            Self::Source(source) => source.get(Key::from(key)),
        }
    }

    /// Calls `visit` with each of them, in order.
    #[inline]
    pub(super) fn for_each(&self, mut visit: impl FnMut(&str, &Value<'_>)) {
        match self {
            Self::None => {}
            Self::Captured(captured) => {
                for (at, (key, one)) in captured.iter().enumerate() {
                    match one {
                        Captured::Value(value) => visit(key, value),
                        other if is_value(captured, at) => visit(key, &value_of(other)),
                        _ => {}
                    }
                }
            }
            // The visitor never fails, and what a foreign source fails at has no other way to be told.
            Self::Source(source) => {
                let _ = source.visit(&mut Visitor(&mut visit));
            }
        }
    }
}

/// Whether it is a key-value: a value, or an error or backtrace behind the first of its kind.
fn is_value(all: &[(&str, Captured<'_>)], at: usize) -> bool {
    let captured = &all[at].1;
    let mut earlier = all[..at].iter();
    matches!(captured, Captured::Value(_))
        || earlier.any(|(_, other)| mem::discriminant(other) == mem::discriminant(captured))
}

fn value_of<'a>(captured: &'a Captured<'a>) -> Value<'a> {
    match captured {
        Captured::Value(value) => value.clone(),
        Captured::Error(error) => Value::from_display(error),
        Captured::Backtrace(backtrace) => Value::from_display(backtrace),
    }
}

struct Visitor<V>(V);

impl<'kvs, V: FnMut(&str, &Value<'_>)> VisitSource<'kvs> for Visitor<V> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        (self.0)(key.as_str(), &value);
        Ok(())
    }
}

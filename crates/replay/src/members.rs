//! A JSON object in the order of its members: [`Members`].

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// The members of an object, in order, each until it is taken.
pub(crate) struct Members(Vec<(String, Value)>);

impl Members {
    /// Reads a line that holds one object.
    pub(crate) fn read(line: &str) -> Option<Self> {
        // Most of what is no object is recognized by its first character.
        let line = line.trim();
        line.starts_with('{')
            .then(|| serde_json::from_str(line).ok())?
    }

    /// Removes and returns the member of the first of these names that exists and that `read`
    /// accepts. A name with dots also is a path through nested objects.
    pub(crate) fn take<R>(
        &mut self,
        names: &[&str],
        read: impl Fn(&Value) -> Option<R>,
    ) -> Option<R> {
        names.iter().find_map(|name| self.take_one(name, &read))
    }

    fn take_one<R>(&mut self, name: &str, read: impl Fn(&Value) -> Option<R>) -> Option<R> {
        if let Some(at) = self.position(name) {
            let found = read(&self.0[at].1)?;
            self.0.remove(at);
            return Some(found);
        }
        let (first, path) = name.split_once('.')?;
        let at = self.position(first)?;
        let (inner, last) = match path.rsplit_once('.') {
            Some((inner, last)) => (inner.split('.').collect(), last),
            None => (Vec::new(), path),
        };
        let object = inner
            .into_iter()
            .try_fold(&mut self.0[at].1, |value, key| value.get_mut(key))?
            .as_object_mut()?;
        let found = read(object.get(last)?)?;
        object.remove(last);
        Some(found)
    }

    /// Returns what has not been taken.
    pub(crate) fn rest(self) -> Vec<(String, Value)> {
        self.0
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(known, _)| known == name)
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

//! Factories of one sort, by name: [`Table`].

use std::collections::BTreeMap;
use std::fmt;

use crate::config::arguments::Arguments;
use crate::error::Error;
use crate::sys::sync::Arc;

/// Builds an object, once the whole document is known to be valid.
pub(in crate::config) type Build<T> = Box<dyn FnOnce() -> Result<T, Error>>;

/// Reads the arguments of an object.
pub(in crate::config) type Factory<T> = dyn Fn(&mut Arguments<'_>) -> Build<T> + Send + Sync;

/// Factories by name; a factory can have several names.
pub(in crate::config) struct Table<T> {
    factories: BTreeMap<String, Arc<Factory<T>>>,
    /// The method of [`Factories`](super::Factories) that adds to this table.
    method: &'static str,
}

impl<T> Table<T> {
    pub(super) fn new(method: &'static str) -> Self {
        Self {
            factories: BTreeMap::new(),
            method,
        }
    }

    pub(super) fn add<B>(
        &mut self,
        names: &[&str],
        factory: impl Fn(&mut Arguments<'_>) -> B + Send + Sync + 'static,
    ) where
        B: FnOnce() -> Result<T, Error> + 'static,
    {
        let factory: Arc<Factory<T>> =
            Arc::new(move |arguments: &mut Arguments<'_>| Box::new(factory(arguments)));
        for name in names {
            self.factories
                .insert((*name).to_owned(), Arc::clone(&factory));
        }
    }

    pub(in crate::config) fn get(&self, name: &str) -> Option<&Factory<T>> {
        self.factories.get(name).map(|factory| &**factory)
    }

    pub(in crate::config) fn names(&self) -> impl Iterator<Item = &str> {
        self.factories.keys().map(|name| &**name)
    }

    pub(in crate::config) fn method(&self) -> &'static str {
        self.method
    }

    /// Returns each factory once, with all its names.
    pub(in crate::config) fn by_factory(&self) -> Vec<(Vec<&str>, &Factory<T>)> {
        let mut by_factory: Vec<(Vec<&str>, &Arc<Factory<T>>)> = Vec::new();
        for (name, factory) in &self.factories {
            match by_factory
                .iter_mut()
                .find(|(_, known)| Arc::ptr_eq(known, factory))
            {
                Some((names, _)) => names.push(name),
                None => by_factory.push((vec![name], factory)),
            }
        }
        by_factory
            .into_iter()
            .map(|(names, factory)| (names, &**factory))
            .collect()
    }
}

impl<T> Clone for Table<T> {
    fn clone(&self) -> Self {
        Self {
            factories: self.factories.clone(),
            method: self.method,
        }
    }
}

impl<T> fmt::Debug for Table<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.factories.keys()).finish()
    }
}

//! What a kind of handler, formatter or filter is given: [`Arguments`].

use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

use serde_json::Value as Json;

use super::check::Check;
use super::fingerprint::Fingerprint;
use super::node::{Map, Node, Place, Value};
use super::problems::Trouble;
use super::value::{FromConfig, Read};
use crate::{Error, ErrorKind, Handler, Registry};

/// The arguments that a document gives a handler, formatter or filter.
///
/// A [kind](super::Kinds) asks for each argument it knows. What is wrong is noted here and reported with all else that is wrong in the
/// document, so asking goes on with a default; what nobody asked for is an error as well, as a misspelt key must not be passed over
/// in silence.
///
/// A key in Python's spelling (`maxBytes`) is found in ours as well (`max_bytes`). What is null counts as not there.
pub struct Arguments<'a> {
    check: &'a Check<'a>,
    name: String,
    path: String,
    place: Place,
    section: &'a Map,
    attributes: Option<&'a Node>,
    /// Notes what is asked for, and complains of nothing.
    describes: bool,
    pub(super) asked: Vec<Asked>,
    asked_attributes: Vec<&'static str>,
    /// The handlers it names.
    pub(super) needs: Vec<String>,
    /// Of all that was read.
    pub(super) fingerprint: Fingerprint,
}

/// A key that a kind knows.
pub(super) struct Asked {
    pub(super) key: String,
    pub(super) required: bool,
    pub(super) schema: Json,
}

/// A handler of the same document, which is there once [the kind's handlers are made](Self::handler).
#[derive(Clone, Default)]
pub struct HandlerRef(Rc<OnceCell<Handler>>);

impl HandlerRef {
    /// The handler. To be asked for by what makes a handler; it is made before those that name it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] when asked too early.
    pub fn handler(&self) -> Result<Handler, Error> {
        let not_made = || Error::new(ErrorKind::InvalidConfig, "the handler is not made yet");
        self.0.get().cloned().ok_or_else(not_made)
    }

    pub(super) fn set(&self, handler: Handler) {
        // It is made once.
        let _ = self.0.set(handler);
    }
}

impl fmt::Debug for HandlerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HandlerRef").field(&self.0.get()).finish()
    }
}

static EMPTY: Map = Map(Vec::new());

impl<'a> Arguments<'a> {
    /// For the section of a name, which stands below `above`.
    pub(super) fn new(
        check: &'a Check<'a>,
        above: &str,
        name: &str,
        place: Place,
        section: &'a Map,
    ) -> Self {
        Self {
            check,
            name: name.to_owned(),
            path: format!("{above}.{name}"),
            place,
            section,
            attributes: section.get("."),
            describes: false,
            asked: Vec::new(),
            asked_attributes: Vec::new(),
            needs: Vec::new(),
            fingerprint: Fingerprint::default(),
        }
    }

    /// For finding out which keys a kind asks for.
    pub(super) fn describing(check: &'a Check<'a>) -> Self {
        Self {
            describes: true,
            ..Self::new(check, "", "", Place::Nowhere, &EMPTY)
        }
    }

    /// An argument that need not be there; `None` as well where it is wrong, which is noted.
    pub fn optional<T: FromConfig>(&mut self, key: &str) -> Option<T> {
        self.ask(key, false, T::schema);
        let node = self.find(key)?;
        self.read(key, node)
    }

    /// An argument that must be there. The default where it is not or is wrong, which is noted: nothing will be made of it.
    pub fn required<T: FromConfig + Default>(&mut self, key: &str) -> T {
        self.ask(key, true, T::schema);
        match self.find(key) {
            Some(node) => self.read(key, node).unwrap_or_default(),
            None => {
                if !self.describes {
                    let message = format!("expected the key {key:?}, which is missing");
                    self.check
                        .trouble(Trouble::new(self.place, message).at(&*self.path));
                }
                T::default()
            }
        }
    }

    /// An attribute that is set afterwards, from the section `"."` (statement 111).
    pub fn attribute<T: FromConfig>(&mut self, name: &'static str) -> Option<T> {
        self.asked_attributes.push(name);
        let attributes = self.attributes?.map()?;
        self.read(&format!(".{name}"), attributes.get(name)?)
    }

    /// A handler of the document, by its name.
    pub fn handler(&mut self, key: &str) -> Option<HandlerRef> {
        self.ask(key, false, String::schema);
        let node = self.find(key)?;
        self.handler_named(key, node)
    }

    /// Handlers of the document, by their names.
    pub fn handlers(&mut self, key: &str) -> Vec<HandlerRef> {
        self.ask(key, false, Vec::<String>::schema);
        let Some(node) = self.find(key) else {
            return Vec::new();
        };
        let Value::List(list) = &node.value else {
            self.mismatch(key, node, "a list of names of handlers", None);
            return Vec::new();
        };
        let named = list.iter().enumerate();
        named
            .filter_map(|(number, node)| self.handler_named(&format!("{key}[{number}]"), node))
            .collect()
    }

    /// An argument that is a section with arguments of its own.
    pub fn section<R>(
        &mut self,
        key: &str,
        read: impl FnOnce(&mut Arguments<'_>) -> R,
    ) -> Option<R> {
        self.ask(key, false, || serde_json::json!({"type": "object"}));
        let node = self.find(key)?;
        let Some(map) = node.map() else {
            self.mismatch(key, node, "a section", None);
            return None;
        };
        let mut inner = Arguments::new(self.check, &self.path, key, node.place, map);
        let result = read(&mut inner);
        inner.finish(&[]);
        self.fingerprint.add(inner.fingerprint.value());
        self.needs.append(&mut inner.needs);
        Some(result)
    }

    /// Notes that an argument is wrong: the message says what was expected.
    pub fn problem(&mut self, key: &str, message: impl Into<String>) {
        if !self.describes {
            let place = self.section.get(key).map_or(self.place, |node| node.place);
            let trouble = Trouble::new(place, message.into());
            self.check.trouble(trouble.at(self.path_of(key)));
        }
    }

    /// What the document calls the thing: the key of its section.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The registry that the configuration is for.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        self.check.registry
    }

    pub(super) fn check(&self) -> &'a Check<'a> {
        self.check
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.section.get(key).is_some()
    }

    fn ask(&mut self, key: &str, required: bool, schema: impl FnOnce() -> Json) {
        let schema = if self.describes { schema() } else { Json::Null };
        self.asked.push(Asked {
            key: key.to_owned(),
            required,
            schema,
        });
    }

    fn path_of(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }

    /// The value of a key in either spelling, with references followed.
    fn find(&mut self, key: &str) -> Option<&'a Node> {
        let ours = snake_case(key);
        let (exact, other) = (self.section.get(key), self.section.get(&ours));
        if ours != key && exact.is_some() && other.is_some() {
            self.problem(&ours, format!("{key:?} and {ours:?} are the same key"));
        }
        let node = self.resolve(key, exact.or(other)?)?;
        (!matches!(node.value, Value::Null)).then_some(node)
    }

    fn resolve(&self, key: &str, node: &'a Node) -> Option<&'a Node> {
        let resolved = self.check.resolve(node);
        resolved
            .map_err(|trouble| self.check.trouble(trouble.at(self.path_of(key))))
            .ok()
    }

    fn read<T: Read>(&mut self, key: &str, node: &Node) -> Option<T> {
        self.fingerprint.add(key);
        let mut canonical = String::new();
        node.write_canonical(&mut canonical);
        self.fingerprint.add(canonical);
        match T::read(node, self.check) {
            Ok(value) => Some(value),
            Err(mismatch) => {
                self.mismatch(key, node, &mismatch.expected, mismatch.suggestion);
                None
            }
        }
    }

    fn mismatch(&self, key: &str, node: &Node, expected: &str, suggestion: Option<String>) {
        let message = format!("expected {expected}, found {}", node.describe());
        let mut trouble = Trouble::new(node.place, message).at(self.path_of(key));
        trouble.suggestion = suggestion;
        self.check.trouble(trouble);
    }

    fn handler_named(&mut self, key: &str, node: &'a Node) -> Option<HandlerRef> {
        let node = self.resolve(key, node)?;
        let Some(name) = node.text() else {
            self.mismatch(key, node, "the name of a handler", None);
            return None;
        };
        let Some(handler) = self.check.handlers.get(name) else {
            let known = self.check.handlers.keys().copied();
            let message = format!("there is no handler {name:?}");
            let trouble = Trouble::new(node.place, message).at(self.path_of(key));
            self.check.trouble_among(trouble, name, known);
            return None;
        };
        self.needs.push(name.to_owned());
        Some(handler.clone())
    }

    /// Complains of what nobody asked for; `common` are the keys that are no argument.
    pub(super) fn finish(&mut self, common: &[&str]) {
        let known = || {
            // `()` and `.` are no words that somebody misspells.
            let asked = self.asked.iter().map(|asked| &*asked.key);
            asked.chain(common.iter().copied().filter(|key| key.len() > 2))
        };
        for (key, node) in &self.section.0 {
            let is_known = known().any(|known| known == key.text || snake_case(known) == key.text);
            if !is_known && !common.contains(&&*key.text) {
                let trouble = Trouble::new(key.place, format!("unknown key {:?}", key.text));
                let trouble = trouble.at(self.path_of(&key.text));
                self.check.trouble_among(trouble, &key.text, known());
            }
            if key.text == "." && common.contains(&".") {
                self.finish_attributes(node);
            }
        }
    }

    fn finish_attributes(&self, node: &Node) {
        let Some(attributes) = node.map() else {
            self.mismatch(".", node, "a section of attributes", None);
            return;
        };
        for (key, _) in &attributes.0 {
            if !self.asked_attributes.contains(&&*key.text) {
                let message = format!("unknown attribute {:?}", key.text);
                let known = self.asked_attributes.iter().copied();
                let trouble = Trouble::new(key.place, message);
                let trouble = trouble.at(format!("{}..{}", self.path, key.text));
                self.check.trouble_among(trouble, &key.text, known);
            }
        }
    }
}

impl fmt::Debug for Arguments<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arguments")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// `max_bytes` for `maxBytes`.
pub(super) fn snake_case(key: &str) -> String {
    let mut snake = String::with_capacity(key.len() + 4);
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

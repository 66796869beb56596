//! What a kind of handler, formatter or filter is given: [`Arguments`].

use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

use serde_json::Value as Json;

use crate::config::check::Check;
use crate::config::fingerprint::Fingerprint;
use crate::config::node::{Map, Node, Place, Value};
use crate::config::problems::Trouble;
use crate::config::value::{FromConfig, Mismatch, Read};
use crate::error::{Error, ErrorKind};
use crate::handler::Handler;
use crate::registry::Registry;

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
    /// The keys that are no argument.
    common: &'static [&'static str],
    attributes: Option<&'a Node>,
    /// The arguments that are given by their places, and the keys of these.
    by_place: &'a [Node],
    places: &'static [&'static str],
    /// Notes what is asked for, and complains of nothing.
    describes: bool,
    /// Whether it takes keys that are not asked for.
    pub(super) takes_others: bool,
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

impl Asked {
    /// Whether it is that key, in either spelling.
    fn is(&self, key: &str) -> bool {
        self.key == key || snake_case(&self.key) == key
    }
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

/// The key of a list of arguments by their places, as INI files give them in `args`.
pub(super) const PLACES: &str = "*";

impl<'a> Arguments<'a> {
    /// For the section of a name, which stands below `above`.
    pub(super) fn new(
        check: &'a Check<'a>,
        above: &str,
        name: &str,
        place: Place,
        section: &'a Map,
        common: &'static [&'static str],
    ) -> Self {
        Self {
            check,
            name: name.to_owned(),
            path: format!("{above}.{name}"),
            place,
            section,
            common,
            attributes: section.get("."),
            by_place: match section.get(PLACES).map(|node| &node.value) {
                Some(Value::List(list)) => list,
                _ => &[],
            },
            places: &[],
            describes: false,
            takes_others: false,
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
            ..Self::new(check, "", "", Place::Nowhere, &EMPTY, &[])
        }
    }

    /// Says which keys the arguments stand for that are given by their places, as in the `args` of an INI file. To be called before
    /// any key is asked for.
    ///
    /// # Examples
    /// ```
    /// use logtree::config::{Arguments, DictConfig, Kinds};
    /// use logtree::Registry;
    /// use logtree::handler::FileHandler;
    ///
    /// let kinds = Kinds::new().handler("app.Log", |arguments: &mut Arguments<'_>| {
    ///     arguments.by_place(&["path"]);
    ///     let path: String = arguments.required("path");
    ///     move || FileHandler::builder(path).delay(true).open()
    /// });
    /// let ini = "[loggers]\nkeys=root\n[handlers]\nkeys=log\n[formatters]\nkeys=\n\
    ///            [logger_root]\nhandlers=log\n[handler_log]\nclass=app.Log\nargs=('app.log',)\n";
    /// DictConfig::from_ini(ini)?.kinds(kinds).apply_to(&Registry::new())?;
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn by_place(&mut self, keys: &'static [&'static str]) {
        self.places = keys;
    }

    /// Takes all keys that are not asked for, rather than refuse them, and returns those of the document that have not been asked for
    /// yet: for a kind that stands in for a class of another program.
    ///
    /// # Examples
    /// ```
    /// use logtree::Record;
    /// use logtree::config::{Arguments, Kinds};
    ///
    /// let kinds = Kinds::new().filter("django.utils.log.RequireDebugFalse", |arguments: &mut Arguments<'_>| {
    ///     arguments.others();
    ///     || Ok(|_: &mut Record<'_>| true)
    /// });
    /// # let _ = kinds;
    /// ```
    pub fn others(&mut self) -> Vec<String> {
        self.takes_others = true;
        let others = self.section.0.iter().map(|(key, node)| (&*key.text, node));
        let is_asked = |key: &str| self.asked.iter().any(|asked| asked.is(key));
        let is_other = |key: &str| !self.common.contains(&key) && !is_asked(key);
        let others: Vec<_> = others.filter(|(key, _)| is_other(key)).collect();
        for (key, node) in &others {
            self.fingerprint.add((key, self.check.canonical(node)));
        }
        others.into_iter().map(|(key, _)| key.to_owned()).collect()
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
        let node = self.find(key);
        self.named_handlers(key, node)
    }

    /// The same where there must be one at least; `why` says what for.
    pub(super) fn some_handlers(&mut self, key: &str, why: &str) -> Vec<HandlerRef> {
        self.ask(
            key,
            true,
            || serde_json::json!({"type": "array", "items": String::schema(), "minItems": 1}),
        );
        let node = self.find(key);
        let is_empty = |node: &Node| matches!(&node.value, Value::List(list) if list.is_empty());
        let (by_name, by_place) = self.given(key);
        if by_name.or(by_place).is_none() || node.is_some_and(is_empty) {
            self.problem(key, format!("expected at least one handler: {why}"));
        }
        self.named_handlers(key, node)
    }

    fn named_handlers(&mut self, key: &str, node: Option<&'a Node>) -> Vec<HandlerRef> {
        let Some(node) = node else {
            return Vec::new();
        };
        let Value::List(list) = &node.value else {
            self.mismatch(key, node, Mismatch::new("a list of names of handlers"));
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
            self.mismatch(key, node, Mismatch::new("a section"));
            return None;
        };
        let mut inner = Arguments::new(self.check, &self.path, key, node.place, map, &[]);
        let result = read(&mut inner);
        inner.finish();
        self.fingerprint.add(inner.fingerprint.value());
        self.needs.append(&mut inner.needs);
        Some(result)
    }

    /// Notes that an argument is wrong: the message says what was expected.
    pub fn problem(&mut self, key: &str, message: impl Into<String>) {
        if !self.describes {
            let node = self.given(key).0.or(self.given(key).1);
            let place = node.map_or(self.place, |node| node.place);
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
        if ours != key && self.section.get(key).is_some() && self.section.get(&ours).is_some() {
            self.problem(&ours, format!("{key:?} and {ours:?} are the same key"));
        }
        let (by_name, by_place) = self.given(key);
        if by_name.is_some() && by_place.is_some() {
            self.problem(key, format!("{key:?} is given twice"));
        }
        let node = self.resolve(key, by_name.or(by_place)?)?;
        (!matches!(node.value, Value::Null)).then_some(node)
    }

    /// The value of a key, in either spelling, and the one at its place.
    fn given(&self, key: &str) -> (Option<&'a Node>, Option<&'a Node>) {
        let by_name = self.section.get(key);
        let by_name = by_name.or_else(|| self.section.get(&snake_case(key)));
        let place = self.places.iter().position(|place| *place == key);
        (by_name, place.and_then(|place| self.by_place.get(place)))
    }

    fn resolve(&self, key: &str, node: &'a Node) -> Option<&'a Node> {
        let resolved = self.check.resolve(node);
        resolved
            .map_err(|trouble| self.check.trouble(trouble.at(self.path_of(key))))
            .ok()
    }

    fn read<T: Read>(&mut self, key: &str, node: &'a Node) -> Option<T> {
        self.fingerprint.add((key, self.check.canonical(node)));
        let read = T::read(node, self.check);
        read.map_err(|mismatch| self.mismatch(key, node, mismatch))
            .ok()
    }

    fn mismatch(&self, key: &str, node: &Node, mismatch: Mismatch) {
        self.check
            .trouble(mismatch.trouble(node).at(self.path_of(key)));
    }

    fn handler_named(&mut self, key: &str, node: &'a Node) -> Option<HandlerRef> {
        let node = self.resolve(key, node)?;
        let Some(name) = node.text() else {
            self.mismatch(key, node, Mismatch::new("the name of a handler"));
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

    /// Notes the keys that were not asked for.
    pub(super) fn finish(&mut self) {
        let common = self.common;
        let known = || {
            // `()` and `.` are no words that somebody misspells.
            let asked = self.asked.iter().map(|asked| &*asked.key);
            asked.chain(common.iter().copied().filter(|key| key.len() > 2))
        };
        if let Some(first) = self.by_place.get(self.places.len()) {
            let message = match self.places.len() {
                0 => "expected no values by their places: name them in kwargs".to_owned(),
                most => format!(
                    "expected at most {most} values by their places; name further ones in kwargs"
                ),
            };
            self.check
                .trouble(Trouble::new(first.place, message).at(&*self.path));
        }
        for (key, node) in &self.section.0 {
            let is_known = self.takes_others
                || known().any(|known| known == key.text || snake_case(known) == key.text);
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
            self.mismatch(".", node, Mismatch::new("a section of attributes"));
            return;
        };
        for (key, _) in &attributes.0 {
            if !self.takes_others && !self.asked_attributes.contains(&&*key.text) {
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

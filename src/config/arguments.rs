//! What a factory of a handler, formatter or filter is given: [`Arguments`].

use std::fmt;

use serde_json::Value as Json;

use crate::config::fingerprint::Fingerprint;
use crate::config::from_config::{FromConfig, Read};
use crate::config::handler_ref::HandlerRef;
use crate::config::mismatch::Mismatch;
use crate::config::node::{Map, Node, Value};
use crate::config::place::Place;
use crate::config::raw_problem::RawProblem;
use crate::config::read_context::ReadContext;
use crate::error::{Chain, Error};
use crate::registry::Registry;

/// The arguments that a document gives a handler, formatter or filter.
///
/// A [factory](super::Factories) requests each argument it knows. A wrong argument is recorded and
/// reported together with all other problems of the document; the factory continues with a default.
/// Keys that were not requested are errors too, so that a misspelled key does not go unnoticed.
///
/// A key in Python's spelling (`maxBytes`) is also found in Rust's (`max_bytes`). A null value
/// counts as absent.
pub struct Arguments<'a> {
    context: &'a ReadContext<'a>,
    name: String,
    path: String,
    place: Place,
    section: &'a Map,
    /// The keys that are not arguments.
    common: &'static [&'static str],
    attributes: Option<&'a Node>,
    /// The positional arguments, and their keys.
    by_place: &'a [Node],
    places: &'static [&'static str],
    /// Whether requests are only recorded and nothing is reported.
    describes: bool,
    /// Whether keys that are not requested are accepted.
    pub(super) takes_others: bool,
    pub(super) asked: Vec<Asked>,
    asked_attributes: Vec<&'static str>,
    /// The names of the handlers that were requested.
    pub(super) needs: Vec<String>,
    /// Of all values that were read.
    pub(super) fingerprint: Fingerprint,
}

/// A key that a factory knows.
pub(super) struct Asked {
    pub(super) key: String,
    pub(super) required: bool,
    pub(super) schema: Json,
}

impl Asked {
    /// Whether this is the key, in either spelling.
    fn is(&self, key: &str) -> bool {
        self.key == key || snake_case(&self.key) == key
    }
}

static EMPTY: Map = Map(Vec::new());

/// The key of the list of positional arguments, which INI files give in `args`.
pub(super) const PLACES: &str = "*";

impl<'a> Arguments<'a> {
    /// Arguments of the section `name`, which is below `above`.
    pub(super) fn new(
        context: &'a ReadContext<'a>,
        above: &str,
        name: &str,
        place: Place,
        section: &'a Map,
        common: &'static [&'static str],
    ) -> Self {
        Self {
            context,
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

    /// Arguments that record which keys a factory requests.
    pub(super) fn describing(context: &'a ReadContext<'a>) -> Self {
        Self {
            describes: true,
            ..Self::new(context, "", "", Place::Nowhere, &EMPTY, &[])
        }
    }

    /// Names the keys of positional arguments, which the `args` of an INI file gives. Must be
    /// called before any key is requested.
    ///
    /// # Examples
    /// ```
    /// use logtree::config::{DictConfig, Factories};
    /// use logtree::Registry;
    /// use logtree::handler::FileHandler;
    ///
    /// let own = Factories::new().handler_deferred("app.Log", |arguments| {
    ///     arguments.by_place(&["path"]);
    ///     let path: String = arguments.required("path");
    ///     move || FileHandler::builder(path).delay(true).open()
    /// });
    /// let ini = "[loggers]\nkeys=root\n[handlers]\nkeys=log\n[formatters]\nkeys=\n\
    ///            [logger_root]\nhandlers=log\n[handler_log]\nclass=app.Log\nargs=('app.log',)\n";
    /// DictConfig::from_ini(ini)?.factories(own).install_in(&Registry::new())?;
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn by_place(&mut self, keys: &'static [&'static str]) {
        self.places = keys;
    }

    /// Accepts all keys that are not requested, and returns those of the document that have not
    /// been requested yet: for a factory that replaces a class of another program.
    ///
    /// # Examples
    /// ```
    /// use logtree::Record;
    /// use logtree::config::Factories;
    ///
    /// let class = "django.utils.log.RequireDebugFalse";
    /// let own = Factories::new().filter(class, |arguments| {
    ///     arguments.others();
    ///     Ok(|_: &mut Record<'_>| true)
    /// });
    /// # let _ = own;
    /// ```
    pub fn others(&mut self) -> Vec<String> {
        self.takes_others = true;
        let others = self.section.0.iter().map(|(key, node)| (&*key.text, node));
        let is_asked = |key: &str| self.asked.iter().any(|asked| asked.is(key));
        let is_other = |key: &str| !self.common.contains(&key) && !is_asked(key);
        let others: Vec<_> = others.filter(|(key, _)| is_other(key)).collect();
        for (key, node) in &others {
            self.fingerprint
                .add((key, self.context.references.canonical(node)));
        }
        others.into_iter().map(|(key, _)| key.to_owned()).collect()
    }

    /// Returns an optional argument; `None` also for a wrong value, which is reported.
    pub fn optional<T: FromConfig>(&mut self, key: &str) -> Option<T> {
        self.ask(key, false, T::schema);
        let node = self.find(key)?;
        self.read(key, node)
    }

    /// Returns a required argument. If it is missing or wrong, which is reported, returns the
    /// default value; the configuration is not applied then.
    pub fn required<T: FromConfig + Default>(&mut self, key: &str) -> T {
        self.ask(key, true, T::schema);
        match self.find(key) {
            Some(node) => self.read(key, node).unwrap_or_default(),
            None => {
                if !self.describes {
                    let message = format!("expected the key {key:?}, which is missing");
                    self.context
                        .report(RawProblem::new(self.place, message).at(&*self.path));
                }
                T::default()
            }
        }
    }

    /// Returns an attribute of the section `"."`.
    ///
    /// # Python
    /// `dictConfig` sets these attributes on the finished object.
    pub fn attribute<T: FromConfig>(&mut self, name: &'static str) -> Option<T> {
        self.asked_attributes.push(name);
        let attributes = self.attributes?.map()?;
        self.read(&format!(".{name}"), attributes.get(name)?)
    }

    /// Returns a handler of the document, given by name.
    pub fn handler(&mut self, key: &str) -> Option<HandlerRef> {
        self.ask(key, false, String::schema);
        let node = self.find(key)?;
        self.handler_named(key, node)
    }

    /// Returns handlers of the document, given by name.
    pub fn handlers(&mut self, key: &str) -> Vec<HandlerRef> {
        self.ask(key, false, Vec::<String>::schema);
        let node = self.find(key);
        self.named_handlers(key, node)
    }

    /// Returns at least one handler of the document; `why` explains the need in the error.
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
            self.mismatch(key, node, Mismatch::new("a list of handler names"));
            return Vec::new();
        };
        let named = list.iter().enumerate();
        named
            .filter_map(|(number, node)| self.handler_named(&format!("{key}[{number}]"), node))
            .collect()
    }

    /// Reads an argument that is a section with arguments of its own.
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
        let mut inner = Arguments::new(self.context, &self.path, key, node.place, map, &[]);
        let result = read(&mut inner);
        inner.finish();
        self.fingerprint.add(inner.fingerprint.value());
        self.needs.append(&mut inner.needs);
        Some(result)
    }

    /// Builds an object from these arguments, and reports why it cannot be built, unless the
    /// arguments are known to be wrong.
    pub(super) fn build<T>(
        &mut self,
        factory: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let problems = self.context.problem_count();
        let built = factory(self);
        if let Err(error) = &built {
            if !self.describes && self.context.problem_count() == problems {
                let problem = RawProblem::new(self.place, Chain::one_line(error).to_string());
                self.context.report(problem.at(&*self.path));
            }
        }
        built
    }

    /// Reports that an argument is wrong. The message says what was expected and what was found.
    pub fn problem(&mut self, key: &str, message: impl Into<String>) {
        if !self.describes {
            let node = self.given(key).0.or(self.given(key).1);
            let place = node.map_or(self.place, |node| node.place);
            let problem = RawProblem::new(place, message.into());
            self.context.report(problem.at(self.path_of(key)));
        }
    }

    /// Returns the name in the document: the key of the section.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the registry that the configuration is for.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        self.context.registry
    }

    pub(super) fn context(&self) -> &'a ReadContext<'a> {
        self.context
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

    /// Returns the value of a key in either spelling, with references followed.
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

    /// Returns the value of a key, in either spelling, and the positional one.
    fn given(&self, key: &str) -> (Option<&'a Node>, Option<&'a Node>) {
        let by_name = self.section.get(key);
        let by_name = by_name.or_else(|| self.section.get(&snake_case(key)));
        let place = self.places.iter().position(|place| *place == key);
        (by_name, place.and_then(|place| self.by_place.get(place)))
    }

    fn resolve(&self, key: &str, node: &'a Node) -> Option<&'a Node> {
        let resolved = self.context.references.resolve(node);
        resolved
            .map_err(|problem| self.context.report(problem.at(self.path_of(key))))
            .ok()
    }

    fn read<T: Read>(&mut self, key: &str, node: &'a Node) -> Option<T> {
        self.fingerprint
            .add((key, self.context.references.canonical(node)));
        let read = T::read(node, self.context);
        read.map_err(|mismatch| self.mismatch(key, node, mismatch))
            .ok()
    }

    fn mismatch(&self, key: &str, node: &Node, mismatch: Mismatch) {
        self.context
            .report(mismatch.problem(node).at(self.path_of(key)));
    }

    fn handler_named(&mut self, key: &str, node: &'a Node) -> Option<HandlerRef> {
        let node = self.resolve(key, node)?;
        let Some(name) = node.text() else {
            self.mismatch(key, node, Mismatch::new("the name of a handler"));
            return None;
        };
        let Some(handler) = self.context.handlers.get(name) else {
            let known = self.context.handlers.keys().copied();
            let message = format!("unknown handler {name:?}");
            let problem = RawProblem::new(node.place, message).at(self.path_of(key));
            self.context.report_among(problem, name, known);
            return None;
        };
        self.needs.push(name.to_owned());
        Some(handler.clone())
    }

    /// Reports the keys that were not requested.
    pub(super) fn finish(&mut self) {
        let common = self.common;
        let known = || {
            // `()` and `.` are not suggested.
            let asked = self.asked.iter().map(|asked| &*asked.key);
            asked.chain(common.iter().copied().filter(|key| key.len() > 2))
        };
        if let Some(first) = self.by_place.get(self.places.len()) {
            let message = match self.places.len() {
                0 => "expected no positional arguments: use kwargs".to_owned(),
                most => format!(
                    "expected at most {most} positional arguments: use kwargs for further ones"
                ),
            };
            self.context
                .report(RawProblem::new(first.place, message).at(&*self.path));
        }
        for (key, node) in &self.section.0 {
            let is_known = self.takes_others
                || known().any(|known| known == key.text || snake_case(known) == key.text);
            if !is_known && !common.contains(&&*key.text) {
                let problem = RawProblem::new(key.place, format!("unknown key {:?}", key.text));
                let problem = problem.at(self.path_of(&key.text));
                self.context.report_among(problem, &key.text, known());
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
                let problem = RawProblem::new(key.place, message);
                let problem = problem.at(format!("{}..{}", self.path, key.text));
                self.context.report_among(problem, &key.text, known);
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

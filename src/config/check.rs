//! What all parts of a check share: the document, the settings, and what was found to be wrong.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use crate::config::arguments::HandlerRef;
use crate::config::kinds::Kinds;
use crate::config::node::{Node, Value};
use crate::config::problems::{MOST_SHOWN, Trouble};
use crate::registry::Registry;

/// How a document is read, whatever stands in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// Below which relative paths lie; `None` is the process's own directory.
    pub(super) directory: Option<PathBuf>,
    pub(super) allow_parent: bool,
    pub(super) disable_existing: Option<bool>,
}

/// A check of one document.
#[derive(Debug)]
pub(crate) struct Check<'c> {
    pub(super) root: &'c Node,
    pub(super) kinds: &'c Kinds,
    pub(super) registry: &'c Registry,
    pub(super) settings: &'c Settings,
    /// The handlers that can be named.
    pub(super) handlers: HashMap<&'c str, HandlerRef>,
    pub(super) troubles: RefCell<Vec<Trouble>>,
    /// The keys at the top that references lead to.
    referenced: RefCell<BTreeSet<String>>,
    /// How many entries were passed on the way to where references lead.
    passed: Cell<usize>,
}

impl<'c> Check<'c> {
    pub(super) fn new(
        root: &'c Node,
        kinds: &'c Kinds,
        registry: &'c Registry,
        settings: &'c Settings,
    ) -> Self {
        Self {
            root,
            kinds,
            registry,
            settings,
            handlers: HashMap::new(),
            troubles: RefCell::default(),
            referenced: RefCell::default(),
            passed: Cell::new(0),
        }
    }

    pub(super) fn trouble(&self, trouble: Trouble) {
        self.troubles.borrow_mut().push(trouble);
    }

    /// The same with a known word that may have been meant; looked for only as long as it will be shown.
    pub(super) fn trouble_among<'k>(
        &self,
        trouble: Trouble,
        word: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let is_shown = self.troubles.borrow().len() < MOST_SHOWN;
        self.trouble(if is_shown {
            trouble.among(word, known)
        } else {
            trouble
        });
    }

    pub(super) fn is_referenced(&self, key: &str) -> bool {
        self.referenced.borrow().contains(key)
    }

    /// Follows references into the document, `cfg://…`, to a value that is none.
    pub(super) fn resolve<'n>(&self, node: &'n Node) -> Result<&'n Node, Trouble>
    where
        'c: 'n,
    {
        self.resolve_at(node, 0)
            .map_err(|message| Trouble::new(node.place, message))
    }

    /// The value as one text, with references inside it followed: equal for equal values.
    pub(super) fn canonical(&self, node: &'c Node) -> String {
        /// References lead in circles, or to more than a document holds: as deep and as long as one can be is enough.
        const DEEPEST: usize = 64;
        const LONGEST: usize = 1024 * 1024;
        let follows = Cell::new(false);
        let resolve = |node: &'c Node, depth: usize, written: usize| {
            if depth > DEEPEST || written > LONGEST {
                return node;
            }
            let resolved = self.resolve(node).unwrap_or(node);
            follows.set(follows.get() || !std::ptr::eq(resolved, node));
            resolved
        };
        let mut canonical = String::new();
        node.write_canonical(0, &resolve, &mut canonical);
        if follows.get() {
            self.passed
                .set(self.passed.get().saturating_add(canonical.len()));
        }
        canonical
    }

    /// Follows the references that a value, and those on the way to it, lead through.
    fn resolve_at<'n>(&self, node: &'n Node, chain: usize) -> Result<&'n Node, String>
    where
        'c: 'n,
    {
        /// A chain that is longer goes round in circles.
        const LONGEST_CHAIN: usize = 16;
        let Some(path) = node.text().and_then(|text| text.strip_prefix("cfg://")) else {
            return Ok(node);
        };
        if chain == LONGEST_CHAIN {
            return Err(format!("the reference cfg://{path} leads to itself"));
        }
        self.follow(path, chain + 1)
    }

    /// The value at `handlers.console.level` or `custom.list[1][key]`.
    fn follow(&self, path: &str, chain: usize) -> Result<&'c Node, String> {
        let mut rest = path.trim();
        let first = take_word(&mut rest)
            .ok_or_else(|| format!("expected a name after cfg://, found {path:?}"))?;
        let missing =
            |key: &str| format!("the reference cfg://{path} leads to nothing: there is no {key:?}");
        let step = |at: &'c Node, key: &str| -> Result<&'c Node, String> {
            let found = self.step(at, key)?.ok_or_else(|| missing(key))?;
            self.resolve_at(found, chain)
        };
        self.referenced.borrow_mut().insert(first.to_owned());
        let mut at = step(self.root, first)?;
        while !rest.is_empty() {
            let key;
            if let Some(after) = rest.strip_prefix('.') {
                rest = after.trim_start();
                key = take_word(&mut rest);
            } else {
                let inner = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
                key = inner.map(|(key, after)| {
                    rest = after.trim_start();
                    key.trim()
                });
            }
            let key = key.ok_or_else(|| {
                format!("expected `.name` or `[key]` at {rest:?} in cfg://{path}")
            })?;
            at = step(at, key)?;
        }
        Ok(at)
    }

    fn step(&self, node: &'c Node, key: &str) -> Result<Option<&'c Node>, String> {
        /// More than any document needs that people write.
        const MOST: usize = 5_000_000;
        let entries = node.map().map_or(0, |map| map.0.len());
        self.passed
            .set(self.passed.get().saturating_add(entries + 1));
        if self.passed.get() > MOST {
            return Err("expected fewer references into large sections".to_owned());
        }
        Ok(match &node.value {
            Value::List(list) => key.parse().ok().and_then(|at: usize| list.get(at)),
            Value::Map(map) => map.get(key),
            _ => None,
        })
    }
}

fn take_word<'t>(rest: &mut &'t str) -> Option<&'t str> {
    let end = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    let word = &rest[..end];
    *rest = rest[end..].trim_start();
    (!word.is_empty()).then_some(word)
}

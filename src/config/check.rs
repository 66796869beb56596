//! What all parts of a check share: the document, the settings, and what was found to be wrong.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use super::arguments::HandlerRef;
use super::kinds::Kinds;
use super::node::{Node, Value};
use super::problems::{MOST_SHOWN, Trouble};
use crate::Registry;

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

    /// Follows references into the document, `cfg://…` (statement 110), to a value that is none.
    pub(super) fn resolve<'n>(&self, node: &'n Node) -> Result<&'n Node, Trouble>
    where
        'c: 'n,
    {
        /// A chain that is longer goes round in circles.
        const LONGEST_CHAIN: usize = 16;
        let mut at = node;
        for _ in 0..LONGEST_CHAIN {
            match at.text().and_then(|text| text.strip_prefix("cfg://")) {
                None => return Ok(at),
                Some(path) => {
                    at = self
                        .follow(path)
                        .map_err(|message| Trouble::new(node.place, message))?
                }
            }
        }
        let message = format!("the reference {} leads to itself", node.describe());
        Err(Trouble::new(node.place, message))
    }

    /// The value at `handlers.console.level` or `custom.list[1][key]`.
    fn follow(&self, path: &str) -> Result<&'c Node, String> {
        let mut rest = path.trim();
        let first = take_word(&mut rest)
            .ok_or_else(|| format!("expected a name behind cfg://, found {path:?}"))?;
        let missing =
            |key: &str| format!("the reference cfg://{path} leads to nothing: there is no {key:?}");
        let mut at = self.step(self.root, first)?.ok_or_else(|| missing(first))?;
        self.referenced.borrow_mut().insert(first.to_owned());
        while !rest.is_empty() {
            let key;
            if let Some(behind) = rest.strip_prefix('.') {
                rest = behind.trim_start();
                key = take_word(&mut rest);
            } else {
                let inner = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
                key = inner.map(|(key, behind)| {
                    rest = behind.trim_start();
                    key.trim()
                });
            }
            let key = key.ok_or_else(|| {
                format!("expected `.name` or `[key]` at {rest:?} in cfg://{path}")
            })?;
            at = self.step(at, key)?.ok_or_else(|| missing(key))?;
        }
        Ok(at)
    }

    fn step(&self, node: &'c Node, key: &str) -> Result<Option<&'c Node>, String> {
        /// More than any document needs that people write.
        const MOST: usize = 20_000_000;
        match &node.value {
            Value::List(list) => Ok(key.parse().ok().and_then(|at: usize| list.get(at))),
            Value::Map(map) => {
                self.passed
                    .set(self.passed.get().saturating_add(map.0.len()));
                if self.passed.get() > MOST {
                    return Err("expected fewer references into large sections".to_owned());
                }
                Ok(map.get(key))
            }
            _ => Ok(None),
        }
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

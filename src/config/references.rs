//! References into a document, `cfg://handlers.console.level`: [`References`].

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use crate::config::node::{Node, Value};
use crate::config::raw_problem::RawProblem;

/// Follows the references of one document.
#[derive(Debug)]
pub(crate) struct References<'c> {
    root: &'c Node,
    /// The top-level keys that references lead to.
    used: RefCell<BTreeSet<String>>,
    /// How many entries were passed on the way to the referenced values.
    passed: Cell<usize>,
}

impl<'c> References<'c> {
    pub(super) fn new(root: &'c Node) -> Self {
        Self {
            root,
            used: RefCell::default(),
            passed: Cell::new(0),
        }
    }

    pub(super) fn root(&self) -> &'c Node {
        self.root
    }

    /// Whether a reference led to a top-level key.
    pub(super) fn is_used(&self, key: &str) -> bool {
        self.used.borrow().contains(key)
    }

    /// Follows references to a value that is none.
    pub(super) fn resolve<'n>(&self, node: &'n Node) -> Result<&'n Node, RawProblem>
    where
        'c: 'n,
    {
        self.resolve_at(node, 0)
            .map_err(|message| RawProblem::new(node.place, message))
    }

    /// Returns the value as one string, with the references inside it followed: equal for equal
    /// values.
    pub(super) fn canonical(&self, node: &'c Node) -> String {
        /// References can form circles, or expand to more than a document holds; this depth and
        /// length are those of the largest document.
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

    /// Follows the references of a value, and those of the values on the way.
    fn resolve_at<'n>(&self, node: &'n Node, chain: usize) -> Result<&'n Node, String>
    where
        'c: 'n,
    {
        /// A longer chain is taken for a circle.
        const LONGEST_CHAIN: usize = 16;
        let Some(path) = node.text().and_then(|text| text.strip_prefix("cfg://")) else {
            return Ok(node);
        };
        if chain == LONGEST_CHAIN {
            return Err(format!("the reference cfg://{path} leads to itself"));
        }
        self.follow(path, chain + 1)
    }

    /// Returns the value at `handlers.console.level` or `custom.list[1][key]`.
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
        self.used.borrow_mut().insert(first.to_owned());
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
        /// More than a document written by hand needs.
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

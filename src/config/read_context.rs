//! What all parts of a check share: [`ReadContext`].

use std::cell::RefCell;
use std::collections::HashMap;

use crate::config::handler_ref::HandlerRef;
use crate::config::node::Node;
use crate::config::raw_problem::{MOST_SHOWN, RawProblem};
use crate::config::references::References;
use crate::config::settings::Settings;
use crate::config::streams::Streams;
use crate::registry::Registry;

/// What a document is read with, and the problems found so far.
#[derive(Debug)]
pub(crate) struct ReadContext<'c> {
    pub(super) references: References<'c>,
    pub(super) registry: &'c Registry,
    pub(super) settings: &'c Settings,
    pub(super) streams: &'c Streams,
    /// The handlers that can be named.
    pub(super) handlers: HashMap<&'c str, HandlerRef>,
    problems: RefCell<Vec<RawProblem>>,
}

impl<'c> ReadContext<'c> {
    pub(super) fn new(
        root: &'c Node,
        registry: &'c Registry,
        settings: &'c Settings,
        streams: &'c Streams,
    ) -> Self {
        Self {
            references: References::new(root),
            registry,
            settings,
            streams,
            handlers: HashMap::new(),
            problems: RefCell::default(),
        }
    }

    pub(super) fn report(&self, problem: RawProblem) {
        self.problems.borrow_mut().push(problem);
    }

    /// Reports a problem together with the known word that may have been meant, which is looked
    /// for only as long as it will be shown.
    pub(super) fn report_among<'k>(
        &self,
        problem: RawProblem,
        word: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        self.report(if self.problem_count() < MOST_SHOWN {
            problem.among(word, known)
        } else {
            problem
        });
    }

    pub(super) fn problem_count(&self) -> usize {
        self.problems.borrow().len()
    }

    pub(super) fn take_problems(&self) -> Vec<RawProblem> {
        self.problems.take()
    }
}

//! Tails on a tree: what they show, and what they leave as it is.

mod crowded;
mod resumed;
mod shown;

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use proptest::prelude::*;

use super::*;
use crate::control::tail::filter::Names;
use crate::handler::{Handler, StreamHandler};
use crate::level::Level;
use crate::level_spec::LevelSpec;
use crate::logger::Logger;
use crate::record::Record;
use crate::registry::Registry;
use crate::sys::process::InChild;
use crate::sys::sync::Arc;

fn asks(registry: &Registry, levels: &str) -> TailFilter {
    let spec = LevelSpec::parse_in(registry, levels);
    assert!(spec.problems().is_empty(), "{:?}", spec.problems());
    let levels = spec.levels().map(|(name, level)| (name.to_owned(), level));
    TailFilter {
        levels: Some(levels.collect()),
        ..TailFilter::default()
    }
}

/// Begins a first tail, from now on.
fn tailing(registry: &Registry, filter: TailFilter) -> (Tails, Tail) {
    let tails = Tails::new(registry, TailOptions::default());
    let tail = tails.begin(filter, Start::Latest(0)).unwrap();
    (tails, tail)
}

fn small(tails: usize) -> TailOptions {
    TailOptions {
        tails,
        backlog: 4,
        ..TailOptions::default()
    }
}

fn next(tail: &mut Tail) -> Option<Batch> {
    tail.tails().0.settle();
    match tail.poll_batch(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(batch) => Some(batch),
        Poll::Pending => None,
    }
}

fn messages(tail: &mut Tail) -> Vec<String> {
    let mut messages = Vec::new();
    while let Some(batch) = next(tail) {
        let events = batch.events.iter();
        messages.extend(events.map(|event| event.record().message().to_owned()));
    }
    messages
}

fn gates(loggers: &[Logger]) -> Vec<u16> {
    loggers.iter().map(|logger| logger.node().gate()).collect()
}

fn resume(tails: &Tails, filter: TailFilter, position: Position) -> (Option<Gap>, Vec<String>) {
    let mut tail = tails.begin(filter, Start::After(position)).unwrap();
    let gap = tail_gap(&mut tail);
    (
        gap.0,
        gap.1.into_iter().chain(messages(&mut tail)).collect(),
    )
}

fn tail_gap(tail: &mut Tail) -> (Option<Gap>, Vec<String>) {
    let batch = next(tail).unwrap_or_default();
    let events = batch.events.iter();
    let messages = events.map(|event| event.record().message().to_owned());
    (batch.gap, messages.collect())
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Logs one record that is shown, and returns it.
fn next_event(tail: &mut Tail, logger: &Logger) -> Event {
    logger.warning("first");
    next(tail).unwrap().events.remove(0)
}

proptest! {
    /// A node's gate is open for the most verbose of the taps, each by its nearest level; and what
    /// has been opened is closed again.
    #[test]
    fn gates_are_open_for_the_nearest_levels(
        taps in prop::collection::vec(
            (prop::collection::vec((0_usize..8, 0_usize..5), 1..4), any::<bool>()), 1..8
        )
    ) {
        const NAMES: [&str; 8] = ["", "a", "a.b", "a.b.c", "a.b.d", "a.e", "f", "f.g.h"];
        const LEVELS: [Level; 5] =
            [Level::DEBUG, Level::INFO, Level::ERROR, Level::OFF, Level::TRACE];
        let registry = Registry::new();
        let loggers = NAMES.map(|name| registry.get_logger(name));
        let tails = Tails::new(&registry, small(64));
        let mut open: Vec<(Tail, TailFilter)> = Vec::new();
        for (levels, ends_one) in taps {
            let levels: BTreeMap<_, _> = levels.into_iter().collect();
            let filter = TailFilter {
                levels: Some(levels.iter().map(|(name, level)| {
                    (NAMES[*name].to_owned(), LEVELS[*level])
                }).collect()),
                ..TailFilter::default()
            };
            open.push((tails.begin(filter.clone(), Start::Latest(0)).unwrap(), filter));
            if ends_one {
                drop(open.remove(open.len() / 2));
            }
            for (name, logger) in NAMES.iter().zip(&loggers) {
                let is_wanted = |level: &u16| {
                    let level = Level::new(*level);
                    let names = Names { logger: name, owner: None };
                    open.iter().any(|(_, filter)| filter.wants(names, level, false))
                };
                let expected = [5, 10, 20, 30].into_iter().find(is_wanted).unwrap_or(30);
                prop_assert_eq!(logger.node().gate(), expected, "{:?}", name);
                // One handler, so that each record is copied once.
                prop_assert!(logger.node().route().taps.len() <= 1);
            }
        }
        drop(open);
        prop_assert_eq!(gates(&loggers), [Level::WARNING.number(); 8]);
    }
}

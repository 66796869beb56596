//! Tails on a tree: what they show, and what they leave as it is.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use proptest::prelude::*;

use super::*;
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

#[test]
fn it_opens_what_it_asks_for_and_closes_it_again() {
    let registry = Registry::new();
    let shown = StreamHandler::new(Vec::new());
    registry.root().add_handler(shown.clone());
    let names = ["root", "botocore", "botocore.client", "urllib3", "other"];
    let loggers = names.map(|name| registry.get_logger(name));
    let before = gates(&loggers);
    let tails = Tails::new(&registry, TailOptions::default());
    let levels = asks(&registry, "botocore=DEBUG,urllib3=INFO,not.there=DEBUG");
    let mut tail = tails.begin(levels, Start::Latest(0)).unwrap();
    assert_eq!(gates(&loggers), [30, 10, 10, 20, 30]);
    for logger in &loggers {
        for level in [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARNING] {
            let message = format!("{} {level}", logger.name());
            logger.log(level, &message);
        }
    }
    let expected = [
        "botocore DEBUG",
        "botocore INFO",
        "botocore WARNING",
        "botocore.client DEBUG",
        "botocore.client INFO",
        "botocore.client WARNING",
        "urllib3 INFO",
        "urllib3 WARNING",
    ];
    assert_eq!(messages(&mut tail), expected);
    assert_eq!(shown.counters().written(), 5);
    // The facade's records of a target that is no logger come to the place that was made for it.
    let mut record = log::Record::builder();
    record.target("not::there::x").level(log::Level::Debug);
    log::Log::log(&registry, &record.args(format_args!("from far")).build());
    assert_eq!(messages(&mut tail), ["from far"]);
    assert!(
        !registry
            .logger_names()
            .iter()
            .any(|name| name.starts_with("not"))
    );

    let second = tails.begin(asks(&registry, "botocore=INFO"), Start::Latest(0));
    drop(tail);
    assert_eq!(gates(&loggers), [30, 20, 20, 30, 30]);
    drop(second);
    assert_eq!(gates(&loggers), before);
}

#[test]
fn without_levels_it_shows_what_the_loggers_show() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let (tails, mut tail) = tailing(&registry, TailFilter::default());
    assert_eq!(logger.node().gate(), 30);
    let mut verbose = tails
        .begin(asks(&registry, "DEBUG"), Start::Latest(0))
        .unwrap();
    logger.debug("hidden");
    logger.warning("shown");
    assert_eq!(messages(&mut tail), ["shown"]);
    assert_eq!(messages(&mut verbose), ["hidden", "shown"]);
}

#[test]
fn it_shows_nothing_that_is_disabled_or_vetoed() {
    let registry = Registry::new();
    let [app, apart, vetoing, off] =
        ["app", "app.apart", "app.veto", "app.off"].map(|name| registry.get_logger(name));
    apart.set_propagate(false);
    vetoing.add_filter(|_: &mut Record<'_>| false);
    off.set_disabled(true);
    let (_tails, mut tail) = tailing(&registry, asks(&registry, "TRACE"));
    registry.disable(Level::INFO);
    for logger in [&app, &apart, &vetoing, &off] {
        logger.info("disabled");
        logger.error(logger.name());
    }
    assert_eq!(messages(&mut tail), ["app", "app.apart"]);
}

#[test]
fn a_deeper_level_keeps_a_gate_closed() {
    let registry = Registry::new();
    let loggers = ["a", "noisy", "noisy.x", "noisy.x.y"].map(|name| registry.get_logger(name));
    let levels = asks(&registry, "DEBUG,noisy=OFF,noisy.x.y=INFO");
    let (_tails, mut tail) = tailing(&registry, levels);
    assert_eq!(gates(&loggers), [10, 30, 30, 20]);
    loggers[1].warning("shown, but not asked for");
    loggers[3].info("asked for");
    assert_eq!(messages(&mut tail), ["asked for"]);
}

#[test]
fn secrets_are_neither_shown_nor_found() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let (tails, mut tail) = tailing(&registry, TailFilter::default());
    let searching = |text: &str, kv: &str| TailFilter {
        text: (!text.is_empty()).then(|| text.to_owned()),
        key_values: if kv.is_empty() {
            vec![]
        } else {
            vec![("password".into(), kv.into())]
        },
        ..TailFilter::default()
    };
    let mut by_text = tails
        .begin(searching("hunter2", ""), Start::Latest(0))
        .unwrap();
    let mut by_value = tails
        .begin(searching("", "hunter2"), Start::Latest(0))
        .unwrap();
    crate::warn!(logger, password = "hunter2"; "user=ann password=hunter2");
    let batch = next(&mut tail).unwrap();
    let shown = format!("{:?}", batch.events[0].record());
    assert!(
        shown.contains("ann") && !shown.contains("hunter2"),
        "{shown}"
    );
    assert!(messages(&mut by_text).is_empty() && messages(&mut by_value).is_empty());
}

#[test]
fn loggers_of_secrets_show_no_more_than_their_levels() {
    let registry = Registry::new();
    let [wire, app] = ["app.wire", "app"].map(|name| registry.get_logger(name));
    let tails = Tails::new(&registry, TailOptions::default());
    let begin = |keeps_secrets| {
        let filter = TailFilter {
            keeps_secrets,
            ..asks(&registry, "app=DEBUG")
        };
        tails.begin(filter, Start::Latest(0)).unwrap()
    };
    let (mut keeping, mut showing) = (begin(true), begin(false));
    wire.debug("secret");
    wire.info("wire");
    app.debug("app");
    assert_eq!(messages(&mut keeping), ["wire", "app"]);
    assert_eq!(messages(&mut showing), ["secret", "wire", "app"]);
    wire.set_level(Level::DEBUG);
    wire.debug("shown by its level");
    assert_eq!(messages(&mut keeping), ["shown by its level"]);
}

#[test]
fn so_many_tails_and_no_more() {
    let registry = Registry::new();
    let tails = Tails::new(&registry, TailOptions::default());
    let begin = || tails.begin(TailFilter::default(), Start::Latest(0));
    let mut eight: Vec<_> = (0..8).map(|_| begin().unwrap()).collect();
    let refused = begin().err().unwrap();
    assert_eq!(refused.kind(), crate::error::ErrorKind::LimitExceeded);
    eight.pop();
    drop(begin().unwrap());
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

#[test]
fn a_tail_goes_on_where_another_ended() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let tails = Tails::new(&registry, small(8));
    let mut tail = tails
        .begin(TailFilter::default(), Start::Latest(9))
        .unwrap();
    logger.warning("1");
    let batch = next(&mut tail).unwrap();
    let position = tails.position(&batch.events[0]);
    drop(tail);
    for message in ["2", "3", "4", "5"] {
        logger.warning(message);
    }
    let all = TailFilter::default;
    assert_eq!(
        resume(&tails, all(), position),
        (None, ["2", "3", "4", "5"].map(String::from).to_vec())
    );
    logger.warning("6");
    logger.warning("7");
    let (gap, shown) = resume(&tails, all(), position);
    assert_eq!(
        (gap.unwrap().records, shown),
        (Some(2), ["4", "5", "6", "7"].map(String::from).to_vec())
    );
    // What levels hide is not kept without a tail.
    let last = Position {
        seq: position.seq + 6,
        ..position
    };
    let (gap, shown) = resume(&tails, asks(&registry, "app=DEBUG"), last);
    assert!(shown.is_empty());
    let expected = Gap {
        after: last,
        records: Some(0),
        hidden: true,
    };
    assert_eq!(gap, Some(expected));
    // Of another process, or of a time to come.
    for unknown in [
        Position {
            boot: position.boot ^ 1,
            ..position
        },
        Position {
            seq: u64::MAX,
            ..position
        },
    ] {
        let (gap, shown) = resume(&tails, all(), unknown);
        assert_eq!((gap.unwrap().records, shown.len()), (None, 4));
    }
    // The latest, oldest first.
    let mut tail = tails.begin(all(), Start::Latest(2)).unwrap();
    assert_eq!(messages(&mut tail), ["6", "7"]);
    drop(tail);

    // The history ends after the last tail, if no other one came.
    let departures = tails.departures();
    drop(tails.begin(all(), Start::Latest(0)));
    tails.rest(departures);
    assert!(!registry.root().node().route().taps.is_empty());
    tails.rest(tails.departures());
    assert!(registry.root().node().route().taps.is_empty());
    logger.warning("not kept");
    let (gap, shown) = resume(&tails, all(), last);
    assert_eq!((gap.unwrap().records, shown), (None, Vec::new()));
}

#[test]
fn a_history_that_is_always_kept() {
    let registry = Registry::new();
    let options = TailOptions {
        keeps_backlog: true,
        ..small(8)
    };
    let tails = Tails::new(&registry, options);
    registry.get_logger("app").warning("before any tail");
    tails.rest(tails.departures());
    let mut tail = tails
        .begin(TailFilter::default(), Start::Latest(9))
        .unwrap();
    assert_eq!(messages(&mut tail), ["before any tail"]);
    drop(tail);
    drop(tails);
    assert!(registry.root().node().route().taps.is_empty());
}

#[test]
fn a_child_has_no_tails() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let (tails, mut tail) = tailing(&registry, asks(&registry, "DEBUG"));
    assert_eq!(logger.node().gate(), 10);
    Arc::clone(&tails.0).in_child();
    assert_eq!(logger.node().gate(), 30);
    assert!(registry.root().node().route().taps.is_empty());
    logger.warning("in the child");
    assert!(next(&mut tail).is_none());
    drop(tail);
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_tail_is_woken_once_until_it_looks_again() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let (tails, mut tail) = tailing(&registry, TailFilter::default());
    let woken = Arc::<Woken>::default();
    let waker = Waker::from(Arc::clone(&woken));
    logger.warning("1");
    tails.0.settle();
    assert_eq!(woken.0.load(Ordering::Relaxed), 0);
    assert!(tail.poll_batch(&mut Context::from_waker(&waker)).is_ready());
    for round in 1..3 {
        assert!(
            tail.poll_batch(&mut Context::from_waker(&waker))
                .is_pending()
        );
        logger.warning("2");
        logger.warning("3");
        tails.0.settle();
        assert_eq!(woken.0.load(Ordering::Relaxed), round);
        assert!(tail.poll_batch(&mut Context::from_waker(&waker)).is_ready());
    }
}

/// Names that are asked for, and of which there is no logger, take no room in the registry for
/// longer than the tail.
#[test]
fn names_without_loggers_leave_nothing() {
    let registry = Registry::builder().max_loggers(64).build();
    let app = registry.get_logger("app.core");
    let tails = Tails::new(&registry, TailOptions::default());
    let count = || registry.inner().read(|tree| tree.len());
    let before = count();
    let log = |target: &str, text: &str| {
        let mut record = log::Record::builder();
        record.target(target).level(log::Level::Debug);
        log::Log::log(&registry, &record.args(format_args!("{text}")).build());
    };
    for round in 0..200 {
        let levels = format!("new{round}.a.b=DEBUG,new{round}=INFO,app.core.x=DEBUG,app=INFO");
        let mut tail = tails.begin(asks(&registry, &levels), Start::Latest(0));
        let tail = tail.as_mut().unwrap();
        // A thread remembers what it logs on.
        thread::scope(|scope| {
            let logging = scope.spawn(|| {
                log(&format!("new{round}::a::b::c"), "seen");
                log("app::core::x", "seen too");
                log("app::core", "hidden");
            });
            logging.join().unwrap();
        });
        assert_eq!(messages(tail), ["seen", "seen too"], "{round}");
    }
    assert_eq!(count(), before);
    log("new1::a::b", "hidden");

    // One that a program asks for meanwhile stays, with what it needs.
    let tail = tails.begin(
        asks(&registry, "made.a=DEBUG,made.a.b.c=INFO"),
        Start::Latest(0),
    );
    let made = registry.get_logger("made.a.b");
    assert!(made.is_enabled_for(Level::DEBUG));
    drop(tail);
    assert!(!made.is_enabled_for(Level::INFO) && made.is_enabled_for(Level::WARNING));
    assert_eq!(count(), before + 3);
    registry.get_logger("made").set_level(Level::DEBUG);
    assert!(made.is_enabled_for(Level::DEBUG) && !app.is_enabled_for(Level::DEBUG));
    // What was given back is used again.
    for (number, name) in (11..).zip(["x.y", "z", "made.a.b.c"]) {
        let logger = registry.get_logger(name);
        logger.set_level(Level::new(number));
        let level = registry.get_logger(name).effective_level();
        assert_eq!(level.number(), number);
    }
    assert_eq!(count(), before + 7);
}

/// What the thread that serves tails logs would have it log again, without end.
#[test]
fn what_their_own_threads_log_reaches_no_tail() {
    let registry = Registry::new();
    let logger = registry.get_logger("mio.poll");
    let tails = Tails::new(&registry, TailOptions::default());
    let begin = |levels| tails.begin(asks(&registry, levels), Start::Latest(0));
    let mut tail = begin("TRACE").unwrap();
    let own = logger.clone();
    let serving = thread::spawn(move || {
        become_own_thread();
        own.trace("registering");
        own.error("failed");
    });
    serving.join().unwrap();
    logger.trace("of another thread");
    assert_eq!(messages(&mut tail), ["of another thread"]);
}

/// The queue's thread hangs: what has no room is counted for the tails that ask for it, and as
/// missing for one that resumes.
#[test]
fn what_has_no_room_on_its_way_is_counted() {
    let registry = Registry::new();
    let loggers = ["app", "other"].map(|name| registry.get_logger(name));
    let options = TailOptions {
        // So many that all that had room is part of the history.
        bytes: 128 * 1024,
        ..TailOptions::default()
    };
    let tails = Tails::new(&registry, options);
    let begin = |start| tails.begin(asks(&registry, "app=DEBUG"), start).unwrap();
    let mut tail = begin(Start::Latest(0));
    let first = next_event(&mut tail, &loggers[0]);
    let first = tails.position(&first);
    const RECORDS: u64 = 10_000;
    let (hold, is_held, go_on) = (tails.clone(), Barrier::new(2), Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            let held = hold.0.exchange.state();
            is_held.wait();
            go_on.wait();
            drop(held);
        });
        is_held.wait();
        for _ in 0..RECORDS {
            for logger in &loggers {
                logger.debug("least");
                logger.warning("shown");
            }
        }
        go_on.wait();
    });
    let (mut got, mut dropped) = (BTreeMap::new(), BTreeMap::new());
    while let Some(batch) = next(&mut tail) {
        for (level, count) in batch.dropped.into_iter().flat_map(|dropped| dropped.counts) {
            *dropped.entry(level).or_insert(0) += count;
        }
        for event in batch.events {
            assert_eq!(event.record().name(), "app");
            *got.entry(event.record().level()).or_insert(0) += 1;
        }
    }
    for level in [Level::DEBUG, Level::WARNING] {
        let lost = dropped.get(&level).copied().unwrap_or(0);
        assert!(lost > 0, "{level}: {got:?} {dropped:?}");
        assert_eq!(
            got.get(&level).copied().unwrap_or(0) + lost,
            RECORDS,
            "{level}"
        );
    }
    assert!(
        dropped[&Level::DEBUG] >= dropped[&Level::WARNING],
        "{dropped:?}"
    );
    let mut resumed = tails
        .begin(TailFilter::default(), Start::After(first))
        .unwrap();
    let (gap, mut shown) = tail_gap(&mut resumed);
    shown.extend(messages(&mut resumed));
    let missing = gap.unwrap().records.unwrap();
    assert_eq!(missing + shown.len() as u64, 2 * RECORDS);
}

/// Logs one record that is shown, and returns it.
fn next_event(tail: &mut Tail, logger: &Logger) -> Event {
    logger.warning("first");
    next(tail).unwrap().events.remove(0)
}

/// Tails that take nothing: what others get is whole, and each record is counted.
#[test]
fn stalled_tails_slow_no_thread_and_count_what_they_drop() {
    const THREADS: usize = 8;
    const RECORDS: usize = 2_000;
    let registry = Registry::new();
    let handler = Handler::from(StreamHandler::new(Vec::new()));
    registry.root().add_handler(handler.clone());
    let tails = Tails::new(
        &registry,
        TailOptions {
            tails: 64,
            ..TailOptions::default()
        },
    );
    let begin = |levels| {
        tails
            .begin(asks(&registry, levels), Start::Latest(0))
            .unwrap()
    };
    let mut stalled: Vec<_> = (0..32).map(|_| begin("INFO")).collect();
    let mut seen: Vec<u64> = Vec::new();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|number| {
                let logger = registry.get_logger(format!("app.t{number}"));
                scope.spawn(move || {
                    for at in 0..RECORDS {
                        let level = [Level::INFO, Level::WARNING, Level::ERROR][at % 3];
                        crate::log!(logger, level, at = at; "record {at}");
                    }
                })
            })
            .collect();
        // One that comes and goes meanwhile sees its records in their order.
        while threads.iter().any(|thread| !thread.is_finished()) {
            let mut tail = begin("WARNING");
            for _ in 0..20 {
                let events = next(&mut tail).unwrap_or_default().events;
                seen.extend(events.iter().map(|event| event.seq));
            }
        }
    });
    assert!(seen.is_sorted() && seen.windows(2).all(|two| two[0] < two[1]));
    let shown = THREADS * (0..RECORDS).filter(|record| record % 3 > 0).count();
    assert_eq!(handler.counters().written(), shown as u64);
    for tail in &mut stalled {
        let (mut got, mut dropped) = (BTreeMap::new(), BTreeMap::new());
        let mut last = 0;
        while let Some(batch) = next(tail) {
            dropped.extend(batch.dropped.into_iter().flat_map(|dropped| dropped.counts));
            for event in batch.events {
                assert!(event.seq > last);
                last = event.seq;
                *got.entry(event.record().level()).or_insert(0_u64) += 1;
            }
        }
        assert_eq!(got.values().sum::<u64>(), 1024);
        // Errors alone are left, of which there are more than fit.
        assert_eq!(got.keys().collect::<Vec<_>>(), [&Level::ERROR]);
        for (at, level) in [Level::INFO, Level::WARNING, Level::ERROR]
            .iter()
            .enumerate()
        {
            let logged = (THREADS * (0..RECORDS).filter(|record| record % 3 == at).count()) as u64;
            let counted = got.get(level).unwrap_or(&0) + dropped.get(level).unwrap_or(&0);
            assert_eq!(counted, logged, "{level}");
        }
    }
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
                    open.iter().any(|(_, filter)| filter.wants(name, level, false))
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

//! Stalled tails, and more records than there is room for.

use super::*;

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
        // So many that all that had room, with long texts, is part of the history.
        bytes: 128 * 1024,
        ..TailOptions::default()
    };
    let tails = Tails::new(&registry, options);
    let begin = |start| tails.begin(asks(&registry, "app=DEBUG"), start).unwrap();
    let mut tail = begin(Start::Latest(0));
    let first = next_event(&mut tail, &loggers[0]);
    let first = tails.position(&first);
    const RECORDS: u64 = 10_000;
    let [least, shown] = ["least ", "shown "].map(|text| text.repeat(40));
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
                logger.debug(&least);
                logger.warning(&shown);
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

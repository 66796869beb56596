//! Where there is no room in memory: what is dropped, and what is spooled.

use std::collections::HashSet;
use std::path::Path;

use super::*;

#[test]
fn the_least_severe_go_first_and_the_receiver_learns_how_many() {
    let world = Arc::<World>::default();
    world.goes_away();
    let handler = world
        .builder_with(BatchLimits::default().with_records(1))
        .max_records(10)
        .start()
        .unwrap();
    handler.set_error_hook(|_| {});
    // One is on its way, so that there are ten places left.
    log(&handler, Level::ERROR, "first");
    until(|| handler.health().failures > 0);
    for number in 0..10 {
        log(&handler, Level::DEBUG, &format!("debug {number}"));
    }
    for number in 0..8 {
        log(&handler, Level::ERROR, &format!("error {number}"));
    }
    // There are two of them and eight errors.
    log(&handler, Level::TRACE, "trace");
    let counters = handler.counters();
    assert_eq!(
        (counters.queued(), counters.dropped_for(DropReason::Full)),
        (11, 9)
    );
    assert_eq!(handler.drops().at(Level::DEBUG), 8);
    assert_eq!(handler.drops().at(Level::TRACE), 1);
    world.recovers();
    until(|| world.received().len() == 12);
    let received = world.received();
    assert_eq!(received[0], "first");
    assert!(
        received[1].starts_with("9 records dropped in "),
        "{received:?}"
    );
    assert_eq!(received[2..5], ["debug 8", "debug 9", "error 0"]);
    assert_eq!(handler.counters().written(), 11);
    assert!(is_balanced(&handler));
}

#[test]
fn other_rules_for_what_is_too_much() {
    for (overflow, left) in [
        (Overflow::DropNewest, ["1", "2"]),
        (Overflow::DropOldest, ["3", "4"]),
        (Overflow::Block, ["1", "2"]),
    ] {
        let world = Arc::<World>::default();
        world.goes_away();
        let handler = world
            .builder_with(BatchLimits::default().with_records(1))
            .max_records(2)
            .overflow(overflow)
            .block_at_most(Duration::from_millis(2))
            .start()
            .unwrap();
        handler.set_error_hook(|_| {});
        log(&handler, Level::INFO, "0");
        until(|| handler.health().failures > 0);
        for number in 1..5 {
            log(&handler, Level::INFO, &number.to_string());
        }
        assert_eq!(handler.counters().dropped(), 2, "{overflow:?}");
        world.recovers();
        until(|| handler.counters().queued() == 0);
        let received = world.received();
        let records: Vec<_> = received.iter().filter(|text| text.len() == 1).collect();
        assert_eq!(records, ["0", left[0], left[1]]);
    }
}

#[test]
fn the_spool_takes_what_memory_has_no_room_for() {
    let directory = tempfile::tempdir().unwrap();
    let world = Arc::<World>::default();
    world.goes_away();
    let spool = Spool::new(directory.path().join("spool"));
    let start = || {
        let builder = world.builder().max_records(7).spool(spool.clone());
        let handler = builder.start().unwrap();
        handler.set_error_hook(|_| {});
        handler
    };
    let handler = start();
    let second = world.builder().spool(spool.clone()).start();
    assert!(
        second
            .unwrap_err()
            .to_string()
            .starts_with("cannot use the spool ")
    );
    for number in 0..100 {
        log(&handler, Level::INFO, &number.to_string());
    }
    assert_eq!(handler.counters().queued(), 100);
    assert!(handler.health().spooled_bytes > 0);
    // The rest goes there at the end, and counts as written.
    handler.close().unwrap();
    let counters = handler.counters();
    assert_eq!(
        (counters.written(), counters.queued(), counters.dropped()),
        (100, 0, 0)
    );
    drop(handler);

    world.recovers();
    let handler = start();
    log(&handler, Level::INFO, "new");
    handler.flush().unwrap();
    // A batch that the first one was sending at its end may come twice.
    let first_times = || {
        let mut seen = HashSet::new();
        let received = world.received().into_iter();
        received
            .filter(|text| seen.insert(text.clone()))
            .collect::<Vec<_>>()
    };
    until(|| first_times().len() == 101);
    let mut received = first_times();
    assert_eq!(received.pop().as_deref(), Some("new"));
    received.sort();
    let mut expected: Vec<_> = (0..100).map(|number| number.to_string()).collect();
    expected.sort();
    assert_eq!(received, expected);
    assert_eq!(handler.counters().written(), 1);
    until(|| handler.health().spooled_bytes == 0);
}

/// With a disk that is full, the handler does what it does without a spool: it drops one by one,
/// and keeps what is severe. Once there is room, it spools again.
#[test]
fn a_disk_that_takes_nothing_costs_what_memory_has_no_room_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spool");
    let world = Arc::<World>::default();
    world.goes_away();
    let builder = world.builder_with(BatchLimits::default().with_records(1));
    let handler = builder.max_records(10).spool(Spool::new(&path));
    let handler = handler.start().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&seen);
    handler.set_error_hook(move |failure| hook.lock().push(failure.error().to_string()));
    // No segment can be created.
    let obstacles = || (1..20).map(|number| path.join(format!("{number:08}.seq")));
    obstacles().for_each(|path| std::fs::create_dir(path).unwrap());
    log(&handler, Level::ERROR, "first");
    until(|| handler.health().failures > 0);
    for number in 0..10 {
        log(&handler, Level::ERROR, &format!("error {number}"));
    }
    for number in 0..1000 {
        log(&handler, Level::DEBUG, &format!("debug {number}"));
    }
    let counters = handler.counters();
    assert_eq!((counters.queued(), counters.dropped()), (11, 1000));
    assert_eq!(handler.drops().at(Level::DEBUG), 1000);
    let is_reported = |text: &String| text.starts_with("cannot write the spool: ");
    assert!(seen.lock().iter().any(is_reported));

    obstacles().for_each(|path| std::fs::remove_dir(path).unwrap());
    let mut more = 0;
    // The disk is not tried for each record.
    while handler.health().spooled_bytes == 0 {
        log(&handler, Level::ERROR, &format!("more {more}"));
        more += 1;
        thread::sleep(Duration::from_millis(1));
    }
    let dropped = handler.counters().dropped();
    world.recovers();
    until(|| handler.counters().queued() == 0);
    let counters = handler.counters();
    assert_eq!(
        (counters.dropped(), counters.accepted()),
        (dropped, 1011 + more)
    );
    assert_eq!(counters.written(), 11 + more - (dropped - 1000));
    assert!(is_balanced(&handler));
    until(|| handler.health().spooled_bytes == 0);
}

/// Also those that went with a segment, for which the spool had no room.
#[test]
fn what_a_full_spool_costs_is_counted_by_level() {
    let directory = tempfile::tempdir().unwrap();
    let world = Arc::<World>::default();
    world.goes_away();
    let handler = with_little_room(&world, directory.path(), 5);
    handler.set_error_hook(|_| {});
    let levels = [Level::DEBUG, Level::ERROR, Level::new(25)];
    for (number, level) in (0..3000).zip(levels.into_iter().cycle()) {
        log(&handler, level, &format!("{number:0100}"));
    }
    let counters = handler.counters();
    let drops = handler.drops();
    assert!(counters.dropped() > 1000 && drops.total() == counters.dropped());
    for level in levels {
        assert!(
            drops.at(level).abs_diff(counters.dropped() / 3) < 10,
            "{drops}"
        );
    }
    let _ = handler.close();
    assert_eq!(handler.drops().total(), handler.counters().dropped());
}

/// Outages again and again, with a spool: nothing is lost, nothing is sent twice.
#[test]
fn a_hundred_outages_in_a_row() {
    let directory = tempfile::tempdir().unwrap();
    let world = Arc::<World>::default();
    let spool = Spool::new(directory.path().join("spool"));
    let handler = world.builder().max_records(5).spool(spool).start().unwrap();
    handler.set_error_hook(|_| {});
    for outage in 0..100 {
        world.goes_away();
        for number in 0..20 {
            log(&handler, Level::INFO, &(outage * 20 + number).to_string());
        }
        world.recovers();
        until(|| handler.counters().queued() == 0);
    }
    assert!(
        world
            .received()
            .into_iter()
            .eq((0..2000).map(|number| number.to_string()))
    );
    assert_eq!(
        (handler.counters().written(), handler.counters().dropped()),
        (2000, 0)
    );
}

fn with_little_room(world: &Arc<World>, directory: &Path, max_records: usize) -> DeliveryHandler {
    let spool = Spool::new(directory.join("spool")).max_bytes(64 * 1024);
    let builder = world.builder().spool(spool).max_records(max_records);
    builder.close_within(Duration::ZERO).start().unwrap()
}

/// The numbers that the next process finds in the spool, sorted.
fn spooled(directory: &Path) -> Vec<usize> {
    let world = Arc::<World>::default();
    let handler = with_little_room(&world, directory, 10);
    until(|| handler.health().spooled_bytes == 0);
    let received = world.received();
    let numbers = received.iter().map(|text| text.parse().unwrap());
    let mut found: Vec<_> = numbers.collect();
    found.sort_unstable();
    assert!(found.is_sorted_by(|a, b| a < b), "once each: {found:?}");
    found
}

/// What counts as written never takes the place of what was not sent, and no record is missing
/// that is not counted or reported.
#[test]
fn what_is_unconfirmed_gets_the_room_that_is_left_in_the_spool() {
    const SENT: usize = 1000;
    // Less and more than the spool has room for, at the end and while the receiver is away.
    for (held, max_records) in [(0, 10_000), (100, 10_000), (1500, 10_000), (1500, 50)] {
        let directory = tempfile::tempdir().unwrap();
        let world = Arc::<World>::default();
        *world.unread.lock() = SENT;
        // It takes all, and dies.
        world.script(|batch| Outcome::Retry {
            sent: batch.len(),
            after: None,
            error: away(),
        });
        let handler = with_little_room(&world, directory.path(), max_records);
        let failures = Arc::new(Mutex::new((0, Vec::new())));
        let seen = Arc::clone(&failures);
        handler.set_error_hook(move |failure| {
            let mut seen = seen.lock();
            seen.0 += failure.lost();
            seen.1.push(failure.error().to_string());
        });
        for number in 0..SENT + held {
            if number == SENT {
                until(|| handler.flush().is_ok());
                world.goes_away();
            }
            log(&handler, Level::INFO, &format!("{number:0100}"));
            // Nothing of the first ones is spooled.
            if number < SENT && number % 40 == 0 {
                until(|| handler.flush().is_ok());
            }
        }
        if held == 0 {
            until(|| handler.flush().is_ok());
        }
        assert_eq!(world.received().len(), SENT);
        let closed = handler.close().map_err(|error| error.to_string());
        let counters = handler.counters();
        let dropped = counters.dropped();
        assert_eq!(counters.written() + dropped, (SENT + held) as u64);
        assert_eq!((dropped > 0, counters.queued()), (held > 1000, 0));
        assert_eq!(dropped, counters.dropped_for(DropReason::Full));
        until(|| failures.lock().0 == dropped);
        drop(handler);

        let found = spooled(directory.path());
        let (again, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(|it| *it < SENT);
        assert_eq!(rest.len() as u64 + dropped, held as u64, "{held} held");
        let left_out = SENT - again.len();
        assert!(again.into_iter().eq(left_out..SENT), "the last ones");
        let expected = format!(
            "the spool is full: {left_out} records that the receiver may not have read had no room"
        );
        assert_eq!(closed, Err(expected.clone()));
        assert!(failures.lock().1.contains(&expected));
        assert!(max_records < SENT || (left_out == SENT) == (dropped > 0));
    }
}

/// Also where the files go from which it was read, while it is on its way.
#[test]
fn what_was_read_from_a_spool_and_not_sent_is_kept_or_counted() {
    const RECORDS: usize = 2000;
    let directory = tempfile::tempdir().unwrap();
    let world = Arc::<World>::default();
    world.goes_away();
    let handler = with_little_room(&world, directory.path(), 5);
    handler.set_error_hook(|_| {});
    for number in 0..RECORDS {
        log(&handler, Level::INFO, &format!("{number:0100}"));
        match number {
            0 => until(|| handler.health().failures > 0),
            100 => {
                let tries_others = Arc::new(Mutex::new(false));
                let tries = Arc::clone(&tries_others);
                // The first one was taken from memory, and the others are taken from the spool.
                world.script(move |batch| {
                    if batch[0].sequence() == 1 {
                        return Outcome::Sent;
                    }
                    *tries.lock() = true;
                    Outcome::Broken {
                        sent: 0,
                        error: away(),
                    }
                });
                until(|| *tries_others.lock());
            }
            _ => {}
        }
    }
    handler.close().unwrap();
    until(|| is_balanced(&handler));
    let counters = handler.counters();
    let dropped = usize::try_from(counters.dropped_for(DropReason::Full)).unwrap();
    assert_eq!((dropped > 0, counters.queued()), (true, 0));
    assert_eq!(counters.written(), (RECORDS - dropped) as u64);
    drop(handler);
    assert_eq!(world.received().len(), 1);
    assert_eq!(spooled(directory.path()).len() + 1 + dropped, RECORDS);
}

//! Where there is no room in memory: what is dropped, and what is spooled.

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

/// By which receivers drop duplicates.
#[test]
fn no_two_notices_have_the_same_identifier() {
    let world = Arc::<World>::default();
    let handler = world.builder().max_records(1).start().unwrap();
    handler.set_error_hook(|_| {});
    let uids = Arc::new(Mutex::new(Vec::new()));
    for outage in 1..=2 {
        world.goes_away();
        log(&handler, Level::INFO, "first");
        until(|| handler.health().failures > 0);
        for _ in 0..3 {
            log(&handler, Level::INFO, "x");
        }
        let seen = Arc::clone(&uids);
        world.script(move |batch| {
            let is_notice = |entry: &&Entry| entry.payload().ends_with(b" s");
            let notices = batch.iter().filter(is_notice);
            seen.lock().extend(notices.map(Entry::uid));
            Outcome::Sent
        });
        until(|| uids.lock().len() == outage && handler.counters().queued() == 0);
    }
    let uids = uids.lock().clone();
    assert_ne!(uids[0], uids[1]);
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
    until(|| world.received().len() == 101);
    let mut expected: Vec<_> = (0..100).map(|number| number.to_string()).collect();
    let received = world.received();
    assert_eq!(received.last().map(String::as_str), Some("new"));
    let mut numbers: Vec<_> = received[..100].to_vec();
    numbers.sort();
    expected.sort();
    assert_eq!(numbers, expected);
    assert_eq!(handler.counters().written(), 1);
    until(|| handler.health().spooled_bytes == 0);
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

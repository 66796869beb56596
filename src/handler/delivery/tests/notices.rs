//! Notices of what was dropped.

use super::*;

/// The numbers in the notices that a receiver has got.
fn told(world: &World) -> Vec<u64> {
    let received = world.received();
    let notices = received.iter().filter_map(|text| {
        let (number, rest) = text.split_once(' ')?;
        let is_notice = rest.starts_with("record") && rest.contains(" dropped in ");
        is_notice.then(|| number.parse().unwrap())
    });
    notices.collect()
}

/// A call of its own would cost as much as that of a batch.
#[test]
fn a_notice_goes_with_the_records_that_are_sent_next() {
    for (records, sizes) in [(512, vec![1, 11]), (5, vec![1, 5, 5, 1]), (1, vec![1; 12])] {
        let world = Arc::<World>::default();
        let limits = BatchLimits::default().with_records(records);
        let handler = world.builder_with(limits).max_records(10).start().unwrap();
        handler.set_error_hook(|_| {});
        let batches = Arc::new(Mutex::new(Vec::new()));
        let (ours, seen) = (Handler::clone(&handler), Arc::clone(&batches));
        world.script(move |batch| {
            let ours = ours.clone();
            let others = move || (0..13).for_each(|_| log(&ours, Level::INFO, "x"));
            if seen.lock().is_empty() {
                thread::spawn(others).join().unwrap();
            }
            seen.lock().push(batch.len());
            Outcome::Sent
        });
        log(&handler, Level::INFO, "first");
        until(|| handler.counters().queued() == 0);
        assert_eq!(*batches.lock(), sizes);
        assert!(world.received()[1].starts_with("3 records dropped in "));
        assert!(is_balanced(&handler) && handler.counters().dropped() == 3);
        *world.script.lock() = None;
    }
}

/// What the spool has no room for is reported before what it has, and that is acknowledged.
#[test]
fn a_notice_goes_with_records_of_a_spool() {
    let directory = tempfile::tempdir().unwrap();
    let world = Arc::<World>::default();
    world.goes_away();
    let spool = Spool::new(directory.path().join("spool")).max_bytes(64 * 1024);
    let builder = world.builder().spool(spool).max_records(5);
    let handler = builder.start().unwrap();
    handler.set_error_hook(|_| {});
    log(&handler, Level::INFO, "first");
    until(|| handler.health().failures > 0);
    for number in 0..2000 {
        log(&handler, Level::INFO, &format!("{number:0100}"));
    }
    let dropped = handler.counters().dropped();
    assert!(dropped > 0);
    let batches = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&batches);
    world.script(move |batch| {
        seen.lock().push(batch.len());
        // The notice is sent with some of them, and the others once more.
        match seen.lock().len() {
            2 => Outcome::Broken {
                sent: 3,
                error: away(),
            },
            _ => Outcome::Sent,
        }
    });
    until(|| handler.counters().queued() == 0 && handler.health().spooled_bytes == 0);
    assert_eq!((batches.lock()[0], told(&world)), (1, vec![dropped]));
    // As many of them as were read already.
    assert!(batches.lock()[1] > 1);
    let received = world.received();
    assert_eq!(received.len() as u64, 2001 - dropped + 1);
    assert!(received[2..].is_sorted() && is_balanced(&handler));
}

/// Nor is it told twice.
#[test]
fn a_notice_that_was_not_sent_is_reported_after_a_close() {
    let world = Arc::<World>::default();
    world.goes_away();
    let builder = world.builder().max_records(2);
    let handler = builder.close_within(Duration::ZERO).start().unwrap();
    handler.set_error_hook(|_| {});
    log(&handler, Level::INFO, "first");
    until(|| handler.health().failures > 0);
    (0..5).for_each(|_| log(&handler, Level::INFO, "x"));
    let is_notice = |entry: &Entry| entry.payload().ends_with(b" s");
    let tried = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&tried);
    // It takes the first one, and is away again when the notice comes.
    world.script(move |batch| match batch.iter().any(is_notice) {
        true => {
            *seen.lock() += 1;
            Outcome::Broken {
                sent: 0,
                error: away(),
            }
        }
        false => Outcome::Sent,
    });
    until(|| *tried.lock() > 1);
    handler.close().unwrap_err();
    world.recovers();
    for _ in 0..2 {
        log(&handler, Level::INFO, "later");
        handler.flush().unwrap();
        until(|| told(&world) == [3]);
    }
    assert!(is_balanced(&handler));
}

/// Each attempt takes so long that more is dropped meanwhile.
#[test]
fn a_receiver_that_is_too_slow_gets_more_than_notices() {
    let world = Arc::<World>::default();
    let limits = BatchLimits::default().with_records(5);
    let handler = world.builder_with(limits).max_records(10).start().unwrap();
    handler.set_error_hook(|_| {});
    let is_over = Arc::new(Mutex::new(false));
    let (ours, over) = (Handler::clone(&handler), Arc::clone(&is_over));
    world.script(move |_| {
        let (ours, is_over) = (ours.clone(), *over.lock());
        let others = move || (0..20).for_each(|_| log(&ours, Level::INFO, "x"));
        if !is_over {
            thread::spawn(others).join().unwrap();
        }
        Outcome::Sent
    });
    log(&handler, Level::INFO, "x");
    let records = || world.received().iter().filter(|text| *text == "x").count();
    until(|| records() > 50);
    *is_over.lock() = true;
    until(|| handler.counters().queued() == 0);
    assert!(is_balanced(&handler));
    // Each of them once, also those that were dropped while a notice was on its way.
    until(|| told(&world).iter().sum::<u64>() == handler.counters().dropped());
    *world.script.lock() = None;
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

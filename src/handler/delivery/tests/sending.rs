//! What is sent, and what a receiver refuses.

use super::*;

#[test]
fn records_are_sent_in_order() {
    let world = Arc::<World>::default();
    let handler = world.builder().start().unwrap();
    for number in 0..1000 {
        let level = [Level::DEBUG, Level::ERROR, Level::INFO][number % 3];
        log(&handler, level, &number.to_string());
    }
    handler.flush().unwrap();
    let expected = (0..1000).map(|number| number.to_string());
    assert!(world.received().into_iter().eq(expected));
    assert_eq!(handler.counters().written(), 1000);
    assert!(is_balanced(&handler) && handler.health().is_up);
    assert_eq!(*world.connections.lock(), 1);
}

#[test]
fn a_receiver_that_was_away_gets_all_of_it() {
    let world = Arc::<World>::default();
    world.goes_away();
    let handler = world.builder().start().unwrap();
    for number in 0..100 {
        log(&handler, Level::INFO, &number.to_string());
    }
    let error = handler.flush().unwrap_err();
    assert_eq!(error.to_string(), "100 records not sent yet: away");
    until(|| handler.health().failures > 2);
    assert_eq!(
        (handler.counters().queued(), handler.health().is_up),
        (100, false)
    );
    world.recovers();
    until(|| handler.counters().queued() == 0);
    assert!(
        world
            .received()
            .into_iter()
            .eq((0..100).map(|number| number.to_string()))
    );
    assert!(handler.health().is_up && *world.connections.lock() > 2);
    assert!(is_balanced(&handler));
}

/// A record comes while the connection is asked whether it rests, which waits for something else:
/// that ends by the wake-up which was meant for the record.
#[test]
fn a_wake_up_that_a_connection_uses_is_made_up_for() {
    let world = Arc::<World>::default();
    let handler = Arc::new(world.builder().start().unwrap());
    let resting = Arc::downgrade(&handler);
    *world.at_rest.lock() = Some(Box::new(move || {
        if let Some(handler) = resting.upgrade() {
            let logging = thread::spawn(move || log(&handler, Level::INFO, "second"));
            logging.join().unwrap();
            thread::park_timeout(Duration::from_secs(1));
        }
    }));
    log(&handler, Level::INFO, "first");
    until(|| world.received().len() == 2);
    assert_eq!(world.received(), ["first", "second"]);
}

/// `Retry-After: 0`, or a time that has passed by this machine's clock: no reason to try again at
/// once, and without an end.
#[test]
fn a_receiver_that_asks_for_no_pause_gets_that_of_the_back_off() {
    let hour = Duration::from_secs(3600);
    for after in [None, Some(Duration::ZERO), Some(Duration::from_secs(1))] {
        let world = Arc::<World>::default();
        world.script(move |_| Outcome::Retry {
            sent: 0,
            after,
            error: away(),
        });
        let builder = world.builder().close_within(Duration::ZERO);
        let handler = builder.backoff(Backoff::new(hour, hour).without_jitter());
        let handler = handler.start().unwrap();
        handler.set_error_hook(|_| {});
        log(&handler, Level::INFO, "x");
        until(|| handler.health().failures > 0);
        let next = handler.health().next_attempt.unwrap();
        assert!(next > hour / 2, "{after:?}: {next:?}");
    }
}

/// A pause that is longer than 5 minutes is not obeyed.
#[test]
fn a_receiver_that_asks_for_a_pause_gets_it_up_to_a_limit() {
    let minute = Duration::from_secs(60);
    for (after, expected) in [(2 * minute, 2 * minute), (Duration::MAX, 5 * minute)] {
        let world = Arc::<World>::default();
        world.script(move |_| Outcome::Retry {
            sent: 0,
            after: Some(after),
            error: away(),
        });
        let handler = world.builder().close_within(Duration::ZERO);
        let handler = handler.start().unwrap();
        handler.set_error_hook(|_| {});
        log(&handler, Level::INFO, "x");
        until(|| handler.health().failures > 0);
        let next = handler.health().next_attempt.unwrap();
        assert!(next <= expected && next > minute, "{after:?}: {next:?}");
    }
}

/// Attempts that have failed and succeeded since are reported, and no error of a flush.
#[test]
fn what_has_recovered_fails_no_flush() {
    let world = Arc::<World>::default();
    world.goes_away();
    let handler = world.builder().start().unwrap();
    let seen = Arc::new(Mutex::new(0));
    let hook = Arc::clone(&seen);
    handler.set_error_hook(move |failure| {
        assert_eq!(failure.lost(), 0);
        *hook.lock() += 1;
    });
    log(&handler, Level::INFO, "x");
    until(|| handler.health().failures > 2 && *seen.lock() > 2);
    world.recovers();
    until(|| handler.counters().queued() == 0);
    handler.flush().unwrap();
    handler.close().unwrap();
    assert_eq!(handler.counters().written(), 1);
}

/// Each is reported.
#[test]
fn failures_reach_the_hook() {
    let world = Arc::<World>::default();
    world.goes_away();
    let handler = world.builder().start().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&seen);
    handler.set_error_hook(move |failure| {
        hook.lock()
            .push((failure.lost(), failure.error().to_string()));
    });
    log(&handler, Level::INFO, "x");
    until(|| seen.lock().len() > 1);
    assert_eq!(seen.lock()[0], (0, "away".to_owned()));
    world.recovers();
    until(|| handler.counters().written() == 1);
}

#[test]
fn what_is_too_large_is_halved_and_a_single_one_shortened() {
    let world = Arc::<World>::default();
    world.script(|batch| {
        let size: usize = batch.iter().map(|entry| entry.payload().len()).sum();
        match size > 10 {
            true => Outcome::TooLarge(Error::new(ErrorKind::Io, "413")),
            false => Outcome::Sent,
        }
    });
    let handler = world
        .builder_with(BatchLimits::default().with_linger(Duration::from_secs(60)))
        .start()
        .unwrap();
    for text in ["123456", "123456", "123456789012345", "1"] {
        log(&handler, Level::INFO, text);
    }
    handler.flush().unwrap();
    assert_eq!(world.received(), ["123456", "123456", "1234", "1"]);
    assert!(is_balanced(&handler) && handler.counters().written() == 4);
}

/// A batch is full by its records or its bytes. Where the memory is smaller, half of it is enough:
/// what is full drops records that the receiver would take.
#[test]
fn what_is_enough_does_not_wait_for_more() {
    const MANY: usize = 1 << 30;
    for (batch_records, batch_bytes, max_records, max_bytes, records, length) in [
        (10, MANY, MANY, MANY, 10, 1),
        (MANY, 1_000_000, MANY, MANY, 10, 100_000),
        (MANY, MANY, 20, MANY, 10, 1),
        (MANY, MANY, MANY, 2_000_000, 10, 100_000),
        (MANY, MANY, 1, MANY, 1, 1),
    ] {
        let world = Arc::<World>::default();
        let limits = BatchLimits::default()
            .with_linger(Duration::from_secs(3600))
            .with_bytes(batch_bytes)
            .with_records(batch_records);
        let handler = world
            .builder_with(limits)
            .max_records(max_records)
            .max_bytes(max_bytes)
            .start()
            .unwrap();
        let text = "x".repeat(length);
        (1..records).for_each(|_| log(&handler, Level::INFO, &text));
        assert_eq!(world.received().len(), 0);
        log(&handler, Level::INFO, &text);
        until(|| world.received().len() == records);
        assert_eq!(handler.counters().dropped(), 0);
    }
}

/// Halves find the one that the receiver does not take; the others are not sent one by one.
#[test]
fn one_that_is_too_large_by_itself_does_not_make_the_others_slow() {
    let world = Arc::<World>::default();
    let calls = Arc::new(Mutex::new(0));
    let count = Arc::clone(&calls);
    world.script(move |batch| {
        *count.lock() += 1;
        match batch.iter().any(|entry| entry.payload() == b"bad") {
            true => Outcome::TooLarge(Error::new(ErrorKind::Io, "413")),
            false => Outcome::Sent,
        }
    });
    let handler = world
        .builder_with(BatchLimits::default().with_linger(Duration::from_secs(60)))
        .start()
        .unwrap();
    for number in 0..512 {
        log(
            &handler,
            Level::INFO,
            if number == 77 { "bad" } else { "good" },
        );
    }
    assert_eq!(handler.flush().unwrap_err().to_string(), "413");
    assert_eq!(world.received().len(), 511);
    assert_eq!(handler.counters().dropped(), 1);
    let calls = *calls.lock();
    assert!(calls < 30, "{calls} calls");
}

#[test]
fn what_is_refused_becomes_a_dead_letter() {
    let world = Arc::<World>::default();
    let dead = crate::handler::StreamHandler::new(Vec::new());
    world.script(|batch| {
        let bad = |at: &usize| batch[*at].payload().starts_with(b"bad");
        let which: Vec<_> = (0..batch.len()).filter(bad).collect();
        match which.is_empty() {
            true => Outcome::Sent,
            false => Outcome::Refused {
                which,
                error: Error::new(ErrorKind::InvalidRequest, "400"),
            },
        }
    });
    // All of it at once, by the flush: what it loses is its error.
    let limits = BatchLimits::default().with_linger(Duration::from_secs(600));
    let handler = world.builder_with(limits).dead_letters(dead.clone());
    let handler = handler.start().unwrap();
    handler.set_error_hook(|_| {});
    for text in ["good", "bad 1", "fine", "bad 2"] {
        log(&handler, Level::INFO, text);
    }
    assert!(handler.flush().is_err());
    assert_eq!(world.received()[..2], ["good", "fine"]);
    let counters = handler.counters();
    assert_eq!(
        (counters.written(), counters.dropped_for(DropReason::Other)),
        (2, 2)
    );
    assert_eq!(dead.counters().written(), 2);
    assert!(is_balanced(&handler));
}

/// The receiver says how many it has refused, and not which.
#[test]
fn what_is_refused_without_a_name_is_counted() {
    let world = Arc::<World>::default();
    world.script(|batch| Outcome::SomeRefused {
        count: batch.len().min(2),
        error: Error::new(ErrorKind::InvalidRequest, "2 rejected"),
    });
    let limits = BatchLimits::default().with_linger(Duration::from_secs(60));
    let handler = world.builder_with(limits).start().unwrap();
    handler.set_error_hook(|failure| assert_eq!(failure.lost(), 2));
    for _ in 0..5 {
        log(&handler, Level::INFO, "x");
    }
    assert_eq!(handler.flush().unwrap_err().to_string(), "2 rejected");
    let counters = handler.counters();
    assert_eq!((counters.written(), counters.dropped()), (3, 2));
    assert!(is_balanced(&handler) && handler.health().is_up);
}

#[test]
fn many_threads_and_a_receiver_that_comes_and_goes() {
    let world = Arc::<World>::default();
    let mut sends = 0;
    world.script(move |batch| {
        sends += 1;
        match sends % 3 {
            0 => Outcome::Retry {
                sent: batch.len() / 2,
                after: None,
                error: away(),
            },
            1 => Outcome::Broken {
                sent: 1,
                error: away(),
            },
            _ => Outcome::Sent,
        }
    });
    let handler = world.builder().max_records(100_000).start().unwrap();
    handler.set_error_hook(|_| {});
    thread::scope(|scope| {
        for thread in 0..8 {
            let handler = handler.clone();
            scope.spawn(move || {
                for number in 0..2000 {
                    log(&handler, Level::INFO, &format!("{thread} {number}"));
                }
            });
        }
    });
    until(|| handler.counters().queued() == 0);
    let received = world.received();
    assert_eq!(received.len(), 16_000);
    for thread in 0..8 {
        let prefix = format!("{thread} ");
        let numbers = received
            .iter()
            .filter_map(|text| text.strip_prefix(&prefix));
        assert!(
            numbers
                .map(|number| number.parse::<i32>().unwrap())
                .eq(0..2000)
        );
    }
    assert!(is_balanced(&handler) && handler.counters().written() == 16_000);
}

/// The others would wait for it for ever.
#[test]
fn an_entry_that_fails_by_itself_is_tried_some_times_and_given_up() {
    let (world, dead) = (Arc::<World>::default(), Arc::<World>::default());
    let letters = dead.builder().start().unwrap();
    let handler = world.builder().dead_letters(letters).start().unwrap();
    handler.set_error_hook(|_| {});
    let attempts = Arc::new(Mutex::new((0, 0)));
    let seen = Arc::clone(&attempts);
    world.script(move |batch| {
        let mut seen = seen.lock();
        let mut fails = |entry: &Entry| match entry.payload() {
            b"never" => {
                seen.0 += 1;
                true
            }
            // Whatever it failed for passes.
            b"late" => {
                seen.1 += 1;
                seen.1 < 5
            }
            _ => false,
        };
        match batch.iter().position(&mut fails) {
            Some(sent) => Outcome::Failed {
                sent,
                error: away(),
            },
            None => Outcome::Sent,
        }
    });
    for text in ["a", "never", "b", "late", "c"] {
        log(&handler, Level::INFO, text);
    }
    until(|| handler.counters().queued() == 0);
    assert_eq!(world.received(), ["a", "b", "late", "c"]);
    assert_eq!(*attempts.lock(), (5, 5));
    until(|| dead.received() == ["never"]);
    let counters = handler.counters();
    assert_eq!((counters.written(), counters.dropped()), (4, 1));
    assert_eq!(handler.drops().at(Level::INFO), 1);
    assert!(handler.health().is_up && is_balanced(&handler));
}

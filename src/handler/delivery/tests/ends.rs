//! Closes, hanging transports, and what a transport logs.

use super::*;
use crate::handler::memory::MemoryHandler;
use crate::handler::queue::QueueHandler;
use crate::handler::stream::StreamHandler;
use crate::record::sending_mark::SendingMark;

#[test]
fn what_is_logged_on_a_marked_thread_is_not_sent() {
    let world = Arc::<World>::default();
    let handler = world.builder().start().unwrap();
    let (ours, theirs) = (handler.clone(), Arc::new(Mutex::new(false)));
    let done = Arc::clone(&theirs);
    world.script(move |_| {
        let (mark, handler) = (SendingMark::current(), ours.clone());
        let other = thread::spawn(move || {
            let guard = mark.enter();
            log(&handler, Level::INFO, "marked");
            drop(guard);
            assert_ne!(SendingMark::current(), mark);
            mark.stay();
            log(&handler, Level::INFO, "for good");
        });
        other.join().unwrap();
        *done.lock() = true;
        Outcome::Sent
    });
    log(&handler, Level::INFO, "x");
    handler.flush().unwrap();
    assert!(*theirs.lock());
    assert_eq!(world.received(), ["x"]);
    assert!(is_balanced(&handler));
    // The script holds the handler.
    *world.script.lock() = None;
}

/// What the transport logs comes back on other threads, and is never sent.
#[test]
fn the_mark_goes_through_what_holds_records_back() {
    let chains: [fn(Handler) -> Handler; 4] = [
        |target| Handler::clone(&QueueHandler::new([target])),
        |target| Handler::clone(&MemoryHandler::new(2).with_target(target)),
        |target| {
            let memory = MemoryHandler::new(2).with_target(target);
            Handler::clone(&QueueHandler::new([memory]))
        },
        |target| {
            let queue = QueueHandler::new([target]);
            Handler::clone(&MemoryHandler::new(2).with_target(queue))
        },
    ];
    for chain in chains {
        let world = Arc::<World>::default();
        let handler = world.builder().start().unwrap();
        let way = chain(Handler::clone(&handler));
        let ours = way.clone();
        world.script(move |_| {
            log(&ours, Level::DEBUG, "connecting");
            log(&ours, Level::ERROR, "failed");
            Outcome::Sent
        });
        log(&way, Level::INFO, "x");
        // Once more for each thread that what is logged would come by.
        for _ in 0..6 {
            way.flush().unwrap();
        }
        assert_eq!(world.received(), ["x"]);
        assert_eq!(handler.counters().dropped_for(DropReason::Reentrant), 2);
        assert!(is_balanced(&handler));
        *world.script.lock() = None;
    }
}

/// They are handed over on the transport's thread, by what it logs, and come from another.
#[test]
fn records_held_back_keep_the_mark_of_their_own_thread() {
    let world = Arc::<World>::default();
    let handler = world.builder().start().unwrap();
    let way = MemoryHandler::new(100).with_target(handler.clone());
    let (ours, mut is_first) = (way.clone(), true);
    world.script(move |_| {
        if std::mem::take(&mut is_first) {
            let record = Record::builder().message("held back");
            let held = record.build().to_owned_record();
            let other = ours.clone();
            thread::spawn(move || log(&other, Level::INFO, "of another thread"))
                .join()
                .unwrap();
            ours.handle(&held.as_record());
            log(&ours, Level::ERROR, "failed");
        }
        Outcome::Sent
    });
    log(&handler, Level::INFO, "x");
    handler.flush().unwrap();
    handler.flush().unwrap();
    assert_eq!(world.received(), ["x", "of another thread"]);
    assert_eq!(handler.counters().dropped_for(DropReason::Reentrant), 2);
    *world.script.lock() = None;
}

/// At the lowest level each of them would send the other what its own transport has logged.
#[test]
fn what_transports_log_goes_to_no_handler_that_sends() {
    let worlds = [Arc::<World>::default(), Arc::<World>::default()];
    let handlers = worlds
        .each_ref()
        .map(|world| world.builder().start().unwrap());
    let text = StreamHandler::new(Vec::new());
    for world in &worlds {
        let all = [handlers[0].clone(), handlers[1].clone()].map(|it| Handler::clone(&it));
        let text = Handler::clone(&text);
        world.script(move |_| {
            let handle = move |handlers: &[Handler]| {
                for handler in handlers {
                    log(handler, Level::DEBUG, "connecting");
                }
            };
            handle(&all);
            handle(std::slice::from_ref(&text));
            let (mark, all) = (SendingMark::current(), all.clone());
            let other = thread::spawn(move || {
                mark.stay();
                handle(&all);
            });
            other.join().unwrap();
            Outcome::Sent
        });
    }
    for handler in &handlers {
        log(handler, Level::INFO, "x");
        handler.flush().unwrap();
    }
    // Once more, for what the first ones would have caused.
    for handler in handlers.iter().chain(&handlers) {
        handler.flush().unwrap();
        assert_eq!(handler.counters().written(), 1);
        assert!(is_balanced(handler));
    }
    for (world, handler) in worlds.iter().zip(&handlers) {
        assert_eq!(world.received(), ["x"]);
        // Two batches, each with a record of the transport's thread and one of another.
        assert_eq!(handler.counters().dropped_for(DropReason::Reentrant), 4);
        *world.script.lock() = None;
    }
    assert_eq!(text.counters().written(), 2);
}

/// Nor does it where each of them follows a queue, on whose thread the records come.
#[test]
fn two_handlers_behind_queues_do_not_feed_each_other() {
    let worlds = [Arc::<World>::default(), Arc::<World>::default()];
    let handlers = worlds
        .each_ref()
        .map(|world| world.builder().start().unwrap());
    let ways = handlers
        .each_ref()
        .map(|handler| Handler::clone(&QueueHandler::new([handler.clone()])));
    for world in &worlds {
        let all = ways.clone();
        world.script(move |_| {
            all.iter()
                .for_each(|way| log(way, Level::DEBUG, "connecting"));
            Outcome::Sent
        });
    }
    for way in &ways {
        log(way, Level::INFO, "x");
        way.flush().unwrap();
    }
    // Once more for each thread that what is logged would come by.
    for way in ways.iter().cycle().take(12) {
        way.flush().unwrap();
    }
    for (world, handler) in worlds.iter().zip(&handlers) {
        assert_eq!(world.received(), ["x"]);
        // One of each transport.
        assert_eq!(handler.counters().dropped_for(DropReason::Reentrant), 2);
        assert!(is_balanced(handler));
        *world.script.lock() = None;
    }
}

/// Dead letters come from the same thread, but are not caused by its sending.
#[test]
fn dead_letters_can_go_to_another_handler_that_sends() {
    let (world, other) = (Arc::<World>::default(), Arc::<World>::default());
    let dead = other.builder().start().unwrap();
    let handler = world.builder().dead_letters(dead.clone()).start().unwrap();
    handler.set_error_hook(|_| {});
    world.script(|batch| Outcome::Refused {
        which: (0..batch.len()).collect(),
        error: away(),
    });
    log(&handler, Level::INFO, "x");
    until(|| other.received() == ["x"]);
}

#[test]
fn a_connection_that_does_not_rest_is_made_for_each_burst() {
    let world = Arc::<World>::default();
    *world.ends_when_idle.lock() = true;
    let limits = BatchLimits::default().with_records(1);
    let handler = world.builder_with(limits).start().unwrap();
    for burst in 1..=3 {
        for _ in 0..5 {
            log(&handler, Level::INFO, "x");
        }
        handler.flush().unwrap();
        until(|| *world.open.lock() == 0);
        assert!(*world.connections.lock() >= burst);
    }
    assert_eq!(world.received().len(), 15);
}

#[test]
fn a_transport_that_panics_costs_the_batch() {
    let world = Arc::<World>::default();
    world.script(|batch| {
        assert!(batch[0].payload() != b"panic", "as it says");
        Outcome::Sent
    });
    let limits = BatchLimits::default().with_records(1);
    let handler = world.builder_with(limits).start().unwrap();
    handler.set_error_hook(|_| {});
    for text in ["before", "panic", "after"] {
        log(&handler, Level::INFO, text);
        let _ = handler.flush();
        if text == "panic" {
            world.recovers();
        }
    }
    assert_eq!(handler.counters().dropped_for(DropReason::Panic), 1);
    assert_eq!(world.received().first().map(String::as_str), Some("before"));
    assert_eq!(world.received().last().map(String::as_str), Some("after"));
    assert!(is_balanced(&handler));
}

#[test]
fn closing_drops_and_counts_what_cannot_be_sent() {
    let world = Arc::<World>::default();
    world.goes_away();
    let handler = world
        .builder()
        .close_within(Duration::ZERO)
        .start()
        .unwrap();
    handler.set_error_hook(|_| {});
    for _ in 0..3 {
        log(&handler, Level::INFO, "x");
    }
    assert!(handler.close().is_err());
    let counters = handler.counters();
    assert_eq!(
        (counters.dropped_for(DropReason::Io), counters.queued()),
        (3, 0)
    );
    // It goes on, with a thread of its own.
    world.recovers();
    log(&handler, Level::INFO, "later");
    handler.flush().unwrap();
    assert!(world.received().contains(&"later".to_owned()));
    assert!(handler.close().is_ok() && is_balanced(&handler));
}

/// The transport logs to its own handler, as HTTP clients do through the facade.
#[test]
fn what_the_transport_logs_is_not_sent() {
    let world = Arc::<World>::default();
    let handler = world.builder().start().unwrap();
    let own = Handler::clone(&handler);
    world.script(move |_| {
        log(&own, Level::DEBUG, "connected");
        let _ = own.flush();
        let _ = own.close();
        Outcome::Sent
    });
    log(&handler, Level::INFO, "x");
    handler.flush().unwrap();
    assert_eq!(world.received(), ["x"]);
    assert_eq!(handler.counters().dropped_for(DropReason::Reentrant), 1);
    assert!(is_balanced(&handler));
    world.recovers();
}

/// A peer that takes nothing and never returns: neither a call nor a close waits for it for long.
#[test]
fn a_transport_that_hangs_holds_up_nothing() {
    let world = Arc::<World>::default();
    let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
    let goes_on = Mutex::new(goes_on);
    world.script(move |_| {
        let _ = goes_on.lock().recv();
        Outcome::Sent
    });
    let handler = world
        .builder()
        .close_within(Duration::from_millis(5))
        .start()
        .unwrap();
    handler.set_error_hook(|_| {});
    for _ in 0..100 {
        log(&handler, Level::INFO, "x");
    }
    let error = handler.flush_within(Duration::from_millis(5)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(handler.close().is_err());
    let counters = handler.counters();
    assert_eq!((counters.dropped(), counters.queued()), (100, 0));
    drop(go_on);
    world.recovers();
    // What the old thread reports at last concerns nothing any more.
    log(&handler, Level::INFO, "later");
    handler.flush().unwrap();
    assert_eq!(handler.counters().written(), 1);
    assert!(is_balanced(&handler));
}

#[test]
fn the_engine_keeps_the_contract_of_sinks() {
    let world = Arc::<World>::default();
    let made = || world.builder().start().unwrap();
    assert_eq!(format!("{:?}", made()), "<Scripted (NOTSET)>");
    let broken = check_sink(made, || world.received());
    assert!(broken.is_empty(), "{broken:#?}");
}

/// It is sent again by the next handler, as its receiver may have died before it read it.
#[test]
fn what_is_unconfirmed_at_the_end_goes_to_the_spool() {
    let directory = tempfile::tempdir().unwrap();
    let start = |world: &Arc<World>| {
        let spool = Spool::new(directory.path().join("spool"));
        let builder = world.builder().spool(spool);
        let builder = builder.close_within(Duration::from_millis(50));
        let handler = builder.start().unwrap();
        handler.set_error_hook(|_| {});
        handler
    };
    // The second one is asked for what it had from the spool.
    for unread in [2, 1] {
        let world = Arc::<World>::default();
        *world.unread.lock() = unread;
        let handler = start(&world);
        if unread == 2 {
            for text in ["a", "b", "c"] {
                log(&handler, Level::INFO, text);
                handler.flush().unwrap();
            }
            assert_eq!(world.received(), ["a", "b", "c"]);
        } else {
            until(|| world.received().len() == 2);
            assert_eq!(world.received(), ["b", "c"]);
        }
        handler.close().unwrap();
        assert!(is_balanced(&handler));
        assert_eq!(handler.counters().dropped(), 0);
    }
    let world = Arc::<World>::default();
    let handler = start(&world);
    log(&handler, Level::INFO, "d");
    handler.flush().unwrap();
    until(|| handler.health().spooled_bytes == 0);
    assert_eq!(world.received(), ["c", "d"]);
}

/// A close would wait in vain for what it never says.
#[test]
fn what_a_receiver_never_confirms_goes_to_the_spool_without_a_wait() {
    let directory = tempfile::tempdir().unwrap();
    let start = |world: &Arc<World>| {
        let spool = Spool::new(directory.path().join("spool"));
        let builder = world.builder().spool(spool);
        let builder = builder.close_within(Duration::from_secs(3600));
        builder.start().unwrap()
    };
    let world = Arc::<World>::default();
    (*world.unread.lock(), *world.is_silent.lock()) = (2, true);
    let handler = start(&world);
    for text in ["a", "b", "c"] {
        log(&handler, Level::INFO, text);
        handler.flush().unwrap();
    }
    handler.close().unwrap();
    assert!(is_balanced(&handler) && handler.counters().written() == 3);
    drop(handler);
    let world = Arc::<World>::default();
    let handler = start(&world);
    until(|| world.received() == ["b", "c"]);
    handler.close().unwrap();
}

#[test]
fn what_is_unconfirmed_at_the_end_is_reported_without_a_spool() {
    let world = Arc::<World>::default();
    *world.unread.lock() = 1;
    let builder = world.builder().close_within(Duration::from_millis(50));
    let handler = builder.start().unwrap();
    handler.set_error_hook(|_| {});
    log(&handler, Level::INFO, "a");
    handler.flush().unwrap();
    world.goes_away();
    log(&handler, Level::INFO, "b");
    handler.flush().unwrap_err();
    // For the other one, which is dropped.
    handler.close().unwrap_err();
    let (_, error) = handler.last_error().unwrap();
    assert!(error.contains("had read all that was sent"), "{error}");
    assert_eq!(handler.counters().written(), 1);
    assert!(is_balanced(&handler));
}

/// What an earlier process has left is sent, and may fail, as soon as there is a thread.
#[test]
fn a_handler_has_its_description_before_it_sends() {
    struct Undescribed(Arc<Mutex<(bool, Vec<bool>)>>);
    impl Transport for Undescribed {
        fn connect(&self) -> Result<Box<dyn Connection>, Error> {
            let mut seen = self.0.lock();
            let is_described = seen.0;
            seen.1.push(is_described);
            drop(seen);
            Err(away())
        }

        fn describe(&self) -> String {
            // A thread that was started has time to connect.
            for _ in 0..100 {
                if !self.0.lock().1.is_empty() {
                    break;
                }
                thread::sleep(Duration::from_millis(2));
            }
            self.0.lock().0 = true;
            "Undescribed".to_owned()
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::new(directory.path().join("spool"));
    for _ in 0..2 {
        let seen = Arc::<Mutex<_>>::default();
        let builder = DeliveryHandler::builder(Undescribed(Arc::clone(&seen)));
        let builder = builder.spool(spool.clone()).close_within(Duration::ZERO);
        let handler = builder.start().unwrap();
        handler.set_error_hook(|_| {});
        log(&handler, Level::INFO, "a");
        until(|| !seen.lock().1.is_empty());
        handler.close().unwrap();
        assert!(seen.lock().1.iter().all(|is_described| *is_described));
    }
}

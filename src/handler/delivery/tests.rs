//! Tests of the engine, with a receiver that a test steers.

use std::thread;
use std::time::Duration;

use super::*;
use crate::error::{Error, ErrorKind};
use crate::handler::check::check_sink;
use crate::handler::counters::DropReason;
use crate::handler::handler::Handler;
use crate::handler::queue::Overflow;
use crate::level::Level;
use crate::record::Record;
use crate::sys::sync::{Arc, Mutex};

/// What a receiver does with the next batches; the last one is repeated.
type Script = Box<dyn FnMut(&[Entry]) -> Outcome + Send>;

#[derive(Default)]
struct World {
    received: Mutex<Vec<String>>,
    connections: Mutex<usize>,
    script: Mutex<Option<Script>>,
}

struct Scripted(Arc<World>, BatchLimits);

impl Transport for Scripted {
    fn limits(&self) -> BatchLimits {
        self.1
    }

    fn connect(&self) -> Result<Box<dyn Connection>, Error> {
        *self.0.connections.lock() += 1;
        Ok(Box::new(Receiving(Arc::clone(&self.0))))
    }

    fn shorten(&self, entry: &Entry) -> Option<Entry> {
        Some(entry.with_payload(&entry.payload()[..4.min(entry.payload().len())]))
    }

    fn describe(&self) -> String {
        "Scripted".to_owned()
    }
}

struct Receiving(Arc<World>);

impl Receiving {
    fn take(&self, entries: &[Entry]) {
        let texts = entries
            .iter()
            .map(|entry| String::from_utf8_lossy(entry.payload()));
        self.0
            .received
            .lock()
            .extend(texts.map(std::borrow::Cow::into_owned));
    }
}

impl Connection for Receiving {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        let script = self.0.script.lock().take();
        let Some(mut script) = script else {
            self.take(batch);
            return Outcome::Sent;
        };
        let outcome = script(batch);
        let mut place = self.0.script.lock();
        if place.is_none() {
            *place = Some(script);
        }
        drop(place);
        match &outcome {
            Outcome::Sent => self.take(batch),
            Outcome::Retry { sent, .. } | Outcome::Broken { sent, .. } => {
                self.take(&batch[..*sent])
            }
            Outcome::Refused { which, .. } => {
                let taken = batch
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| !which.contains(at));
                taken.for_each(|(_, entry)| self.take(std::slice::from_ref(entry)));
            }
            Outcome::TooLarge(_) | Outcome::SomeRefused { .. } => {}
        }
        outcome
    }
}

impl World {
    fn builder(self: &Arc<Self>) -> DeliveryHandlerBuilder {
        self.builder_with(BatchLimits::default())
    }

    fn builder_with(self: &Arc<Self>, limits: BatchLimits) -> DeliveryHandlerBuilder {
        let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1));
        DeliveryHandler::builder(Scripted(Arc::clone(self), limits)).backoff(backoff)
    }

    fn script(&self, script: impl FnMut(&[Entry]) -> Outcome + Send + 'static) {
        *self.script.lock() = Some(Box::new(script));
    }

    fn recovers(&self) {
        self.script(|_| Outcome::Sent);
    }

    fn goes_away(&self) {
        self.script(|_| Outcome::Broken {
            sent: 0,
            error: away(),
        });
    }

    fn received(&self) -> Vec<String> {
        self.received.lock().clone()
    }
}

fn away() -> Error {
    Error::new(ErrorKind::Io, "away")
}

fn log(handler: &Handler, level: Level, text: &str) {
    handler.handle(&Record::builder().level(level).message(text).build());
}

fn until(what: impl Fn() -> bool) {
    for _ in 0..60_000 {
        if what() {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    panic!("it did not come to pass");
}

fn is_balanced(handler: &Handler) -> bool {
    let counters = handler.counters();
    counters.accepted() == counters.written() + counters.dropped() + counters.queued()
}

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

/// The first failure is reported; a flush returns it once.
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
    handler.close().unwrap_err();
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

//! Accepted records are written, counted as dropped, or still queued: each kind of handler against
//! sinks that count for themselves, and that fail and panic at random.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use logtree::formatter::Format;
use logtree::handler::{
    BufferingHandler, DropReason, FallbackHandler, Ledger, MemoryHandler, QueueHandler,
    RoutingHandler, Sink, SinkStatus, StreamHandler,
};
use logtree::record::OwnedRecord;
use logtree::{Error, ErrorKind, Formatter, Handler, Record};
use proptest::prelude::*;

use crate::support::Random;

/// What goes wrong with one record.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Works,
    Fails,
    Panics,
}

/// The steps to come; after them, everything works.
#[derive(Clone, Debug, Default)]
struct Script(Arc<Mutex<Vec<Step>>>);

impl Script {
    fn new(steps: &[Step]) -> Self {
        Self(Arc::new(Mutex::new(steps.iter().rev().copied().collect())))
    }

    /// The next step. A panic is one without the hook, which would print it.
    fn step(&self) -> Result<(), Error> {
        let step = self.0.lock().unwrap().pop().unwrap_or(Step::Works);
        match step {
            Step::Works => Ok(()),
            Step::Fails => Err(Error::new(ErrorKind::Io, "no device")),
            Step::Panics => resume_unwind(Box::new("the device panics")),
        }
    }
}

/// Counts what it wrote and what the notices reported.
#[derive(Clone, Debug, Default)]
struct Seen {
    records: Arc<AtomicU64>,
    told: Arc<AtomicU64>,
}

impl Seen {
    fn note(&self, message: &str) {
        match message.split_once(" record") {
            Some((count, rest)) if rest.ends_with("dropped: the device failed") => {
                self.told
                    .fetch_add(count.parse().unwrap(), Ordering::Relaxed);
            }
            _ => {
                self.records.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn records(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }
}

struct Device(Script, Seen);

impl Sink for Device {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        self.0.step()?;
        self.1.note(record.message());
        Ok(())
    }
}

impl Write for Device {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.step().map_err(io::Error::other)?;
        let line = std::str::from_utf8(bytes).unwrap().trim_end();
        // The end of a line that was cut off is a separate write.
        if !line.is_empty() {
            self.1.note(line);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps records as a buffer would, and notes in its ledger what became of them.
struct Keeps {
    kept: Mutex<Vec<String>>,
    capacity: usize,
    script: Script,
    seen: Seen,
    ledger: Ledger,
}

impl Sink for Keeps {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        self.ledger.kept(record);
        let mut kept = self.kept.lock().unwrap();
        kept.push(record.message().to_owned());
        let is_full = kept.len() >= self.capacity;
        drop(kept);
        if is_full {
            self.flush()?;
        }
        Ok(())
    }

    fn write_through(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        self.script.step()?;
        self.seen.note(record.message());
        Ok(())
    }

    fn flush(&self) -> Result<(), Error> {
        let kept = std::mem::take(&mut *self.kept.lock().unwrap());
        if kept.is_empty() {
            return Ok(());
        }
        match catch_unwind(AssertUnwindSafe(|| self.script.step())) {
            Ok(Ok(())) => {
                kept.iter().for_each(|message| self.seen.note(message));
                self.ledger.written(kept.len() as u64);
            }
            Ok(Err(error)) => self.ledger.dropped(kept.len() as u64, error),
            Err(_) => self.ledger.dropped(
                kept.len() as u64,
                Error::new(ErrorKind::Panicked, "the device panicked"),
            ),
        }
        Ok(())
    }

    fn status(&self) -> SinkStatus {
        SinkStatus::default().with_queued(self.kept.lock().unwrap().len() as u64)
    }
}

/// The handlers under test: the outer one, those that it writes to, and the sinks that count.
struct Subject {
    outer: Handler,
    inner: Vec<Handler>,
    seen: Vec<Seen>,
}

const KINDS: usize = 10;

fn subject(kind: usize, steps: &[Step], capacity: usize) -> Subject {
    let (script, seen) = (Script::new(steps), Seen::default());
    let device = || Device(script.clone(), seen.clone());
    let alone = |outer: Handler| Subject {
        outer,
        inner: Vec::new(),
        seen: vec![seen.clone()],
    };
    match kind {
        0 => alone(Handler::new(device())),
        1 => alone(StreamHandler::new(device()).into()),
        2 => {
            let (script, seen) = (script.clone(), seen.clone());
            alone(
                BufferingHandler::new(capacity, move |batch: &[OwnedRecord]| {
                    script
                        .step()
                        .unwrap_or_else(|error| resume_unwind(Box::new(error)));
                    batch.iter().for_each(|record| seen.note(record.message()));
                })
                .into(),
            )
        }
        3 => alone(Handler::with_ledger(|ledger| Keeps {
            kept: Mutex::default(),
            capacity,
            script: script.clone(),
            seen: seen.clone(),
            ledger,
        })),
        4 | 5 => {
            let target = if kind == 4 {
                Handler::new(device())
            } else {
                Handler::with_ledger(|ledger| Keeps {
                    kept: Mutex::default(),
                    capacity: 3,
                    script: script.clone(),
                    seen: seen.clone(),
                    ledger,
                })
            };
            let memory = MemoryHandler::new(capacity).with_target(target.clone());
            Subject {
                outer: memory.into(),
                inner: vec![target],
                seen: vec![seen],
            }
        }
        6 => {
            let other = Seen::default();
            let reversed: Vec<_> = steps.iter().rev().copied().collect();
            let links = [
                Handler::new(device()),
                Handler::new(Device(Script::new(&reversed), other.clone())),
            ];
            Subject {
                outer: FallbackHandler::from_iter(links).into(),
                inner: Vec::new(),
                seen: vec![seen, other],
            }
        }
        7 => {
            let target = Handler::new(device());
            let queue = QueueHandler::new([target.clone()]);
            Subject {
                outer: queue.into(),
                inner: vec![target],
                seen: vec![seen],
            }
        }
        8 => {
            let (script, seen) = (script.clone(), seen.clone());
            let open = move |_: &str| Ok(Handler::new(Device(script.clone(), seen.clone())));
            alone(RoutingHandler::builder("key", open).build().into())
        }
        _ => alone(
            StreamHandler::new(device())
                .with_formatter(Formatter::default())
                .into(),
        ),
    }
}

fn record(message: &str, log: impl FnOnce(&Record<'_>)) {
    log(&Record::builder().message(message).build());
}

fn assert_law(handler: &Handler, calls: u64) {
    let counters = handler.counters();
    assert_eq!(counters.accepted(), calls, "{handler:?} {counters:?}");
    let sum = counters.written() + counters.dropped() + counters.queued();
    assert_eq!(counters.accepted(), sum, "{handler:?} {counters:?}");
}

/// Logs `count` records from `threads` threads, and compares all counts.
fn play(kind: usize, steps: &[Step], capacity: usize, count: usize, threads: usize, seed: u64) {
    let subject = subject(kind, steps, capacity);
    let all = || subject.inner.iter().chain([&subject.outer]);
    let reported = Arc::new(AtomicU64::new(0));
    for handler in all() {
        let reported = Arc::clone(&reported);
        handler.set_error_hook(move |failure| {
            reported.fetch_add(failure.lost(), Ordering::Relaxed);
        });
    }
    // Every seventh record is refused, and every eleventh makes the filter panic.
    let (refused, passed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let (no, yes) = (Arc::clone(&refused), Arc::clone(&passed));
    subject.outer.add_filter(move |record: &mut Record<'_>| {
        let number: u64 = record.message().parse().unwrap();
        if number % 7 == 0 {
            no.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        yes.fetch_add(1, Ordering::Relaxed);
        if number % 11 == 0 {
            resume_unwind(Box::new("the filter panics"));
        }
        true
    });
    thread::scope(|scope| {
        for thread in 0..threads {
            let outer = &subject.outer;
            scope.spawn(move || {
                let mut random = Random::new(seed + thread as u64);
                for number in 0..count {
                    record(&number.to_string(), |record| {
                        outer.handle(record);
                    });
                    if random.below(9) == 0 {
                        let _ = outer.flush();
                    }
                    if threads == 1 && kind != 7 {
                        let accepted = outer.counters().accepted();
                        assert_law(outer, accepted);
                    }
                }
            });
        }
    });
    let (refused, passed) = (
        refused.load(Ordering::Relaxed),
        passed.load(Ordering::Relaxed),
    );
    assert_eq!(refused + passed, (count * threads) as u64);
    // Until nothing is kept: a device that fails while it is written out costs records, which are
    // counted.
    for handler in [&subject.outer].into_iter().chain(&subject.inner) {
        let _ = handler.flush();
        assert_eq!(handler.counters().queued(), 0, "{handler:?}");
    }
    assert_law(&subject.outer, passed);
    let outer = subject.outer.counters();
    let seen: u64 = subject.seen.iter().map(Seen::records).sum();
    match subject.inner.first() {
        None => assert_eq!(outer.written(), seen, "kind {kind}"),
        Some(inner) => {
            assert_law(inner, outer.written());
            assert_eq!(inner.counters().written(), seen, "kind {kind}");
        }
    }
    let dropped: u64 = all().map(|handler| handler.counters().dropped()).sum();
    assert_eq!(reported.load(Ordering::Relaxed), dropped, "kind {kind}");
    // Each loss is reported once: the rest of the script may fail first, then one more record
    // carries the report.
    let device = subject.inner.first().unwrap_or(&subject.outer);
    if [0, 1, 3, 4, 7, 8, 9].contains(&kind) {
        for _ in 0..=steps.len() {
            record("1", |record| {
                device.handle(record);
            });
            let _ = device.flush();
        }
        let told = subject.seen[0].told.load(Ordering::Relaxed);
        assert_eq!(
            told,
            device.counters().dropped_for(DropReason::Io),
            "kind {kind}"
        );
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::Works),
        2 => Just(Step::Fails),
        1 => Just(Step::Panics)
    ];
    proptest::collection::vec(step, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn accepted_is_written_dropped_and_queued(
        kind in 0..KINDS, steps in steps(), capacity in 1..12_usize, count in 0..80_usize,
        threads in 1..4_usize, seed: u64,
    ) {
        play(kind, &steps, capacity, count, threads, seed >> 1);
    }
}

#[test]
fn each_kind_of_handler_accounts_for_all_records() {
    let steps: Vec<_> = (0..50)
        .map(|n| {
            [
                Step::Works,
                Step::Fails,
                Step::Works,
                Step::Panics,
                Step::Fails,
            ][n * n % 5]
        })
        .collect();
    for kind in 0..KINDS {
        play(kind, &steps, 5, 100, 1, 1);
        play(kind, &steps, 5, 100, 4, 2);
    }
}

#[test]
fn a_batch_whose_function_panics_is_lost_as_a_whole() {
    let handler = BufferingHandler::new(100, |_: &[OwnedRecord]| resume_unwind(Box::new("boom")));
    let reports = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&reports);
    handler.set_error_hook(move |failure| {
        into.lock()
            .unwrap()
            .push((failure.lost(), failure.error().to_string()));
    });
    for _ in 0..100 {
        handler.handle(&Record::builder().message("x").build());
    }
    let counters = handler.counters();
    assert_eq!(
        (counters.written(), counters.dropped_for(DropReason::Panic)),
        (0, 100)
    );
    let told = vec![(100, "the function for a batch panicked: boom".to_owned())];
    assert_eq!(*reports.lock().unwrap(), told);
    assert_eq!(handler.flush().unwrap_err().kind(), ErrorKind::Panicked);
    // Once.
    handler.flush().unwrap();
}

/// The last batch of a handler that is dropped has no caller; its failure reaches the hook, and the
/// hook sees which handler it was.
#[test]
fn the_end_of_a_handler_reports_its_last_failure() {
    let handler = BufferingHandler::new(100, |_: &[OwnedRecord]| resume_unwind(Box::new("boom")));
    let reports = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&reports);
    handler.set_error_hook(move |failure| {
        let name = format!("{:?}", failure.handler());
        into.lock().unwrap().push((failure.lost(), name));
    });
    handler.handle(&Record::builder().message("x").build());
    drop(handler);
    let told = vec![(1, "<BufferingHandler (NOTSET)>".to_owned())];
    assert_eq!(*reports.lock().unwrap(), told);
}

/// Two threads find the same outage over; only one reports it, and a report that fails is repeated.
#[test]
fn an_outage_is_reported_once_by_many_threads() {
    for round in 0..50 {
        let steps: Vec<_> = (0..40 + round)
            .map(|n| {
                if n % 13 == 12 {
                    Step::Works
                } else {
                    Step::Fails
                }
            })
            .collect();
        let seen = Seen::default();
        let handler = Handler::new(Device(Script::new(&steps), seen.clone()));
        handler.set_error_hook(|_| {});
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        handler.handle(&Record::builder().message("x").build());
                    }
                });
            }
        });
        handler.handle(&Record::builder().message("x").build());
        let lost = handler.counters().dropped_for(DropReason::Io);
        assert_eq!(seen.told.load(Ordering::Relaxed), lost);
        assert_eq!(handler.counters().written(), seen.records());
        assert_law(&handler, 201);
    }
}

#[test]
fn a_flush_returns_what_failed_since_the_last_one() {
    let steps = [Step::Works, Step::Fails, Step::Panics];
    let handler = StreamHandler::new(Device(Script::new(&steps), Seen::default()));
    handler.set_error_hook(|_| {});
    let log = || handler.handle(&Record::builder().message("x").build());
    log();
    handler.flush().unwrap();
    log();
    log();
    assert_eq!(handler.flush().unwrap_err().kind(), ErrorKind::Io);
    handler.flush().unwrap();
    log();
    handler.flush().unwrap();
    assert!(handler.close().is_ok());
}

/// Without a hook, what a buffer lost is a line on standard error of the registry that logged.
#[test]
fn a_loss_without_a_caller_is_reported() {
    let (registry, stderr) = crate::support::registry_with_stderr();
    let handler = Handler::with_ledger(|ledger| Keeps {
        kept: Mutex::default(),
        capacity: 10,
        script: Script::new(&[Step::Fails]),
        seen: Seen::default(),
        ledger,
    });
    registry.root().add_handler(handler.clone());
    for _ in 0..3 {
        registry.root().error("x");
    }
    let flusher = handler.clone();
    let flushed = thread::spawn(move || flusher.flush()).join().unwrap();
    assert!(flushed.is_err());
    assert_eq!(
        stderr.get(),
        "logtree: <Keeps (NOTSET)> dropped 3 buffered records: no device\n"
    );
}

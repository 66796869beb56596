//! A spool on a disk without room.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use logtree::delivery::{Backoff, Connection, Entry, Outcome, Spool, Transport};
use logtree::handler::DeliveryHandler;
use logtree::{Error, ErrorKind, Level, Record};

use super::{is_settled, namespace, until};

/// What is logged in each outage: some megabytes, for a disk of one.
const RECORDS: u64 = 20_000;
const IN_MEMORY: usize = 100;

#[derive(Default)]
struct Receiver {
    is_away: AtomicBool,
    received: Mutex<Vec<u64>>,
}

struct To(Arc<Receiver>);

impl Transport for To {
    fn connect(&self) -> Result<Box<dyn Connection>, Error> {
        Ok(Box::new(To(Arc::clone(&self.0))))
    }

    fn describe(&self) -> String {
        "To".to_owned()
    }
}

impl Connection for To {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        if self.0.is_away.load(Ordering::SeqCst) {
            let error = Error::new(ErrorKind::Io, "away");
            return Outcome::Broken { sent: 0, error };
        }
        let texts = batch
            .iter()
            .map(|entry| String::from_utf8_lossy(entry.payload()));
        // A notice of what was dropped has no number.
        let numbers = texts.filter_map(|text| text.trim_start_matches('0').parse::<u64>().ok());
        self.0.received.lock().unwrap().extend(numbers);
        Outcome::Sent
    }
}

#[test]
fn a_full_disk_costs_no_more_than_what_is_counted() {
    if namespace::is_inside() {
        with_a_small_disk();
    } else {
        let module = "delivery::full_disk";
        let test = "a_full_disk_costs_no_more_than_what_is_counted";
        namespace::run(&format!("{module}::{test}"));
    }
}

fn with_a_small_disk() {
    let directory = tempfile::tempdir().unwrap();
    let disk = directory.path().to_str().unwrap();
    namespace::mount(&["-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", disk]);
    let files = || {
        std::fs::read_dir(Path::new(disk).join("spool"))
            .unwrap()
            .count()
    };

    let receiver = Arc::<Receiver>::default();
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1));
    let handler = DeliveryHandler::builder(To(Arc::clone(&receiver)))
        .max_records(IN_MEMORY)
        .backoff(backoff)
        .spool(Spool::new(Path::new(disk).join("spool")));
    let handler = handler.start().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&seen);
    handler.set_error_hook(move |failure| hook.lock().unwrap().push(failure.error().to_string()));
    let mut sent = 0;
    // A disk that was full takes as much again.
    for outage in 1..=3 {
        receiver.is_away.store(true, Ordering::SeqCst);
        let dropped = handler.counters().dropped();
        for number in 0..RECORDS {
            let level = if number % 10 == 0 {
                Level::ERROR
            } else {
                Level::INFO
            };
            let text = format!("{:0200}", outage * RECORDS + number);
            handler.handle(&Record::builder().level(level).message(text).build());
        }
        // A cursor, a lock and the segments of one process, which are larger than the disk.
        assert!(files() <= 8, "{} files", files());
        let spooled = handler.health().spooled_bytes;
        assert!(spooled > 800_000, "{spooled} bytes in outage {outage}");
        let dropped = handler.counters().dropped() - dropped;
        assert!(
            dropped > RECORDS / 2 && dropped < RECORDS - 3_000,
            "{dropped}"
        );
        receiver.is_away.store(false, Ordering::SeqCst);
        until(|| is_settled(&handler));
        let received = receiver.received.lock().unwrap();
        let new = &received[sent..];
        assert_eq!(new.len() as u64 + dropped, RECORDS);
        assert!(new.is_sorted_by(|a, b| a < b), "each once, in order");
        // What is severe is kept as long as there is something else to drop.
        let last = &new[new.len() - IN_MEMORY..];
        assert!(last.iter().all(|number| number % 10 == 0), "{last:?}");
        sent = received.len();
        drop(received);
        until(|| handler.health().spooled_bytes == 0);
    }
    assert_eq!(handler.drops().total(), handler.counters().dropped());
    let is_of_the_disk = |text: &String| text.starts_with("cannot write the spool: No space left");
    assert!(seen.lock().unwrap().iter().any(is_of_the_disk));
}

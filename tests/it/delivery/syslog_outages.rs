//! Syslog over TCP to a receiver that is killed and comes back, many times.
//!
//! `LOGTREE_OUTAGE_RECORDS=1000000` makes it a long test.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use logtree::Record;
use logtree::delivery::{Backoff, Spool};
use logtree::handler::SysLogHandler;
use logtree::handler::builder::SysLogHandlerBuilder;

const KILLS: u64 = 100;

/// Long enough for every machine.
const LONG: Duration = Duration::from_secs(600);

/// So little that the handler waits for the receiver often.
const RESEND_BYTES: usize = 32 * 1024;

fn record_count() -> u64 {
    let given = std::env::var("LOGTREE_OUTAGE_RECORDS").ok();
    given.map_or(20_000, |text| text.parse().expect("a number"))
}

/// How often each record came, by its number in the message.
type Received = Arc<Mutex<BTreeMap<u64, u32>>>;

/// A receiver that ends when it has enough new records, as if it were killed: what it has not read
/// is lost.
struct Receiver {
    address: SocketAddr,
    received: Received,
    is_over: Arc<AtomicBool>,
    thread: thread::JoinHandle<u64>,
}

impl Receiver {
    fn start(records_in_a_life: u64) -> Self {
        let listener = listen("127.0.0.1:0".parse().unwrap());
        let address = listener.local_addr().unwrap();
        let (received, is_over) = (Received::default(), Arc::new(AtomicBool::new(false)));
        let thread = {
            let (received, is_over) = (Arc::clone(&received), Arc::clone(&is_over));
            thread::spawn(move || live(listener, &received, &is_over, records_in_a_life))
        };
        Self {
            address,
            received,
            is_over,
            thread,
        }
    }

    /// Lets it read what is there, and returns how often it was killed, and what it received.
    fn end(self) -> (u64, BTreeMap<u64, u32>) {
        self.is_over.store(true, Ordering::Relaxed);
        let kills = self.thread.join().unwrap();
        let received = std::mem::take(&mut *self.received.lock().unwrap());
        (kills, received)
    }
}

fn listen(address: SocketAddr) -> TcpListener {
    loop {
        // The port may still be in use by a connection that is ending.
        if let Ok(listener) = TcpListener::bind(address) {
            return listener;
        }
        thread::yield_now();
    }
}

/// Receives until it is over, and dies now and then. Returns how often.
fn live(
    mut listener: TcpListener,
    received: &Received,
    is_over: &AtomicBool,
    records_in_a_life: u64,
) -> u64 {
    let address = listener.local_addr().unwrap();
    let mut kills = 0;
    let mut new = 0;
    loop {
        listener.set_nonblocking(true).unwrap();
        let mut peer = match listener.accept() {
            Ok((peer, _)) => peer,
            Err(_) if is_over.load(Ordering::Relaxed) => return kills,
            Err(_) => {
                thread::sleep(Duration::from_millis(1));
                continue;
            }
        };
        peer.set_nonblocking(false).unwrap();
        peer.set_read_timeout(Some(Duration::from_millis(20)))
            .unwrap();
        let mut unparsed = Vec::new();
        while let Some(numbers) = read_some(&mut peer, &mut unparsed, is_over) {
            let mut received = received.lock().unwrap();
            for number in numbers {
                let count = received.entry(number).or_default();
                *count += 1;
                new += u64::from(*count == 1);
            }
            drop(received);
            if new >= records_in_a_life && kills < KILLS {
                (new, kills) = (0, kills + 1);
                drop(peer);
                drop(listener);
                // It is away for a moment, longer each time.
                thread::sleep(Duration::from_micros(100 * kills));
                listener = listen(address);
                break;
            }
        }
    }
}

/// Reads what is there; returns the numbers of the messages, `None` at the end of the connection.
fn read_some(
    peer: &mut TcpStream,
    unparsed: &mut Vec<u8>,
    is_over: &AtomicBool,
) -> Option<Vec<u64>> {
    let mut bytes = [0; 4096];
    match peer.read(&mut bytes) {
        Ok(0) => return None,
        Ok(length) => unparsed.extend_from_slice(&bytes[..length]),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            return (!is_over.load(Ordering::Relaxed)).then(Vec::new);
        }
        Err(_) => return None,
    }
    let mut numbers = Vec::new();
    let mut rest = &unparsed[..];
    while let Some(space) = rest.iter().position(|byte| *byte == b' ') {
        let length = std::str::from_utf8(&rest[..space]).unwrap();
        let end = space + 1 + length.parse::<usize>().expect("the length of a message");
        let Some(message) = rest.get(space + 1..end) else {
            break;
        };
        let text = std::str::from_utf8(message).unwrap();
        // Notices of what was dropped have no number.
        numbers.extend(
            text.rsplit_once("] number ")
                .and_then(|(_, number)| number.parse::<u64>().ok()),
        );
        rest = &rest[end..];
    }
    let parsed = unparsed.len() - rest.len();
    unparsed.drain(..parsed);
    Some(numbers)
}

/// Logs all records while the receiver dies and comes back. Returns how many it never got, how many
/// were dropped, and how many came twice.
fn run(configure: impl FnOnce(SysLogHandlerBuilder) -> SysLogHandlerBuilder) -> (u64, u64, u64) {
    let count = record_count();
    // Enough for all kills, whatever is dropped.
    let receiver = Receiver::start(count / (KILLS * 2));
    let builder = SysLogHandler::builder(format!("tcp:{}", receiver.address));
    // The receiver dies again before it has read much of what it gets again.
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(5));
    let builder = configure(builder).backoff(backoff);
    let handler = builder.close_within(LONG).start().unwrap();
    handler.set_error_hook(|_| {});
    for number in 0..count {
        let record = Record::builder().name("outage");
        handler.handle(&record.message(format!("number {number}")).build());
        // The receiver must live as often as it dies.
        if number % 1_000 == 999 {
            while handler.health().queued > 5_000 && handler.drops().total() == 0 {
                thread::sleep(Duration::from_millis(1));
            }
        }
    }
    while handler.flush_within(LONG).is_err() {}
    let dropped = handler.drops().total();
    // An error of it would be one of the outages. It waits until all is read.
    let _ = handler.close();
    let (kills, received) = receiver.end();
    assert_eq!(kills, KILLS, "{} of {count} received", received.len());
    let numbers: BTreeSet<u64> = received.keys().copied().collect();
    let missing = count - numbers.len() as u64;
    let again: u32 = received.values().map(|count| count - 1).sum();
    println!(
        "TCP: {count} records, {kills} kills: {missing} missing, {dropped} dropped, {again} again"
    );
    (missing, dropped, again.into())
}

/// How many records can come twice: what may be unread, and a batch of 64 KiB, for each kill;
/// messages have more than 64 bytes.
fn most_again(resend_bytes: usize) -> u64 {
    KILLS * (resend_bytes as u64 + 64 * 1024) / 64
}

#[test]
fn gaps_are_the_counted_drops_only() {
    let (missing, dropped, again) = run(|builder| builder);
    assert_eq!(missing, dropped);
    assert!(again <= most_again(1 << 20), "{again}");
}

#[test]
fn with_a_spool_there_are_none() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::new(directory.path().join("spool")).max_bytes(1 << 30);
    let (missing, dropped, again) = run(|builder| {
        builder
            .spool(spool)
            .max_records(500)
            .resend_bytes(RESEND_BYTES)
    });
    assert_eq!((missing, dropped), (0, 0));
    assert!(again <= most_again(RESEND_BYTES), "{again}");
}

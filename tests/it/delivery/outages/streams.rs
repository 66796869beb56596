//! Streams, whose receivers acknowledge nothing.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use logtree::Handler;
use logtree::delivery::{Backoff, Spool};
use logtree::handler::SysLogHandler;
use logtree::{delivery::Wire, handler::SocketHandler};

use super::{Count, KILLS, LONG, log, number, record_count, spool, until_all};
use crate::delivery::until;

/// So little that the handler waits for the receiver often.
const RESEND_BYTES: usize = 32 * 1024;

/// Where the first frame of a stream begins and ends without its length, once all of it is there.
type Framing = fn(&[u8]) -> Option<(usize, usize)>;

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
    fn start(records_in_a_life: u64, framing: Framing) -> Self {
        let listener = listen("127.0.0.1:0".parse().unwrap());
        let address = listener.local_addr().unwrap();
        let (received, is_over) = (Received::default(), Arc::new(AtomicBool::new(false)));
        let thread = {
            let (received, is_over) = (Arc::clone(&received), Arc::clone(&is_over));
            thread::spawn(move || live(listener, &received, &is_over, records_in_a_life, framing))
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
    let listener = OnceCell::new();
    // The port may still be in use by a connection that is ending.
    until(|| TcpListener::bind(address).is_ok_and(|bound| listener.set(bound).is_ok()));
    listener.into_inner().unwrap()
}

/// Receives until it is over, and dies now and then. Returns how often.
fn live(
    mut listener: TcpListener,
    received: &Received,
    is_over: &AtomicBool,
    records_in_a_life: u64,
    framing: Framing,
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
        while let Some(numbers) = read_some(&mut peer, &mut unparsed, is_over, framing) {
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
    framing: Framing,
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
    while let Some((start, end)) = framing(rest) {
        numbers.extend(number(&rest[start..end]));
        rest = &rest[end..];
    }
    let parsed = unparsed.len() - rest.len();
    unparsed.drain(..parsed);
    Some(numbers)
}

/// Syslog's: the length in digits, and a blank.
fn octet_count(bytes: &[u8]) -> Option<(usize, usize)> {
    let space = bytes.iter().position(|byte| *byte == b' ')?;
    let length = std::str::from_utf8(&bytes[..space]).unwrap();
    let end = space + 1 + length.parse::<usize>().expect("the length of a message");
    (end <= bytes.len()).then_some((space + 1, end))
}

/// Python's: the length in four bytes.
fn four_bytes(bytes: &[u8]) -> Option<(usize, usize)> {
    let length = u32::from_be_bytes(*bytes.first_chunk()?);
    let end = 4 + usize::try_from(length).unwrap();
    (end <= bytes.len()).then_some((4, end))
}

/// Logs all records while the receiver dies and comes back.
fn run(name: &str, framing: Framing, connect: impl FnOnce(SocketAddr) -> Handler) -> Count {
    let count = record_count();
    // Enough for all kills, whatever is dropped.
    let receiver = Receiver::start(count / (KILLS * 2), framing);
    let handler = connect(receiver.address);
    handler.set_error_hook(|_| {});
    for number in 0..count {
        log(&handler, number);
        // The receiver must live as often as it dies.
        if number % 1_000 == 999 {
            until_all(|| handler.counters().queued() <= 5_000 || handler.counters().dropped() > 0);
        }
    }
    until_all(|| handler.flush().is_ok());
    let dropped = handler.counters().dropped();
    // An error of it would be one of the outages. It waits until all is read.
    let _ = handler.close();
    let (kills, received) = receiver.end();
    assert_eq!(kills, KILLS, "{} of {count} received", received.len());
    let all = received.values().map(|count| u64::from(*count)).sum();
    Count::of(name, received.len() as u64, all, dropped)
}

/// The receiver dies again before it has read much of what it gets again.
fn backoff() -> Backoff {
    Backoff::new(Duration::from_millis(1), Duration::from_millis(5))
}

/// How many records can come twice: what may be unread, and a batch, for each kill; messages have
/// more than 64 bytes.
fn most_again(resend_bytes: usize, batch_bytes: usize) -> u64 {
    KILLS * (resend_bytes + batch_bytes) as u64 / 64
}

fn assert_gaps_are_counted(count: &Count, batch_bytes: usize) {
    count.assert_gaps_are_counted(most_again(1 << 20, batch_bytes));
}

fn assert_no_gaps(count: &Count, batch_bytes: usize) {
    assert_eq!(count.missing, 0);
    count.assert_gaps_are_counted(most_again(RESEND_BYTES, batch_bytes));
}

const SYSLOG_BATCH: usize = 64 * 1024;

#[test]
fn syslog_loses_the_counted_drops_only() {
    let count = run("syslog", octet_count, |address| {
        let builder = SysLogHandler::builder(format!("tcp:{address}"));
        let builder = builder.backoff(backoff()).close_within(LONG);
        builder.start().unwrap().into()
    });
    assert_gaps_are_counted(&count, SYSLOG_BATCH);
}

#[test]
fn syslog_with_a_spool_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let count = run("syslog, with a spool", octet_count, |address| {
        let builder = SysLogHandler::builder(format!("tcp:{address}"));
        let builder = builder.spool(spool(&directory)).max_records(500);
        let builder = builder.resend_bytes(RESEND_BYTES).close_within(LONG);
        builder.backoff(backoff()).start().unwrap().into()
    });
    assert_no_gaps(&count, SYSLOG_BATCH);
}

/// What the system had taken for a receiver that died is sent by the next process.
#[test]
fn what_was_unread_at_the_end_is_in_the_spool() {
    let directory = tempfile::tempdir().unwrap();
    let connect = |address: SocketAddr| {
        let builder = SysLogHandler::builder(format!("tcp:{address}"));
        let builder = builder.spool(spool(&directory)).backoff(backoff());
        let builder = builder.close_within(Duration::from_secs(1));
        let handler = builder.start().unwrap();
        handler.set_error_hook(|_| {});
        handler
    };
    let listener = listen("127.0.0.1:0".parse().unwrap());
    let handler = connect(listener.local_addr().unwrap());
    (0..100).for_each(|number| log(&handler, number));
    handler.flush().unwrap();
    assert_eq!(handler.counters().written(), 100);
    // It has read nothing.
    drop(listener);
    handler.close().unwrap();
    assert_eq!(handler.counters().written(), 100);
    drop(handler);

    let receiver = Receiver::start(u64::MAX, octet_count);
    let handler = connect(receiver.address);
    log(&handler, 100);
    until(|| handler.flush().is_ok() && handler.health().spooled_bytes == 0);
    handler.close().unwrap();
    let (_, received) = receiver.end();
    assert!(received.keys().copied().eq(0..=100), "{received:?}");
}

/// A spool takes of it what it has room for, and the rest is reported.
#[test]
fn what_was_unread_and_has_no_room_in_the_spool_is_reported() {
    const UNREAD: u64 = 1_500;
    let directory = tempfile::tempdir().unwrap();
    let connect = |address: SocketAddr| {
        let builder = SysLogHandler::builder(format!("tcp:{address}"));
        let spool = Spool::new(directory.path().join("spool")).max_bytes(64 * 1024);
        let builder = builder.spool(spool).backoff(backoff());
        let builder = builder.close_within(Duration::from_secs(1));
        builder.start().unwrap()
    };
    let listener = listen("127.0.0.1:0".parse().unwrap());
    let handler = connect(listener.local_addr().unwrap());
    let failures = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&failures);
    handler.set_error_hook(move |failure| seen.lock().unwrap().push(failure.error().to_string()));
    (0..UNREAD).for_each(|number| log(&handler, number));
    handler.flush().unwrap();
    // It has read nothing. What comes now is held, but for what its system has not refused yet.
    drop(listener);
    until(|| {
        log(&handler, UNREAD);
        handler.health().failures > 0
    });
    let last = UNREAD + 100;
    (UNREAD + 1..last).for_each(|number| log(&handler, number));
    let _ = handler.close();
    let counters = handler.counters();
    assert_eq!(
        (counters.written(), counters.dropped()),
        (counters.accepted(), 0)
    );
    drop(handler);
    let failures = failures.lock().unwrap().clone();
    let numbers = failures.iter().filter_map(|text| {
        let rest = text.strip_prefix("the spool is full: ")?;
        rest.split(' ').next()?.parse::<u64>().ok()
    });
    let missing: u64 = numbers.sum();
    assert!(missing > 0, "{failures:?}");

    let receiver = Receiver::start(u64::MAX, octet_count);
    let handler = connect(receiver.address);
    log(&handler, last);
    until(|| handler.flush().is_ok() && handler.health().spooled_bytes == 0);
    handler.close().unwrap();
    let (_, received) = receiver.end();
    assert!(
        received.keys().copied().eq(missing..=last),
        "{missing}: {received:?}"
    );
}

const SOCKET_BATCH: usize = 1024 * 1024;

#[test]
fn socket_loses_the_counted_drops_only() {
    let count = run("socket", four_bytes, |address| {
        let builder = SocketHandler::builder(address.to_string()).wire(Wire::Json);
        let builder = builder.backoff(backoff()).close_within(LONG);
        builder.start().unwrap().into()
    });
    assert_gaps_are_counted(&count, SOCKET_BATCH);
}

#[test]
fn socket_with_a_spool_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let count = run("socket, with a spool", four_bytes, |address| {
        let builder = SocketHandler::builder(address.to_string()).wire(Wire::Json);
        let builder = builder.spool(spool(&directory)).max_records(500);
        let builder = builder.resend_bytes(RESEND_BYTES).close_within(LONG);
        builder.backoff(backoff()).start().unwrap().into()
    });
    assert_no_gaps(&count, SOCKET_BATCH);
}

//! Records sent as GELF, read by a receiver in Python that follows the specification.

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, UdpSocket};
use std::thread;
use std::time::Duration;

use logtree::delivery::Backoff;
use logtree::handler::builder::GelfHandlerBuilder;
use logtree::handler::{GelfCompression, GelfHandler};
use logtree::time::Timestamp;
use logtree::{ErrorKind, Handler, Level, Record};
use serde_json::Value;

use super::program::Program;
use super::{is_settled, python, until};

struct Receiver {
    program: Program,
    address: String,
}

impl Receiver {
    fn start(kind: &str, messages: usize) -> Self {
        let mut program = python::start("gelf.py", &[kind, &messages.to_string()]);
        let port = program.line().unwrap();
        let address = format!("{kind}:127.0.0.1:{port}");
        Self { program, address }
    }

    fn builder(&self) -> GelfHandlerBuilder {
        let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1));
        GelfHandler::builder(&self.address)
            .host("web1")
            .backoff(backoff)
    }

    fn next(&mut self) -> Value {
        serde_json::from_str(&self.program.line().unwrap()).unwrap()
    }

    fn end(self) {
        self.program.end();
    }
}

fn log(handler: &Handler, message: &str) {
    handler.handle(
        &Record::builder()
            .name("app")
            .level(Level::ERROR)
            .message(message)
            .build(),
    );
}

/// A text that no compression makes much shorter.
fn noise(bytes: usize) -> String {
    let mut random = crate::support::Random::new(7);
    let characters = (0..bytes).map(|_| char::from(b'!' + u8::try_from(random.below(90)).unwrap()));
    characters.collect()
}

#[test]
fn datagrams_are_read_in_each_format_and_in_chunks() {
    if !python::has("zlib") {
        return;
    }
    for (compression, packed) in [
        (GelfCompression::None, "none"),
        #[cfg(feature = "gzip")]
        (GelfCompression::Gzip, "gzip"),
        #[cfg(feature = "gzip")]
        (GelfCompression::Zlib, "zlib"),
    ] {
        let mut receiver = Receiver::start("udp", 4);
        let builder = receiver
            .builder()
            .compression(compression)
            .datagram_bytes(1420);
        let handler = builder.start().unwrap();
        let texts = [
            "short".to_owned(),
            noise(3000),
            noise(100_000),
            "ünï\nmore".to_owned(),
        ];
        for text in &texts {
            log(&handler, text);
        }
        handler.flush().unwrap();
        for text in &texts {
            let read = receiver.next();
            assert_eq!(read["packed"], packed);
            let message = &read["message"];
            let short = text.lines().next().unwrap();
            assert_eq!(message["short_message"], short);
            assert_eq!(
                (&message["host"], &message["level"]),
                (&"web1".into(), &3.into())
            );
            let chunks = read["chunks"].as_u64().unwrap();
            assert_eq!(chunks > 1, text.len() >= 3000, "{chunks}");
        }
        receiver.end();
    }
}

/// 128 chunks are the most: what is larger is cut.
#[test]
fn a_message_of_too_many_chunks_is_cut() {
    if !python::has("zlib") {
        return;
    }
    let mut receiver = Receiver::start("udp", 2);
    let builder = receiver
        .builder()
        .compression(GelfCompression::None)
        .datagram_bytes(512);
    let handler = builder.start().unwrap();
    for bytes in [60_000, 70_000] {
        log(&handler, &noise(bytes));
    }
    handler.flush().unwrap();
    let length = |read: &Value| read["message"]["short_message"].as_str().unwrap().len();
    let (whole, cut) = (receiver.next(), receiver.next());
    assert_eq!(length(&whole), 60_000);
    assert!(
        cut["message"]["short_message"]
            .as_str()
            .unwrap()
            .ends_with("…[+35000]"),
        "{cut}"
    );
    assert!(length(&cut) < 36_000);
    assert_eq!(handler.counters().written(), 2);
    receiver.end();
}

/// Over UDP, no system takes more than 65,507 bytes at once.
#[test]
fn a_datagram_that_the_system_does_not_take_is_sent_in_smaller_ones() {
    if !python::has("zlib") {
        return;
    }
    // In one datagram, in two, and in one of 65,507 bytes that the system takes.
    let sizes = [66_000, 100_000, 1_000];
    let mut receiver = Receiver::start("udp", sizes.len());
    let builder = receiver.builder().datagram_bytes(70_000);
    let handler = builder.compression(GelfCompression::None).start().unwrap();
    for size in sizes {
        let text = noise(size);
        log(&handler, &text);
        handler.flush().unwrap();
        assert_eq!(receiver.next()["message"]["short_message"], text);
    }
    assert_eq!(handler.counters().written(), 3);
    receiver.end();
}

/// Sizes on both sides of what fits into 1, 2 and 128 datagrams.
#[test]
fn a_message_has_as_many_chunks_as_it_needs() {
    const DATAGRAM: usize = 512;
    const PART: usize = DATAGRAM - 12;

    if !python::has("zlib") {
        return;
    }
    let sizes = [
        (DATAGRAM, 1),
        (DATAGRAM + 1, 2),
        (2 * PART, 2),
        (2 * PART + 1, 3),
        (127 * PART, 127),
        (127 * PART + 1, 128),
        (128 * PART, 128),
    ];
    let mut receiver = Receiver::start("udp", sizes.len() + 2);
    let builder = receiver
        .builder()
        .compression(GelfCompression::None)
        .datagram_bytes(DATAGRAM);
    let handler = builder.start().unwrap();
    let log = |bytes: usize| {
        // The same time in each, as its digits are part of the size.
        let record = Record::builder().name("app").level(Level::ERROR);
        let record = record.time(Timestamp::from_nanos(1_793_966_400_123_456_789));
        handler.handle(&record.message("x".repeat(bytes)).build());
        handler.flush().unwrap();
    };
    let size = |read: &Value| usize::try_from(read["bytes"].as_u64().unwrap()).unwrap();
    log(1);
    let others = size(&receiver.next()) - 1;
    for (bytes, chunks) in sizes {
        log(bytes - others);
        let read = receiver.next();
        assert_eq!((size(&read), &read["chunks"]), (bytes, &chunks.into()));
        let message = &read["message"]["short_message"];
        assert_eq!(*message, "x".repeat(bytes - others));
    }
    log(128 * PART + 1 - others);
    let cut = receiver.next();
    assert!(size(&cut) < 128 * PART, "{cut}");
    let message = cut["message"]["short_message"].as_str().unwrap();
    assert!(message.contains("…[+"), "{cut}");
    receiver.end();
}

#[test]
fn a_stream_has_messages_that_end_with_nul() {
    if !python::has("zlib") {
        return;
    }
    let mut receiver = Receiver::start("tcp", 1000);
    let handler = receiver.builder().start().unwrap();
    for number in 0..1000 {
        log(&handler, &format!("nul \0 and {number}"));
    }
    handler.flush().unwrap();
    for number in 0..1000 {
        let read = receiver.next();
        assert_eq!(
            read["message"]["short_message"],
            format!("nul \0 and {number}")
        );
    }
    receiver.end();
}

/// Graylog takes 2 MiB: what is larger is cut.
#[test]
fn a_message_that_is_too_long_for_a_stream_is_cut() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    let builder = GelfHandler::builder(address).resend_bytes(0);
    let handler = builder.start().unwrap();
    handler.set_error_hook(|_| {});
    log(&handler, "before");
    log(&handler, &"x".repeat(3_000_000));
    log(&handler, "after");
    let (stream, _) = listener.accept().unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut stream = BufReader::new(stream);
    let mut read = || {
        let mut message = Vec::new();
        stream.read_until(0, &mut message).unwrap();
        message.pop();
        assert!(message.len() <= 2 * 1024 * 1024, "{}", message.len());
        let message: Value = serde_json::from_slice(&message).unwrap();
        message["short_message"].as_str().unwrap().to_owned()
    };
    assert_eq!(read(), "before");
    assert!(read().ends_with("x…[+1500000]"));
    assert_eq!(read(), "after");
    until(|| is_settled(&handler));
}

/// It accepts, and reads nothing until all was logged.
#[test]
fn a_receiver_that_does_not_read_costs_no_caller_anything() {
    const RECORDS: usize = 3000;

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    let handler = GelfHandler::builder(address).start().unwrap();
    handler.set_error_hook(|_| {});
    let text = noise(2000);
    for _ in 0..RECORDS {
        log(&handler, &text);
    }
    let counters = handler.counters();
    assert_eq!(
        (counters.accepted(), counters.dropped()),
        (RECORDS as u64, 0)
    );
    thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = std::io::copy(&mut stream.unwrap().take(u64::MAX), &mut std::io::sink());
        }
    });
    until(|| is_settled(&handler));
    assert_eq!(handler.counters().written(), RECORDS as u64);
}

#[cfg(feature = "http-handler")]
#[test]
fn over_http_each_message_is_a_request() {
    use super::web_server::{Deed, WebServer};

    let server = WebServer::start(|_| Deed::status(202));
    let handler = GelfHandler::new(server.url("/gelf")).unwrap();
    for number in 0..3 {
        log(&handler, &number.to_string());
    }
    handler.flush().unwrap();
    let requests = server.requests();
    for (number, request) in requests.iter().enumerate() {
        let message: Value = serde_json::from_str(request.text()).unwrap();
        assert_eq!(message["short_message"], number.to_string());
        assert_eq!(
            (&*request.target, request.header("content-type")),
            ("/gelf", Some("application/json"))
        );
    }
    assert_eq!((requests.len(), handler.counters().written()), (3, 3));
}

#[test]
fn addresses_that_cannot_be_are_refused() {
    for address in [
        "",
        "udp:",
        "ftp://host/",
        "unix:/dev/log",
        "tcp:ann:s3cret@host:1",
        "http://",
    ] {
        let error = GelfHandler::new(address).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{address}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
}

/// Nothing listens: over UDP that is known from the second datagram on.
#[test]
fn where_nothing_listens_records_wait() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    drop(socket);
    let handler = GelfHandler::builder(address.to_string()).close_within(Duration::ZERO);
    let handler = handler.start().unwrap();
    handler.set_error_hook(|_| {});
    until(|| {
        log(&handler, "x");
        !handler.health().is_up
    });
    assert!(handler.counters().queued() > 0);
    assert!(
        handler
            .health()
            .last_error
            .unwrap()
            .contains(&address.to_string())
    );
}

//! Records of other programs: of CPython's own handlers, of handlers here, and of enemies.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

use logtree::delivery::{SocketReceiver, SocketReceiverBuilder, Wire};
use logtree::handler::SocketHandler;
use logtree::record::{OwnedRecord, OwnedValue, Source};
use logtree::test::Capture;
use logtree::time::Timestamp;
use logtree::{ErrorKind, Level, Record, Registry};

use super::{python, until};

const ANY: &str = "127.0.0.1:0";

/// A receiver with a registry of its own, all of whose records are kept.
struct Receiving {
    registry: Registry,
    capture: Capture,
    receiver: SocketReceiver,
    _directory: tempfile::TempDir,
}

impl Receiving {
    fn at(address: &str) -> Self {
        Self::with(address, |builder| builder)
    }

    fn with(
        address: &str,
        configure: impl FnOnce(SocketReceiverBuilder) -> SocketReceiverBuilder,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s");
        let address = address.replace("PATH", path.to_str().unwrap());
        let registry = Registry::new();
        registry.root().set_level(1);
        let capture = Capture::new(&registry.root());
        let builder = SocketReceiver::builder(address).registry(&registry);
        let receiver = configure(builder).start().unwrap();
        Self {
            registry,
            capture,
            receiver,
            _directory: directory,
        }
    }

    /// Waits until so many were taken and refused.
    fn until(&self, received: u64, refused: u64) {
        let receiver = &self.receiver;
        until(|| receiver.received() + receiver.refused() >= received + refused);
        assert_eq!(
            (receiver.received(), receiver.refused()),
            (received, refused)
        );
    }

    fn records(&self, logger: &str) -> Vec<OwnedRecord> {
        let records = self.capture.records();
        let of_logger = records.into_iter().filter(|record| record.name() == logger);
        of_logger.collect()
    }

    /// The port or the path, as Python has it.
    fn target(&self) -> &str {
        let address = self.receiver.address();
        match address.strip_prefix("unix:") {
            Some(path) => path,
            None => address.rsplit(':').next().unwrap(),
        }
    }

    /// Connects, by TCP or to a Unix socket; a read has a deadline.
    #[cfg(target_os = "linux")]
    fn peer(&self) -> Box<dyn ReadWrite> {
        let most = Some(std::time::Duration::from_secs(2));
        if self.receiver.address().starts_with("unix:") {
            let peer = std::os::unix::net::UnixStream::connect(self.target()).unwrap();
            peer.set_read_timeout(most).unwrap();
            Box::new(peer)
        } else {
            let peer = self.connect();
            peer.set_read_timeout(most).unwrap();
            Box::new(peer)
        }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.receiver.address().trim_start_matches("tcp:")).unwrap()
    }
}

fn frame(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap();
    [&length.to_be_bytes()[..], body].concat()
}

fn json_frame(message: &str) -> Vec<u8> {
    frame(format!(r#"{{"name":"a","levelno":30,"msg":"{message}"}}"#).as_bytes())
}

#[test]
fn cpythons_handlers_are_received() {
    if !python::has("logging.handlers") {
        return;
    }
    for (kind, address, records) in [
        ("stream", ANY, 500),
        ("datagram", "udp:127.0.0.1:0", 20),
        #[cfg(unix)]
        ("stream", "unix:PATH", 500),
        #[cfg(unix)]
        ("datagram", "unix:PATH", 20),
    ] {
        let receiving = Receiving::with(address, |it| it.datagrams(kind == "datagram"));
        let count = records.to_string();
        python::run(
            "socket_client.py",
            &[kind, receiving.target(), "records", &count],
        );
        receiving.until(records, 0);
        let received = receiving.records("from.python");
        let texts: Vec<_> = received.iter().map(|it| it.message().to_owned()).collect();
        let expected: Vec<_> = (0..records)
            .map(|number| format!("record {number}"))
            .collect();
        assert_eq!(texts, expected, "{address}");
        let record = &received[7];
        assert_eq!(record.level(), Level::INFO);
        assert_eq!(record.key_value("number").unwrap().as_i64(), Some(7));
        let shown = record.as_record();
        assert_eq!(shown.source().file_name(), "socket_client.py");
        assert!(shown.source().line() > 0 && shown.process_id() > 0);
        assert_eq!(shown.thread_name().as_deref(), Some("MainThread"));
        assert_eq!(shown.process_name(), "MainProcess");
        assert_eq!(record.key_values().count(), 1);
    }
}

#[test]
fn each_protocol_of_pickle_is_read() {
    if !python::has("logging.handlers") {
        return;
    }
    let receiving = Receiving::at(ANY);
    python::run(
        "socket_client.py",
        &["stream", receiving.target(), "protocols"],
    );
    receiving.until(6, 0);
    python::run("socket_client.py", &["stream", receiving.target(), "json"]);
    receiving.until(7, 0);
    let records = receiving.records("from.python");
    for (protocol, record) in records.iter().enumerate() {
        let is_json = protocol == 6;
        let value = |key: &str| record.key_value(key).unwrap().to_string();
        assert_eq!(value("text"), "ünï\n😀\\u0041");
        assert_eq!(record.key_value("number"), Some(&(-7).into()));
        assert_eq!(record.key_value("float"), Some(&0.5.into()));
        assert_eq!(record.key_value("none"), Some(&OwnedValue::Null));
        assert_eq!(record.key_value("yes"), Some(&true.into()));
        assert_eq!(value("list"), r#"[1, ["a", []], {"k": 2.5}]"#);
        assert_eq!(value("shared"), r#"[["twice"], ["twice"]]"#);
        if is_json {
            assert_eq!(record.message(), "as JSON");
            assert_eq!(record.level(), Level::CRITICAL);
            continue;
        }
        assert_eq!(record.message(), format!("protocol {protocol}"));
        assert_eq!(value("large"), (1_u128 << 100).to_string());
        let larger = value("larger");
        let decimal = "1606938044258990275541962092341162602522202993782792835301376";
        let hexadecimal = format!("0x01{}", "00".repeat(25));
        assert_eq!(larger, if protocol < 2 { decimal } else { &hexadecimal });
        assert!(record.key_value("nan").unwrap().as_f64().unwrap().is_nan());
        let error = record.error_text().unwrap();
        assert!(
            error.starts_with("Traceback") && error.ends_with("ValueError: no"),
            "{error}"
        );
        let shown = record.as_record();
        let stack = shown.stack().unwrap();
        assert!(stack.starts_with("Stack (most recent call last)"));
    }
}

#[test]
fn nothing_that_a_pickle_names_is_read() {
    if !python::has("logging.handlers") {
        return;
    }
    let receiving = Receiving::at(ANY);
    python::run("socket_client.py", &["stream", receiving.target(), "bad"]);
    receiving.until(1, 48);
    let messages: Vec<_> = receiving.records("from.python");
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].message(), "the end");
    // One for each reason.
    let reports = receiving.records("logging.receiver");
    assert!((1..=3).contains(&reports.len()), "{reports:?}");
    assert!(reports[0].message().contains("names a class or a function"));
}

#[test]
fn levels_of_the_tree_decide_and_names_make_no_loggers() {
    let receiving = Receiving::at(ANY);
    let Receiving {
        registry, receiver, ..
    } = &receiving;
    let (handler, text) = crate::support::to_text("%(name)s %(levelname)s %(message)s");
    registry.root().add_handler(handler);
    registry.root().set_level(Level::WARNING);
    registry.get_logger("shop").set_level(Level::ERROR);
    let sender = SocketHandler::new(receiver.address()).unwrap();
    for (name, level) in [
        ("shop.cart.x", Level::WARNING),
        ("shop.cart.x", Level::ERROR),
        ("other", Level::INFO),
        ("other", Level::WARNING),
        ("root", Level::new(35)),
    ] {
        let record = Record::builder().name(name).level(level).message("m");
        sender.handle(&record.build());
    }
    receiving.until(5, 0);
    assert_eq!(
        text.lines(),
        ["shop.cart.x ERROR m", "other WARNING m", "root Level 35 m"]
    );
    assert_eq!(registry.logger_names(), ["shop"]);
}

#[test]
fn what_a_handler_sends_arrives_as_it_was() {
    for wire in [Wire::Pickle, Wire::Json] {
        let receiving = Receiving::at(ANY);
        let builder = SocketHandler::builder(receiving.receiver.address()).wire(wire);
        let handler = builder.start().unwrap();
        let source = Source::default()
            .with_file("src/a.rs")
            .with_line(u32::MAX)
            .with_function("a::b");
        let record = Record::builder()
            .name("a::b")
            .level(1)
            .level_name("TINY")
            .message("ünï\n\0")
            .time(Timestamp::from_nanos(1_793_966_400_123_456_000))
            .source(source)
            .thread(u64::MAX, "t")
            .process(u32::MAX, "p")
            .error_text("e")
            .stack("s")
            .key_value("n", u64::MAX)
            .key_value("taskName", "task")
            .build();
        handler.handle(&record);
        receiving.until(1, 0);
        let records = receiving.capture.records();
        let read = records[0].as_record();
        assert_eq!((read.name(), read.level()), ("a::b", Level::new(1)));
        assert_eq!((&*read.level_name(), read.message()), ("TINY", "ünï\n\0"));
        assert_eq!(read.time(), record.time());
        let source = read.source();
        assert_eq!((source.file(), source.line()), ("src/a.rs", u32::MAX));
        assert_eq!(source.function(), record.source().function());
        assert_eq!((read.thread_id(), read.process_id()), (u64::MAX, u32::MAX));
        assert_eq!(
            (read.thread_name().as_deref(), read.process_name()),
            (Some("t"), "p")
        );
        assert_eq!(read.error_text().as_deref(), Some("e"));
        assert_eq!(read.stack().as_deref(), Some("s"));
        let read = &records[0];
        let number = read.key_value("n").unwrap();
        assert_eq!(number.to_string(), u64::MAX.to_string());
        assert_eq!(read.key_value("taskName"), Some(&"task".into()));
    }
}

#[test]
fn frames_have_limits() {
    let receiving = Receiving::with(ANY, |it| it.max_record_bytes(1_000));
    let rest = json_frame("").len() - 4;
    let mut peer = receiving.connect();
    peer.write_all(&json_frame(&"x".repeat(1_000 - rest)))
        .unwrap();
    receiving.until(1, 0);
    // What is damaged costs itself only.
    for damaged in [
        &b""[..],
        b"{",
        b"garbage",
        b"[]",
        b"{}",
        br#"{"levelno":"x"}"#,
    ] {
        peer.write_all(&frame(damaged)).unwrap();
    }
    receiving.until(1, 6);
    peer.write_all(&json_frame("still here")).unwrap();
    receiving.until(2, 6);
    // One byte more is left out.
    peer.write_all(&frame(&[b'x'; 1_001])).unwrap();
    receiving.until(2, 7);
    peer.write_all(&json_frame("after it")).unwrap();
    receiving.until(3, 7);
    let reports = receiving.records("logging.receiver");
    let last = reports.last().unwrap().message().to_owned();
    assert!(
        last.ends_with("a frame that is too long: expected up to 1000 bytes"),
        "{last}"
    );
    // 1,024 key-values, and one more.
    let receiving = Receiving::at(ANY);
    let mut peer = receiving.connect();
    for count in [1_024, 1_025] {
        let keys: String = (0..count).map(|key| format!(r#","k{key}":1"#)).collect();
        peer.write_all(&frame(format!(r#"{{"levelno":30{keys}}}"#).as_bytes()))
            .unwrap();
    }
    receiving.until(1, 1);
    for depth in [15, 16] {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        let deep = format!(r#"{{"levelno":30,"deep":{open}{close}}}"#);
        peer.write_all(&frame(deep.as_bytes())).unwrap();
    }
    receiving.until(2, 2);
    // 65,536 values, the record and its level among them, and one more.
    for count in [65_533, 65_534] {
        let values = vec!["0"; count].join(",");
        let many = format!(r#"{{"levelno":30,"many":[{values}]}}"#);
        peer.write_all(&frame(many.as_bytes())).unwrap();
    }
    receiving.until(3, 3);
    // A connection that is cut off.
    peer.write_all(b"\0\0\0\x10abc").unwrap();
    drop(peer);
    receiving.until(3, 4);
}

/// The limit is not one that memory could not hold.
#[cfg(unix)]
#[test]
fn any_limit_can_be_set() {
    for limit in [usize::MAX, usize::MAX / 2] {
        let receiving =
            Receiving::with("unix:PATH", |it| it.datagrams(true).max_record_bytes(limit));
        let peer = std::os::unix::net::UnixDatagram::unbound().unwrap();
        peer.send_to(&json_frame("1"), receiving.target()).unwrap();
        receiving.until(1, 0);
    }
}

#[test]
fn whole_numbers_in_json_have_64_bits() {
    let receiving = Receiving::at(ANY);
    let body = br#"{"levelno":30,"name":"a","u":18446744073709551615,"f":18446744073709551616}"#;
    receiving.connect().write_all(&frame(body)).unwrap();
    receiving.until(1, 0);
    let records = receiving.records("a");
    assert_eq!(records[0].key_value("u"), Some(&u64::MAX.into()));
    assert_eq!(records[0].key_value("f"), Some(&(2_f64.powi(64)).into()));
}

/// What a receiver with the usual limit does not take is cut, or dropped; all else arrives.
#[test]
fn a_record_over_the_limit_of_receivers_stops_no_handler() {
    for wire in [Wire::Pickle, Wire::Json] {
        let receiving = Receiving::at(ANY);
        let builder = SocketHandler::builder(receiving.receiver.address()).wire(wire);
        let handler = builder.start().unwrap();
        handler.set_error_hook(|_| {});
        let log = |message: &str, values: usize| {
            let values = OwnedValue::List(vec!["0123456789abcdef".into(); values]);
            let record = Record::builder().name("a").level(Level::INFO);
            let record = record.message(message).key_value("values", values);
            handler.handle(&record.build());
        };
        log("before", 1);
        log(&"x".repeat(5_000_000), 1);
        log("many", 60_000);
        log("after", 1);
        receiving.until(3, 0);
        let _ = handler.flush();
        let records = receiving.records("a");
        assert_eq!(
            (records[0].message(), records[2].message()),
            ("before", "after")
        );
        let cut = records[1].message();
        assert!(cut.ends_with("x…[+4375000]"), "{}", &cut[cut.len() - 30..]);
        let counters = handler.counters();
        assert_eq!((counters.written(), counters.dropped()), (3, 1), "{wire:?}");
    }
}

/// Whose machine was switched off.
#[cfg(target_os = "linux")]
#[test]
fn the_system_asks_whether_an_idle_peer_is_there() {
    const KEEP_ALIVE: &str = "02";
    let receiving = Receiving::at(ANY);
    let peer = receiving.connect();
    let port = |address: std::net::SocketAddr| format!(":{:04X}", address.port());
    let own = port(peer.peer_addr().unwrap());
    let other = port(peer.local_addr().unwrap());
    until(|| {
        let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
        table.lines().any(|line| {
            let columns: Vec<_> = line.split_whitespace().collect();
            columns[1].ends_with(&own)
                && columns[2].ends_with(&other)
                && columns[5].starts_with(KEEP_ALIVE)
        })
    });
}

/// A record that was read is logged, also where others keep it waiting; what was not read is
/// reset, and not ended in order.
#[cfg(target_os = "linux")]
#[test]
fn at_the_end_nothing_counts_as_read_that_is_not_logged() {
    const PEERS: usize = 16;
    const RECORDS: usize = 20;

    for address in [ANY, "unix:PATH"] {
        let receiving = Receiving::at(address);
        let (begun, begins) = std::sync::mpsc::channel();
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let gate = std::sync::Mutex::new(gate);
        let format = logtree::formatter::format_fn(move |_, _| {
            let _ = begun.send(());
            // Until it is opened for good.
            let _ = gate.lock().unwrap().recv();
            Ok(())
        });
        let (handler, _) = crate::support::to_text("%(message)s");
        handler.set_formatter(format);
        receiving.registry.root().add_handler(handler);
        let mut peers: Vec<Box<dyn ReadWrite>> = Vec::new();
        for number in 0..PEERS {
            let mut peer = receiving.peer();
            let records: Vec<_> = (0..RECORDS)
                .map(|_| json_frame(&number.to_string()))
                .collect();
            peer.write_all(&records.concat()).unwrap();
            peers.push(peer);
        }
        begins.recv().unwrap();
        let Receiving {
            capture,
            receiver,
            _directory,
            ..
        } = receiving;
        let ending = std::thread::spawn(move || drop(receiver));
        // The end has begun once a connection ends, while the record is still being logged.
        let first = peers[0].read(&mut [0]);
        drop(open);
        ending.join().unwrap();
        let records = capture.records();
        let logged = |number: usize| {
            let of_peer = records
                .iter()
                .filter(|it| it.message() == number.to_string());
            of_peer.count()
        };
        let rest = peers[1..].iter_mut().map(|peer| peer.read(&mut [0]));
        let ends: Vec<_> = std::iter::once(first).chain(rest).collect();
        for (number, end) in ends.into_iter().enumerate() {
            let is_orderly = end.is_ok();
            assert!(!is_orderly || logged(number) == RECORDS, "{number}");
        }
    }
}

#[cfg(target_os = "linux")]
trait ReadWrite: Read + Write {}

#[cfg(target_os = "linux")]
impl<T: Read + Write> ReadWrite for T {}

#[test]
fn more_connections_wait_for_a_place() {
    let receiving = Receiving::with(ANY, |it| it.max_connections(1));
    let mut first = receiving.connect();
    first.write_all(&json_frame("1")).unwrap();
    receiving.until(1, 0);
    let mut second = receiving.connect();
    second.write_all(&json_frame("3")).unwrap();
    first.write_all(&json_frame("2")).unwrap();
    receiving.until(2, 0);
    drop(first);
    receiving.until(3, 0);
    let texts: Vec<_> = receiving
        .records("a")
        .iter()
        .map(|it| it.message().to_owned())
        .collect();
    assert_eq!(texts, ["1", "2", "3"]);
}

#[test]
fn others_than_this_machine_are_kept_out() {
    for address in ["0.0.0.0:0", "udp:0.0.0.0:0", "[::]:0"] {
        let error = SocketReceiver::bind(address).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotPermitted, "{address}");
        assert!(error.to_string().contains("allow_remote"), "{error}");
    }
    let receiving = Receiving::with("0.0.0.0:0", |it| it.allow_remote(true));
    assert!(receiving.receiver.address().starts_with("tcp:0.0.0.0:"));
    assert_eq!(
        SocketReceiver::bind("127.0.0.1").unwrap_err().kind(),
        ErrorKind::Io
    );
}

#[cfg(unix)]
#[test]
fn a_unix_socket_is_its_users_alone_and_ends_with_the_receiver() {
    for datagrams in [false, true] {
        let receiving = Receiving::with("unix:PATH", |it| it.datagrams(datagrams));
        let path = std::path::PathBuf::from(receiving.target());
        assert_eq!(crate::support::mode(&path), 0o600);
        let again = SocketReceiver::builder(receiving.receiver.address());
        let error = again.datagrams(datagrams).start().unwrap_err();
        assert!(
            error.to_string().contains("another server listens on it"),
            "{error}"
        );
        let Receiving {
            receiver,
            _directory,
            ..
        } = receiving;
        drop(receiver);
        assert!(!path.exists());
        // What is no socket is left alone.
        std::fs::write(&path, "file").unwrap();
        let error = SocketReceiver::bind(path.to_str().unwrap()).unwrap_err();
        assert!(
            error.to_string().contains("expected a socket or no file"),
            "{error}"
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"file");
    }
}

/// Whatever its connections are doing.
#[test]
fn it_ends_when_it_is_dropped() {
    let receiving = Receiving::at(ANY);
    let idle = receiving.connect();
    let mut between = receiving.connect();
    between.write_all(&json_frame("1")).unwrap();
    let mut inside = receiving.connect();
    inside.write_all(b"\0\0\0\x10abc").unwrap();
    receiving.until(1, 0);
    drop(receiving);
    for mut peer in [idle, between, inside] {
        // The end, or a reset where something was unread.
        assert!(peer.read(&mut [0]).map_or(true, |length| length == 0));
    }
}

/// A handler that runs a runtime itself, as clients of web services do.
#[test]
fn handlers_may_block_on_a_runtime() {
    let receiving = Receiving::at(ANY);
    let (sender, receiver) = std::sync::mpsc::channel();
    let format = logtree::formatter::format_fn(move |_, out| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async { sender.send(()).unwrap() });
        out.push_str("done");
        Ok(())
    });
    let (handler, text) = crate::support::to_text("%(message)s");
    handler.set_formatter(format);
    receiving.registry.root().add_handler(handler);
    receiving.connect().write_all(&json_frame("1")).unwrap();
    receiver.recv().unwrap();
    receiving.until(1, 0);
    assert_eq!(text.lines(), ["done"]);
}

/// The receiver ends and comes back while records are sent: each arrives, some of them twice.
#[cfg(unix)]
#[test]
fn through_restarts_of_the_receiver_nothing_is_lost() {
    const RECORDS: u64 = 5_000;
    const RESTARTS: u64 = 20;

    for address in [ANY, "unix:PATH"] {
        let Receiving {
            registry,
            capture,
            mut receiver,
            _directory,
        } = Receiving::at(address);
        let address = receiver.address().to_owned();
        let backoff = logtree::delivery::Backoff::new(
            std::time::Duration::from_millis(1),
            std::time::Duration::from_millis(1),
        );
        let handler = SocketHandler::builder(&address)
            .backoff(backoff)
            .start()
            .unwrap();
        handler.set_error_hook(|_| {});
        let mut restarts = 0;
        for number in 0..RECORDS {
            let record = Record::builder().name("n").level(Level::INFO);
            handler.handle(&record.key_value("number", number).build());
            if number % (RECORDS / RESTARTS) == RECORDS / RESTARTS / 2 {
                until(|| receiver.received() > 0);
                drop(receiver);
                let again = || {
                    SocketReceiver::builder(&address)
                        .registry(&registry)
                        .start()
                };
                // The port may still be in use by a connection that is ending.
                receiver = loop {
                    match again() {
                        Ok(receiver) => break receiver,
                        Err(_) => std::thread::yield_now(),
                    }
                };
                restarts += 1;
            }
        }
        let counts = || {
            let mut counts = BTreeMap::<u64, u32>::new();
            for record in capture.records() {
                let number = record.key_value("number").and_then(OwnedValue::as_i64);
                if let Some(number) = number {
                    *counts.entry(number.unsigned_abs()).or_default() += 1;
                }
            }
            counts
        };
        until(|| counts().len() as u64 == RECORDS);
        assert_eq!(restarts, RESTARTS);
        assert_eq!((handler.counters().dropped(), receiver.refused()), (0, 0));
    }
}

//! Limits of frames, records and connections.

use std::io::Write;

use logtree::delivery::{SocketReceiver, Wire};
use logtree::handler::SocketHandler;
use logtree::record::OwnedValue;
use logtree::{ErrorKind, Level, Record};

use crate::delivery::socket_receiver::{ANY, Receiving, frame, json_frame};

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

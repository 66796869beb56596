//! Connections that end, wait or block.

use std::io::{Read, Write};

#[cfg(target_os = "linux")]
use crate::delivery::socket_receiver::ReadWrite;
use crate::delivery::socket_receiver::{ANY, Receiving, json_frame};
#[cfg(target_os = "linux")]
use crate::delivery::until;

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

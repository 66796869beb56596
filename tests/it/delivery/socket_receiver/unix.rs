//! Receivers on Unix sockets, and receivers that are started again.

use std::collections::BTreeMap;

use logtree::delivery::SocketReceiver;
use logtree::handler::SocketHandler;
use logtree::record::OwnedValue;
use logtree::{Level, Record};

use crate::delivery::socket_receiver::{ANY, Receiving};
use crate::delivery::until;

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

//! What the system does to a socket, and what becomes of it.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::thread;
use std::time::Duration;

use super::address::{Address, Protocol};
use super::datagram::{Datagrams, is_too_large};
use super::dialer::{Dialer, Link};
use super::frames::Frames;
use super::session::Receiver;
use super::stream::Stream;
use crate::error::Error;
use crate::sys::sync::Arc;

/// Long enough for every machine.
const LONG: Duration = Duration::from_secs(60);

fn dialer(text: &str) -> Dialer {
    Dialer::new(Address::parse(text, Protocol::Tcp, |_| 0).unwrap())
}

fn stream(dialer: &Dialer) -> Result<Stream, Error> {
    match dialer.connect()? {
        Link::Stream(stream) => Ok(stream),
        Link::Datagrams(_) => panic!("no stream"),
    }
}

fn datagrams(dialer: &Dialer) -> Datagrams {
    match dialer.connect().unwrap() {
        Link::Datagrams(datagrams) => datagrams,
        Link::Stream(_) => panic!("no datagrams"),
    }
}

/// Waits until the receiver's end is noticed, as the system needs a moment for it.
fn error_of_check(stream: &mut Stream) -> ErrorKind {
    loop {
        match stream.check() {
            Ok(()) => thread::yield_now(),
            Err(error) => return error.kind(),
        }
    }
}

#[test]
fn a_closed_connection_is_noticed_before_a_write() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dialer = dialer(&listener.local_addr().unwrap().to_string());
    let mut stream = stream(&dialer).unwrap();
    let (mut peer, _) = listener.accept().unwrap();
    stream.check().unwrap();
    // What it sends is discarded, and is no end.
    peer.write_all(&[b'x'; 2_000]).unwrap();
    stream.check().unwrap();
    stream.write(b"hello", LONG).unwrap();
    let mut read = [0; 5];
    peer.read_exact(&mut read).unwrap();
    drop(peer);
    assert_eq!(error_of_check(&mut stream), ErrorKind::UnexpectedEof);
}

#[test]
fn a_reset_is_noticed_before_a_write() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dialer = dialer(&listener.local_addr().unwrap().to_string());
    let mut stream = stream(&dialer).unwrap();
    let (peer, _) = listener.accept().unwrap();
    stream.write(b"unread", LONG).unwrap();
    // One byte of the six, so that they have come for sure; the close is a reset then.
    (&peer).read_exact(&mut [0]).unwrap();
    drop(peer);
    let kind = error_of_check(&mut stream);
    assert!(
        matches!(
            kind,
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted
        ),
        "{kind:?}"
    );
}

#[test]
fn a_receiver_that_does_not_read_is_given_up_at_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dialer = dialer(&listener.local_addr().unwrap().to_string());
    let mut stream = stream(&dialer).unwrap();
    let _peer = listener.accept().unwrap();
    let much = vec![0; 64 * 1024 * 1024];
    let error = stream.write(&much, Duration::from_millis(50)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}

#[test]
fn a_receiver_has_read_all_when_it_ends_after_this_side() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dialer = dialer(&listener.local_addr().unwrap().to_string());
    let mut read_by_it = stream(&dialer).unwrap();
    let (mut peer, _) = listener.accept().unwrap();
    let reading = thread::spawn(move || peer.read_to_end(&mut Vec::new()).unwrap());
    let much = vec![0; 4 * 1024 * 1024];
    read_by_it.write(&much, LONG).unwrap();
    read_by_it.finish(LONG).unwrap();
    assert_eq!(reading.join().unwrap(), much.len());

    let mut unread = stream(&dialer).unwrap();
    let (peer, _) = listener.accept().unwrap();
    unread.write(b"unread", LONG).unwrap();
    (&peer).read_exact(&mut [0]).unwrap();
    drop(peer);
    let error = unread.finish(LONG).unwrap_err();
    assert_ne!(error.kind(), ErrorKind::TimedOut, "{error}");

    let mut hanging = stream(&dialer).unwrap();
    let _peer = listener.accept().unwrap();
    let error = hanging.finish(Duration::from_millis(20)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
}

/// Frames of ten bytes, of which the last one ends with the number.
fn frames(number: u32) -> Frames {
    let mut frames = Frames::default();
    for _ in 0..9 {
        frames.push(|out| out.extend_from_slice(b"----------"));
    }
    frames.push(|out| out.extend_from_slice(format!("{number:010}").as_bytes()));
    frames
}

#[test]
fn no_more_is_unread_than_what_is_sent_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let receiver = Arc::new(Receiver::new(vec![dialer(&address)], 1_000));
    let mut session = receiver.connect().unwrap();
    for number in 0..10 {
        session.send(&frames(number)).unwrap();
    }
    let (peer, _) = listener.accept().unwrap();
    // It is killed, and reads no byte but one, so that all have come for sure.
    (&peer).read_exact(&mut [0]).unwrap();
    drop(peer);
    session.send(&frames(10)).unwrap_err();
    drop(session);
    let mut session = receiver.connect().unwrap();
    // It waits for the receiver to read what comes again, and goes over another connection.
    let reading = thread::spawn(move || {
        let (mut peer, _) = listener.accept().unwrap();
        let mut bytes = Vec::new();
        peer.read_to_end(&mut bytes).unwrap();
        (listener, bytes)
    });
    session.send(&frames(10)).unwrap();
    let (listener, bytes) = reading.join().unwrap();
    let numbers = bytes.chunks(10).filter(|chunk| chunk[0] != b'-');
    let numbers = numbers.map(|chunk| std::str::from_utf8(chunk).unwrap().parse::<u32>().unwrap());
    assert!(numbers.eq(0..10));
    drop(session);
    let (mut peer, _) = listener.accept().unwrap();
    let mut bytes = Vec::new();
    peer.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len(), 100);
}

#[test]
fn a_receiver_that_does_not_end_is_not_waited_for_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut receiver = Receiver::new(vec![dialer(&address)], 100);
    receiver.confirmed_within = Duration::from_millis(20);
    let receiver = Arc::new(receiver);
    let mut session = receiver.connect().unwrap();
    session.send(&frames(0)).unwrap();
    let error = session.send(&frames(1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    drop(session);
    let mut session = receiver.connect().unwrap();
    for number in 1..10 {
        session.send(&frames(number)).unwrap();
    }
    // It may not have read the last of them: a spool is to keep them.
    assert_eq!(session.unconfirmed(), 10);
    assert!(!session.confirm().unwrap());
    assert_eq!(session.unconfirmed(), 10);
}

#[test]
fn all_addresses_of_a_host_are_tried() {
    // On most systems the name leads to ::1 as well, where nothing listens.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    stream(&dialer(&format!("localhost:{port}"))).unwrap();
}

#[test]
fn a_port_where_nothing_listens_is_an_error_of_the_address() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let error = stream(&dialer(&format!("127.0.0.1:{port}"))).unwrap_err();
    let text = format!("{error}");
    assert_eq!(text, format!("cannot connect to tcp:127.0.0.1:{port}"));
}

// wine has no messages of this kind.
#[cfg(target_os = "linux")]
#[test]
fn a_datagram_that_nothing_receives_is_noticed() {
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = receiver.local_addr().unwrap().port();
    let datagrams = datagrams(&dialer(&format!("udp:127.0.0.1:{port}")));
    datagrams.send(b"a").unwrap();
    datagrams.check().unwrap();
    drop(receiver);
    datagrams.send(b"b").unwrap();
    let error = datagrams.check().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[test]
fn datagrams_go_to_each_address_of_a_host_in_turn() {
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    receiver.set_read_timeout(Some(LONG)).unwrap();
    let port = receiver.local_addr().unwrap().port();
    let dialer = dialer(&format!("udp:localhost:{port}"));
    for _ in 0..2 {
        let _ = datagrams(&dialer).send(b"here");
    }
    let mut read = [0; 10];
    assert_eq!(receiver.recv(&mut read).unwrap(), 4);
}

#[test]
fn a_datagram_that_is_too_large_has_an_error_of_its_own() {
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = receiver.local_addr().unwrap().port();
    let datagrams = datagrams(&dialer(&format!("udp:127.0.0.1:{port}")));
    let error = datagrams.send(&[0; 70_000]).unwrap_err();
    assert!(is_too_large(&error), "{error:?}");
}

#[cfg(unix)]
#[test]
fn a_unix_socket_is_tried_for_datagrams_and_then_for_a_stream() {
    use std::os::unix::net::{UnixDatagram, UnixListener};

    use super::address::Kind;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    let text = path.display().to_string();
    let receiver = UnixDatagram::bind(&path).unwrap();
    datagrams(&dialer(&text)).send(b"here").unwrap();
    assert_eq!(receiver.recv(&mut [0; 10]).unwrap(), 4);
    let only = |kind| Dialer::new(Address::unix(&text, Some(kind)).unwrap());
    assert!(only(Kind::Stream).connect().is_err());
    drop(receiver);
    std::fs::remove_file(&path).unwrap();

    let listener = UnixListener::bind(&path).unwrap();
    stream(&dialer(&text))
        .unwrap()
        .write(b"here", LONG)
        .unwrap();
    listener
        .accept()
        .unwrap()
        .0
        .read_exact(&mut [0; 4])
        .unwrap();
    assert!(only(Kind::Datagram).connect().is_err());
    stream(&only(Kind::Stream)).unwrap();
}

#[cfg(not(feature = "tls"))]
#[test]
fn without_the_feature_there_is_an_error_that_names_it() {
    let error = dialer("tls:localhost:6514").check().unwrap_err();
    assert!(error.to_string().contains("feature `tls`"), "{error}");
}

#[cfg(feature = "tls")]
mod tls {
    use std::net::TcpStream;
    use std::path::Path;
    use std::sync::Arc;

    use rcgen::{CertificateParams, CertifiedKey, KeyPair, date_time_ymd};
    use rustls::pki_types::PrivateKeyDer;
    use rustls::{ServerConfig, ServerConnection, StreamOwned};

    use super::*;
    use crate::handler::network::tls::Tls;

    fn certified(name: &str, change: impl FnOnce(&mut CertificateParams)) -> CertifiedKey {
        let key_pair = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let cert = params.self_signed(&key_pair).unwrap();
        CertifiedKey { cert, key_pair }
    }

    fn write_pem(path: &Path, certified: &CertifiedKey) {
        std::fs::write(path, certified.cert.pem()).unwrap();
    }

    /// Accepts one connection, and returns it once TLS is spoken.
    fn accept(
        listener: TcpListener,
        certified: &CertifiedKey,
    ) -> thread::JoinHandle<std::io::Result<StreamOwned<ServerConnection, TcpStream>>> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::try_from(certified.key_pair.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .unwrap();
        thread::spawn(move || {
            let (socket, _) = listener.accept()?;
            let connection = ServerConnection::new(Arc::new(config)).unwrap();
            let mut stream = StreamOwned::new(connection, socket);
            stream.conn.complete_io(&mut stream.sock)?;
            Ok(stream)
        })
    }

    fn dialer_of(listener: &TcpListener, host: &str, tls: Tls) -> Dialer {
        let port = listener.local_addr().unwrap().port();
        dialer(&format!("tls:{host}:{port}")).with_tls(tls)
    }

    fn only(path: &Path) -> Tls {
        Tls::new().with_ca_file(path).with_only_ca_files(true)
    }

    #[test]
    fn bytes_arrive_and_both_ends_are_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let ca = directory.path().join("ca.pem");
        let certified = certified("localhost", |_| {});
        write_pem(&ca, &certified);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let dialer = dialer_of(&listener, "localhost", only(&ca));
        dialer.check().unwrap();
        let server = accept(listener, &certified);
        let mut stream = stream(&dialer).unwrap();
        let mut peer = server.join().unwrap().unwrap();
        let sent: Vec<u8> = (0..200_000u32).map(|at| at.to_le_bytes()[0]).collect();
        let expected = sent.clone();
        let reader = thread::spawn(move || {
            let mut read = vec![0; expected.len()];
            peer.read_exact(&mut read).unwrap();
            assert!(read == expected);
            peer
        });
        stream.check().unwrap();
        stream.write(&sent, LONG).unwrap();
        let mut peer = reader.join().unwrap();
        peer.write_all(b"unexpected").unwrap();
        stream.check().unwrap();
        // Its orderly end is noticed as one.
        peer.conn.send_close_notify();
        peer.conn.complete_io(&mut peer.sock).unwrap();
        assert_eq!(error_of_check(&mut stream), ErrorKind::UnexpectedEof);
        // And ours by it.
        drop(stream);
        assert_eq!(peer.read(&mut [0; 10]).unwrap(), 0);
    }

    #[test]
    fn a_receiver_has_read_all_when_it_ends_after_this_side() {
        let directory = tempfile::tempdir().unwrap();
        let ca = directory.path().join("ca.pem");
        let certified = certified("localhost", |_| {});
        write_pem(&ca, &certified);
        for is_read in [true, false] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let dialer = dialer_of(&listener, "localhost", only(&ca));
            let server = accept(listener, &certified);
            let mut stream = stream(&dialer).unwrap();
            let mut peer = server.join().unwrap().unwrap();
            stream.write(&[0; 100_000], LONG).unwrap();
            if is_read {
                let reader = thread::spawn(move || peer.read_to_end(&mut Vec::new()).unwrap());
                stream.finish(LONG).unwrap();
                assert_eq!(reader.join().unwrap(), 100_000);
            } else {
                peer.read_exact(&mut [0]).unwrap();
                drop(peer);
                let error = stream.finish(LONG).unwrap_err();
                assert_ne!(error.kind(), ErrorKind::TimedOut, "{error}");
            }
        }
    }

    #[test]
    fn a_certificate_that_proves_nothing_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let ca = directory.path().join("ca.pem");
        let expired = |params: &mut CertificateParams| {
            params.not_before = date_time_ymd(2001, 1, 1);
            params.not_after = date_time_ymd(2002, 1, 1);
        };
        for (shown, trusted, host) in [
            // Of another host.
            (certified("other.example", |_| {}), None, "localhost"),
            // Of another authority.
            (
                certified("localhost", |_| {}),
                Some(certified("localhost", |_| {})),
                "localhost",
            ),
            (certified("localhost", expired), None, "localhost"),
        ] {
            write_pem(&ca, trusted.as_ref().unwrap_or(&shown));
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let dialer = dialer_of(&listener, host, only(&ca));
            let server = accept(listener, &shown);
            let error = stream(&dialer).unwrap_err();
            let cause = std::error::Error::source(&error).unwrap().to_string();
            assert!(cause.contains("certificate"), "{cause}");
            // It gets to know why.
            assert!(server.join().unwrap().is_err());
        }
    }

    #[test]
    fn the_name_in_the_certificate_can_be_another() {
        let directory = tempfile::tempdir().unwrap();
        let ca = directory.path().join("ca.pem");
        let certified = certified("logs.example", |_| {});
        write_pem(&ca, &certified);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let tls = only(&ca).with_server_name("logs.example");
        let dialer = dialer_of(&listener, "127.0.0.1", tls);
        let server = accept(listener, &certified);
        stream(&dialer).unwrap();
        server.join().unwrap().unwrap();
    }

    #[test]
    fn wrong_files_are_found_before_a_connection() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file.pem");
        std::fs::write(&file, "no certificate: hunter2").unwrap();
        let missing = directory.path().join("missing.pem");
        for tls in [
            only(&file),
            only(&missing),
            Tls::new().with_only_ca_files(true),
            Tls::new().with_client_certificate(&missing, &file),
            Tls::new().with_client_certificate(&file, &file),
            Tls::new().with_server_name("not a name"),
        ] {
            let error = dialer("tls:localhost:6514").with_tls(tls).check();
            let text = format!("{:?}", error.unwrap_err());
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}

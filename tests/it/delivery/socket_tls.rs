//! Records by TLS, through a proxy that ends it, as there is in front of receivers without.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use logtree::delivery::{SocketReceiver, Tls};
use logtree::handler::SocketHandler;
use logtree::test::Capture;
use logtree::{Level, Record, Registry};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{certificate, until};

/// Passes on what comes by TLS. Returns where it listens.
fn start_proxy(certificate: &Path, key: &Path, to: &str) -> SocketAddr {
    let chain = vec![CertificateDer::from_pem_file(certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key);
    let config = Arc::new(config.unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let to = to.strip_prefix("tcp:").unwrap().to_owned();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut from = StreamOwned::new(connection, stream.unwrap());
            let to = to.clone();
            thread::spawn(move || {
                // Not before TLS is begun: a client that does not trust it sends nothing.
                if from.conn.complete_io(&mut from.sock).is_err() {
                    return;
                }
                let mut to = TcpStream::connect(to).unwrap();
                let _ = io::copy(&mut from, &mut to);
                let _ = to.shutdown(Shutdown::Write);
                // The end of it says that all was read.
                let _ = io::copy(&mut to, &mut io::sink());
                from.conn.send_close_notify();
                let _ = from.conn.complete_io(&mut from.sock);
            });
        }
    });
    address
}

#[test]
fn a_receiver_gets_what_a_handler_sends_by_tls() {
    const RECORDS: usize = 2_000;

    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate::files(directory.path());
    let other = certificate::other(directory.path());
    let registry = Registry::new();
    registry.root().set_level(1);
    let capture = Capture::new(&registry.root());
    let builder = SocketReceiver::builder("127.0.0.1:0").registry(&registry);
    let receiver = builder.start().unwrap();
    let proxy = start_proxy(&certificate, &key, receiver.address());

    let trusting = |certificate: &Path| {
        let tls = Tls::new()
            .with_ca_file(certificate)
            .with_only_ca_files(true);
        let builder = SocketHandler::builder(format!("tls:localhost:{}", proxy.port()));
        let handler = builder.tls(tls).start().unwrap();
        handler.set_error_hook(|_| {});
        handler
    };
    let handler = trusting(&other);
    handler.handle(&Record::builder().name("n").message("a secret").build());
    handler.flush().unwrap_err();
    drop(handler);

    let handler = trusting(&certificate);
    for number in 0..RECORDS {
        let record = Record::builder().name("n").level(Level::INFO);
        let text = format!("ünï {number} {}", "x".repeat(number));
        handler.handle(&record.message(text).build());
    }
    handler.flush_within(Duration::from_secs(120)).unwrap();
    until(|| receiver.received() == RECORDS as u64);
    let records = capture.records();
    for (number, record) in records.iter().enumerate() {
        let text = format!("ünï {number} {}", "x".repeat(number));
        assert!(record.message() == text, "{number}");
    }
    assert_eq!((records.len(), receiver.refused()), (RECORDS, 0));
    handler.close().unwrap();
    assert_eq!(handler.counters().written(), RECORDS as u64);
}

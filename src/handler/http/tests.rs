//! Requests over TLS.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::Duration;

use rcgen::{CertificateParams, CertifiedKey, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::handler::delivery::Outcome;
use crate::handler::http::client::{Call, Client, Target};
use crate::handler::network::tls::Tls;
use crate::sys::sync::Arc;

fn certified(name: &str, change: impl FnOnce(&mut CertificateParams)) -> CertifiedKey {
    let key_pair = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    change(&mut params);
    let cert = params.self_signed(&key_pair).unwrap();
    CertifiedKey { cert, key_pair }
}

/// Takes requests over TLS, with a response to each; from clients with a certificate, if one is
/// given.
fn serve(shown: &CertifiedKey, client: Option<&CertifiedKey>) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match client {
        Some(client) => {
            let mut roots = RootCertStore::empty();
            roots.add(client.cert.der().clone()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.unwrap())
        }
        None => builder.with_no_client_auth(),
    };
    let key = PrivateKeyDer::try_from(shown.key_pair.serialize_der()).unwrap();
    let config = builder.with_single_cert(vec![shown.cert.der().clone()], key);
    let config = Arc::new(config.unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let _ = respond(StreamOwned::new(connection, socket.unwrap()));
        }
    });
    port
}

fn respond(mut stream: StreamOwned<ServerConnection, TcpStream>) -> std::io::Result<()> {
    let mut request = Vec::new();
    loop {
        let mut bytes = [0; 1024];
        let length = stream.read(&mut bytes)?;
        if length == 0 {
            return Ok(());
        }
        request.extend_from_slice(&bytes[..length]);
        if request.ends_with(b"over TLS") {
            stream.write_all(b"HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\nok")?;
            request.clear();
        }
    }
}

fn send(port: u16, tls: Tls) -> Result<(u16, Vec<u8>), String> {
    let mut target = Target::new(&format!("https://u:s3cret@localhost:{port}/t0ken")).unwrap();
    target.set_tls(tls).unwrap();
    target.set_timeout(Duration::from_secs(30)).unwrap();
    let mut client = Client::new(&Arc::new(target)).unwrap();
    let call = Call {
        body: b"over TLS",
        ..Call::default()
    };
    let mut reply = None;
    for _ in 0..2 {
        reply = Some(client.send(&call).map_err(|outcome| match outcome {
            Outcome::Broken { error, .. } => format!("{error:?}"),
            other => panic!("{other:?}"),
        })?);
    }
    let reply = reply.unwrap();
    Ok((reply.status, reply.body))
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

fn only(path: &Path) -> Tls {
    Tls::new().with_ca_file(path).with_only_ca_files(true)
}

#[test]
fn a_certificate_of_a_trusted_authority_is_accepted() {
    let directory = tempfile::tempdir().unwrap();
    let ca = directory.path().join("ca.pem");
    let shown = certified("localhost", |_| {});
    write(&ca, &shown.cert.pem());
    assert_eq!(
        send(serve(&shown, None), only(&ca)),
        Ok((200, b"ok".to_vec()))
    );
}

#[test]
fn a_certificate_that_proves_nothing_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let ca = directory.path().join("ca.pem");
    let expired = |params: &mut CertificateParams| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    };
    for (shown, trusted) in [
        (certified("other.example", |_| {}), None),
        (
            certified("localhost", |_| {}),
            Some(certified("localhost", |_| {})),
        ),
        (certified("localhost", expired), None),
    ] {
        write(&ca, &trusted.as_ref().unwrap_or(&shown).cert.pem());
        let error = send(serve(&shown, None), only(&ca)).unwrap_err();
        assert!(error.contains("certificate"), "{error}");
        assert!(
            !error.contains("s3cret") && !error.contains("t0ken"),
            "{error}"
        );
    }
}

#[test]
fn a_server_may_ask_for_a_certificate() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let (shown, client) = (certified("localhost", |_| {}), certified("client", |_| {}));
    write(&path("ca.pem"), &shown.cert.pem());
    write(&path("client.pem"), &client.cert.pem());
    write(&path("client.key"), &client.key_pair.serialize_pem());
    let port = serve(&shown, Some(&client));
    let tls = only(&path("ca.pem"));
    assert!(send(port, tls.clone()).is_err());
    let tls = tls.with_client_certificate(path("client.pem"), path("client.key"));
    assert_eq!(send(port, tls), Ok((200, b"ok".to_vec())));
}

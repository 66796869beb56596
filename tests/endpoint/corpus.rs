//! The requests of the fuzz target `requests`, over real connections.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;

use crate::http::{Patient, Served, files, serve_with, skipped};

/// The token in the files.
const KNOWN: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

/// The status of the response by the Unix socket, by TCP, and by TCP if the token is wrong; 0 if
/// there is none.
const EXPECTED: &[(&str, [u16; 3])] = &[
    ("basic", [204, 204, 401]),
    ("chunked", [411, 411, 411]),
    ("continued", [200, 200, 401]),
    ("foreign_host", [200, 421, 421]),
    ("foreign_origin", [403, 403, 403]),
    ("half", [0, 0, 0]),
    ("head", [200, 200, 401]),
    ("levels", [200, 200, 401]),
    ("long", [413, 413, 413]),
    ("method", [405, 405, 405]),
    ("own_origin", [403, 200, 401]),
    ("page", [200, 200, 200]),
    ("second", [200, 200, 401]),
    ("secret", [403, 403, 401]),
    ("signed", [200, 401, 401]),
    ("status", [200, 200, 401]),
    ("tail", [200, 200, 401]),
    ("two_hosts", [400, 400, 400]),
    ("two_lengths", [400, 400, 400]),
    ("two_tokens", [200, 401, 401]),
    ("whole_address", [400, 400, 400]),
];

/// Returns the status that a client gets.
fn status(mut stream: impl Patient, bytes: &[u8]) -> u16 {
    stream.set_patience().unwrap();
    // The server may close before it has read all.
    let _ = stream.write_all(bytes);
    let (mut head, mut byte) = (Vec::new(), [0]);
    while stream.read(&mut byte).is_ok_and(|read| read > 0) {
        head.push(byte[0]);
        if head.ends_with(b"\r\n\r\n") {
            let status = std::str::from_utf8(&head[9..12]).unwrap().parse().unwrap();
            if status != 100 {
                return status;
            }
            head.clear();
        }
    }
    0
}

fn serve(token: &str) -> Served {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    let file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path);
    file.unwrap().write_all(token.as_bytes()).unwrap();
    serve_with(|endpoint| {
        let endpoint = endpoint.host("logs.example.com").console(true);
        endpoint.token_file(&path)
    })
}

#[test]
fn what_arrives_is_refused_or_done_as_the_client_may() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/requests");
    if !corpus.exists() {
        skipped("the corpus is not in the package");
        return;
    }
    let found = files(&corpus);
    assert_eq!(
        found,
        EXPECTED.iter().map(|(name, _)| *name).collect::<Vec<_>>()
    );
    std::thread::scope(|scope| {
        for way in 0..3 {
            let corpus = &corpus;
            scope.spawn(move || {
                for (name, expected) in EXPECTED {
                    let bytes = fs::read(corpus.join(name)).unwrap();
                    check(name, &bytes, way, expected[way]);
                }
            });
        }
    });
}

/// A client that stops in between is given up after 5 seconds.
fn check(name: &str, bytes: &[u8], way: usize, expected: u16) {
    let served = serve(if way == 2 { &KNOWN[..42] } else { KNOWN });
    let found = match way {
        0 => status(UnixStream::connect(served.socket()).unwrap(), bytes),
        _ => status(TcpStream::connect(served.address()).unwrap(), bytes),
    };
    assert_eq!(found, expected, "{name} {way}");
    let changes = ["basic", "continued", "levels", "own_origin"].contains(&name);
    let has_changed = served.control.revision() > 0;
    assert_eq!(has_changed, changes && found < 300, "{name} {way}");
}

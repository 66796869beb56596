//! Handlers that send keep the contract of sinks, as seen by their receivers.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use logtree::Handler;
use logtree::handler::{
    CloudWatchHandler, GelfHandler, HttpHandler, JournaldHandler, OtlpHandler, SmtpHandler,
    SocketHandler, SysLogHandler, check_sink,
};

use super::cloudwatch::Kept;
use super::mail_server::{self, MailServer};
use super::web_server::{Deed, WebServer};
use super::{is_settled, until};

/// What a receiver got: by connection, by datagram, or by request.
type Received = Arc<Mutex<Vec<Vec<u8>>>>;

/// Checks a handler by what `texts` returns: all that its receiver has got so far.
#[track_caller]
fn check<H: Into<Handler>>(make: impl Fn() -> H, texts: impl Fn() -> Vec<Vec<u8>>) {
    // The newest, and what those before it have written. A former one is dropped here, as late as
    // the next is made, and so within the suite.
    let made = Mutex::new((None::<Handler>, 0));
    let make = || {
        let handler = make().into();
        let (newest, written) = &mut *made.lock().unwrap();
        if let Some(former) = newest.replace(handler.clone()) {
            until(|| is_settled(&former));
            *written += former.counters().written();
        }
        handler
    };
    let messages = || {
        let texts = texts();
        texts.iter().flat_map(|text| find(text)).collect::<Vec<_>>()
    };
    let lines = || {
        // What a handler has written may still be on its way.
        let written = {
            let (newest, written) = &*made.lock().unwrap();
            written + newest.as_ref().map_or(0, |one| one.counters().written())
        };
        until(|| messages().len() as u64 >= written);
        messages()
    };
    let broken = check_sink(make, lines);
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Returns the messages of the suite, `case#number.`, whatever is around them.
fn find(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let mut messages = Vec::new();
    for (at, _) in text.match_indices('#') {
        let before = text[..at].trim_end_matches(|c: char| c.is_ascii_lowercase());
        let number: String = text[at + 1..]
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        if text[at + 1 + number.len()..].starts_with('.') {
            messages.push(format!("{}#{number}.", &text[before.len()..at]));
        }
    }
    messages
}

/// Starts a receiver of streams. Returns its port.
fn streams(received: &Received) -> u16 {
    fn read(mut stream: TcpStream, received: &Received) {
        let number = {
            let mut received = received.lock().unwrap();
            received.push(Vec::new());
            received.len() - 1
        };
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut bytes) {
            received.lock().unwrap()[number].extend_from_slice(&bytes[..count]);
        }
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let received = Arc::clone(received);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, received) = (stream.unwrap(), Arc::clone(&received));
            thread::spawn(move || read(stream, &received));
        }
    });
    port
}

/// Starts a receiver of datagrams, which wait until it has room.
fn datagrams(path: &Path, received: &Received) {
    let socket = UnixDatagram::bind(path).unwrap();
    let received = Arc::clone(received);
    thread::spawn(move || {
        let mut bytes = vec![0; 1 << 20];
        while let Ok(count) = socket.recv(&mut bytes) {
            received.lock().unwrap().push(bytes[..count].to_vec());
        }
    });
}

#[test]
fn handlers_of_streams_keep_the_contract_of_sinks() {
    for make in [
        |port| SysLogHandler::new(format!("tcp:127.0.0.1:{port}")).map(Handler::from),
        |port| GelfHandler::new(format!("tcp:127.0.0.1:{port}")).map(Handler::from),
        |port| SocketHandler::new(format!("127.0.0.1:{port}")).map(Handler::from),
    ] {
        let received = Received::default();
        let port = streams(&received);
        check(|| make(port).unwrap(), || received.lock().unwrap().clone());
    }
}

#[test]
fn handlers_of_datagrams_keep_the_contract_of_sinks() {
    for make in [
        |path: &Path| {
            JournaldHandler::builder()
                .socket(path)
                .start()
                .map(Handler::from)
        },
        |path: &Path| SysLogHandler::new(format!("unix:{}", path.display())).map(Handler::from),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let received = Received::default();
        datagrams(&path, &received);
        check(|| make(&path).unwrap(), || received.lock().unwrap().clone());
    }
}

#[test]
fn handlers_of_requests_keep_the_contract_of_sinks() {
    for make in [
        |url: String| HttpHandler::new(url).map(Handler::from),
        |url| {
            OtlpHandler::builder()
                .endpoint(url)
                .gzip(false)
                .start()
                .map(Handler::from)
        },
    ] {
        let server = WebServer::start(|_| Deed::status(200));
        let bodies = || {
            server
                .requests()
                .into_iter()
                .map(|request| request.body)
                .collect()
        };
        check(|| make(server.url("/v1/logs")).unwrap(), bodies);
    }
}

#[test]
fn a_handler_of_mail_keeps_the_contract_of_sinks() {
    let server = MailServer::start(|_| mail_server::Deed::Usual);
    let make = || {
        let host = server.address.to_string();
        SmtpHandler::new(host, "a@example.com", ["b@example.com"], "an error").unwrap()
    };
    check(make, || {
        server.mails().into_iter().map(String::into_bytes).collect()
    });
}

#[test]
fn a_handler_of_cloudwatch_keeps_the_contract_of_sinks() {
    let kept = Arc::new(Kept::default());
    let make = || CloudWatchHandler::new(Arc::clone(&kept), "shop").unwrap();
    check(make, || {
        kept.messages()
            .into_iter()
            .map(String::into_bytes)
            .collect()
    });
}

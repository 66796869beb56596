//! Records sent to web servers.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use logtree::delivery::Backoff;
use logtree::handler::builder::HttpHandlerBuilder;
use logtree::handler::{HttpBody, HttpHandler, StreamHandler};
use logtree::record::Source;
use logtree::time::Timestamp;
use logtree::{Handler, Level, Record};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::python;
use super::web_server::{Deed, Request, WebServer};
use super::{is_settled, until};
use crate::support::Text;

fn builder(server: &WebServer) -> HttpHandlerBuilder {
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1));
    HttpHandler::builder(server.url("/logs")).backoff(backoff)
}

fn log(handler: &Handler, message: &str) {
    handler.handle(
        &Record::builder()
            .level(Level::INFO)
            .message(message)
            .build(),
    );
}

fn sent(server: &WebServer) -> Vec<String> {
    let requests = server.requests();
    let messages = requests.iter().flat_map(|request| {
        let lines = request.text().lines();
        lines.map(|line| serde_json::from_str::<Value>(line).unwrap()["message"].clone())
    });
    messages
        .map(|message| message.as_str().unwrap().to_owned())
        .collect()
}

fn is_balanced(handler: &Handler) -> bool {
    let counters = handler.counters();
    counters.accepted() == counters.written() + counters.dropped() + counters.queued()
}

/// CPython sends the same record to the same server.
#[test]
fn forms_and_queries_are_pythons_byte_for_byte() {
    if !python::has("logging.handlers") {
        return;
    }
    let record = |record: &Record<'_>| {
        json!({
            "name": record.name(), "msg": record.message(), "args": [], "levelname": "WARNING",
            "levelno": 30, "pathname": "src/dä/b.rs", "filename": "b.rs", "module": "b",
            "exc_info": null, "exc_text": record.error_text(), "stack_info": null, "lineno": 7,
            "funcName": "connect", "created": record.time().as_seconds_f64(), "msecs": 123.0,
            "relativeCreated": record.nanos_since_start() as f64 / 1e6, "thread": 9,
            "threadName": "worker 1", "processName": record.process_name(),
            "process": record.process_id(), "taskName": null,
            "user": "a&b=c +%~*", "rows": -3, "ratio": 0.5, "big": 1e300, "yes": true, "none": null,
        })
    };
    let text = "a b&c \"quoted\" ünï\n\t100% €🦀 +/?#~*'()";
    let message = Record::builder()
        .name("app.db")
        .level(Level::WARNING)
        .message(text)
        .time(Timestamp::from_nanos(1_700_000_000_123_456_789))
        .source(
            Source::default()
                .with_file("src/dä/b.rs")
                .with_line(7)
                .with_function("connect"),
        )
        .thread(9, Some("worker 1"))
        .error_text("broken\ncaused by: x")
        .key_value("user", "a&b=c +%~*")
        .key_value("rows", -3)
        .key_value("ratio", 0.5)
        .key_value("big", 1e300)
        .key_value("yes", true)
        .key_value("none", None::<i32>)
        .build();
    let attributes = record(&message).to_string();
    // Python's dictionary has the order of the attributes it knows.
    for (body, method) in [(HttpBody::Query, "GET"), (HttpBody::Form, "POST")] {
        for path in ["/log", "/log?x=1"] {
            let server = WebServer::start(|_| Deed::status(200));
            let handler = HttpHandler::builder(server.url(path)).body(body);
            let handler = handler.credentials("ann", "p w:ö").start().unwrap();
            handler.handle(&message);
            handler.flush().unwrap();
            let host = server.address.to_string();
            python::run("http_handler.py", &[&host, path, method, &attributes]);
            let [ours, pythons] = <[Request; 2]>::try_from(server.requests()).unwrap();
            assert_eq!((&*ours.method, &*pythons.method), (method, method));
            assert_eq!(sorted(&ours.target), sorted(&pythons.target));
            assert_eq!(sorted(ours.text()), sorted(pythons.text()));
            // The key-values come in the order of the JSON object.
            let attributes = |request: &Request| {
                let form = if method == "GET" {
                    &*request.target
                } else {
                    request.text()
                };
                form.split("&process=").next().unwrap().to_owned()
            };
            assert_eq!(attributes(&ours), attributes(&pythons));
            for name in ["authorization", "content-type", "accept-encoding", "host"] {
                assert_eq!(ours.header(name), pythons.header(name), "{name}");
            }
        }
    }
}

/// The parts of a form: serde orders the keys of what Python is given, but for the attributes.
fn sorted(form: &str) -> Vec<&str> {
    let mut parts: Vec<_> = form.split('&').collect();
    parts.sort_unstable();
    parts
}

#[test]
fn each_record_is_a_request_or_many_are_one() {
    for (body, media) in [
        (HttpBody::Json, "application/json"),
        (HttpBody::NdJson, "application/x-ndjson"),
        (HttpBody::JsonArray, "application/json"),
    ] {
        let server = WebServer::start(|_| Deed::status(204));
        let handler = builder(&server)
            .body(body)
            .linger(Duration::from_secs(60))
            .start()
            .unwrap();
        for number in 0..100 {
            log(&handler, &format!("line {number}\n\"quoted\""));
        }
        handler.flush().unwrap();
        let requests = server.requests();
        let expected: Vec<_> = (0..100)
            .map(|number| format!("line {number}\n\"quoted\""))
            .collect();
        let objects: Vec<Value> = match body {
            HttpBody::JsonArray => requests
                .iter()
                .flat_map(|request| serde_json::from_str::<Vec<Value>>(request.text()).unwrap())
                .collect(),
            _ => requests
                .iter()
                .flat_map(|request| request.text().lines())
                .map(|line| serde_json::from_str(line).unwrap())
                .collect(),
        };
        let messages = objects
            .iter()
            .map(|object| object["message"].as_str().unwrap());
        assert!(messages.eq(expected.iter()), "{body:?}");
        if body == HttpBody::Json {
            assert_eq!(requests.len(), 100);
        } else {
            assert!(requests.len() < 10, "{}", requests.len());
        }
        for request in requests {
            assert_eq!(request.header("content-type"), Some(media));
            assert_eq!((&*request.method, &*request.target), ("POST", "/logs"));
        }
        // One connection for all of them.
        assert_eq!(server.connection_count(), 1);
    }
}

#[test]
fn what_a_status_says_is_done() {
    for (status, headers, attempts, written) in [
        (200, "", 1, 1),
        (202, "", 1, 1),
        (408, "", 3, 1),
        (425, "", 3, 1),
        (429, "Retry-After: 0\r\n", 3, 1),
        (500, "", 3, 1),
        (503, "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n", 3, 1),
        (301, "Location: /elsewhere\r\n", 1, 0),
        (307, "Location: /elsewhere\r\n", 1, 0),
        (400, "", 1, 0),
        // A later attempt would have the same credentials.
        (401, "", 1, 0),
        (403, "Retry-After: 1\r\n", 1, 0),
        (404, "", 1, 0),
    ] {
        let count = AtomicUsize::new(0);
        let server = WebServer::start(move |_| match count.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => Deed::Respond(status, headers, b"a body".to_vec()),
            _ => Deed::status(200),
        });
        let dead = Text::default();
        let dead_letters = StreamHandler::new(dead.clone());
        let handler = builder(&server).dead_letters(dead_letters).start().unwrap();
        handler.set_error_hook(|_| {});
        log(&handler, "x");
        until(|| is_settled(&handler));
        let requests = server.requests();
        assert_eq!(requests.len(), attempts, "{status}");
        assert!(
            requests.iter().all(|request| request.target == "/logs"),
            "{status}"
        );
        // The same key for the same record, so that the server can drop it.
        let keys = requests
            .iter()
            .map(|request| request.header("idempotency-key").unwrap());
        assert!(keys.clone().all(|key| key == keys.clone().next().unwrap()));
        assert_eq!(handler.counters().written(), written, "{status}");
        assert_eq!(dead.lines().len() as u64, 1 - written, "{status}");
        assert!(is_balanced(&handler));
        if written == 0 {
            let (_, error) = handler.last_error().unwrap();
            assert!(
                error.contains(&status.to_string()) && !error.contains("/logs"),
                "{error}"
            );
        }
    }
}

#[test]
fn what_is_too_large_is_halved_and_one_record_cut() {
    for body in [HttpBody::Json, HttpBody::NdJson, HttpBody::Form] {
        let server = WebServer::start(|request| match request.body.len() {
            0..=2000 => Deed::status(200),
            _ => Deed::status(413),
        });
        let handler = builder(&server)
            .body(body)
            .linger(Duration::from_secs(60))
            .start()
            .unwrap();
        for _ in 0..9 {
            log(&handler, "short");
        }
        log(&handler, &"long ".repeat(10_000));
        handler.flush().unwrap();
        assert_eq!(handler.counters().written(), 10, "{body:?}");
        let requests = server.requests();
        let last = requests.last().unwrap();
        assert!(
            last.text().contains("long") && last.body.len() > 500,
            "{body:?}"
        );
    }
}

/// An address has at most 64 KiB.
#[test]
fn a_query_that_is_too_long_is_cut() {
    for length in [65_000, 66_000, 1_000_000] {
        let server = WebServer::start(|_| Deed::status(200));
        let handler = builder(&server).body(HttpBody::Query).start().unwrap();
        log(&handler, &"x".repeat(length));
        handler.flush().unwrap();
        assert_eq!(handler.counters().written(), 1);
        assert!(server.requests()[0].target.len() > 20_000);
    }
}

/// A connection that was idle is closed by many servers and firewalls; that is no failure.
#[test]
fn a_connection_that_was_closed_meanwhile_is_replaced_at_once() {
    let server = WebServer::start(|_| Deed::RespondAndClose(200));
    let handler = builder(&server).start().unwrap();
    handler.set_error_hook(|failure| panic!("{}", failure.error()));
    for number in 0..20 {
        log(&handler, &number.to_string());
        handler.flush().unwrap();
    }
    assert_eq!(handler.counters().written(), 20);
    assert!(handler.health().last_error.is_none());
    let numbers = (0..20).map(|number: i32| number.to_string());
    assert!(sent(&server).into_iter().eq(numbers));
}

#[test]
fn a_server_that_hangs_costs_no_caller_anything_and_no_record() {
    for slow in [
        (|| Deed::Hang) as fn() -> Deed,
        || Deed::Drip(b"HTTP/1.1 200 x\r\n"),
        || Deed::Drip(b"a"),
        || Deed::Close,
    ] {
        let count = AtomicUsize::new(0);
        let server = WebServer::start(move |_| match count.fetch_add(1, Ordering::Relaxed) {
            0 => slow(),
            _ => Deed::status(200),
        });
        let timeout = Duration::from_millis(200);
        let handler = builder(&server)
            .body(HttpBody::NdJson)
            .timeout(timeout)
            .start()
            .unwrap();
        handler.set_error_hook(|_| {});
        for number in 0..100 {
            log(&handler, &number.to_string());
        }
        until(|| is_settled(&handler));
        assert!(handler.health().last_error.is_some());
        assert_eq!(handler.counters().written(), 100);
        // What got no response came again.
        let mut sent = sent(&server);
        sent.sort_by_key(|number| number.parse::<u32>().unwrap());
        sent.dedup();
        assert_eq!(sent.len(), 100);
    }
}

/// A status decides, as soon as there is one. What is no response is a failure, and the record is
/// sent again.
#[test]
fn what_servers_send_is_a_response_or_a_failure() {
    let many_headers = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(100_000));
    let long_header = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(1 << 20));
    for (sent, requests) in [
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            1,
        ),
        (
            "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 204 OK\r\n\r\n",
            1,
        ),
        ("HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n", 1),
        ("HTTP/1.0 200 OK\r\n\r\nuntil the end", 1),
        ("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nless", 1),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            1,
        ),
        ("HTTP/1.1 200 OK\r\ncontent-le", 2),
        ("HTTP/1.1 2000 OK\r\n\r\n", 2),
        ("HTTP/1.1 -1 OK\r\n\r\n", 2),
        ("\0\u{1}\u{2}", 2),
        ("220 mail.example.com ESMTP\r\n", 2),
        ("", 2),
        (&many_headers, 2),
        (&long_header, 2),
    ] {
        let (count, raw) = (AtomicUsize::new(0), sent.as_bytes().to_vec());
        let server = WebServer::start(move |_| match count.fetch_add(1, Ordering::Relaxed) {
            0 => Deed::Raw(raw.clone()),
            _ => Deed::status(200),
        });
        let handler = builder(&server).start().unwrap();
        handler.set_error_hook(|_| {});
        log(&handler, "x");
        until(|| is_settled(&handler));
        let shown = &sent[..sent.len().min(60)];
        assert_eq!(handler.counters().written(), 1, "{shown:?}");
        assert_eq!(server.requests().len(), requests, "{shown:?}");
        // The next one is not mixed up with what is left of the first.
        log(&handler, "y");
        until(|| is_settled(&handler));
        assert_eq!(server.requests().len(), requests + 1, "{shown:?}");
        assert_eq!(handler.counters().written(), 2, "{shown:?}");
    }
}

/// Both forms, and what is neither.
#[test]
fn a_server_says_how_long_to_wait_up_to_5_minutes() {
    for (status, headers, least, most) in [
        (429, "Retry-After: 120\r\n", 60, 120),
        (503, "Retry-After: 99999999999999999999999\r\n", 240, 300),
        (
            503,
            "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n",
            240,
            300,
        ),
        (
            429,
            "Retry-After: Friday, 31-Dec-49 23:59:59 GMT\r\n",
            240,
            300,
        ),
        (429, "Retry-After: 1\r\nRetry-After: 120\r\n", 0, 120),
        (503, "Retry-After: -1\r\n", 0, 1),
        (503, "Retry-After: soon\r\n", 0, 1),
        (503, "Retry-After: 0\r\n", 0, 1),
        (503, "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n", 0, 1),
    ] {
        let server = WebServer::start(move |_| Deed::Respond(status, headers, Vec::new()));
        let handler = builder(&server).close_within(Duration::ZERO).start();
        let handler = handler.unwrap();
        handler.set_error_hook(|_| {});
        log(&handler, "x");
        until(|| handler.health().failures > 0);
        let next = handler.health().next_attempt.unwrap();
        let range = Duration::from_secs(least)..=Duration::from_secs(most);
        assert!(range.contains(&next), "{headers}: {next:?}");
    }
}

/// The status is what counts, whatever the body.
#[test]
fn a_large_or_endless_body_is_not_read() {
    let server = WebServer::start(|_| Deed::Respond(200, "", vec![b'x'; 1024 * 1024]));
    let handler = builder(&server).start().unwrap();
    handler.set_error_hook(|failure| panic!("{}", failure.error()));
    for _ in 0..3 {
        log(&handler, "x");
        handler.flush().unwrap();
    }
    assert_eq!(
        (handler.counters().written(), server.requests().len()),
        (3, 3)
    );
}

#[test]
fn addresses_and_headers_that_cannot_be_are_refused() {
    for url in ["", "localhost:80", "ftp://host/", "http://", "http://a b/"] {
        let error = HttpHandler::new(url).unwrap_err();
        assert_eq!(error.kind(), logtree::ErrorKind::InvalidConfig, "{url}");
    }
    if cfg!(not(feature = "tls")) {
        let error = HttpHandler::new("https://host/").unwrap_err();
        assert!(error.to_string().contains("feature `tls`"), "{error}");
    }
    let builder = HttpHandler::builder("http://host/");
    assert!(builder.clone().header("a b", "c").start().is_err());
    assert!(builder.timeout(Duration::ZERO).start().is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Whatever goes wrong, and though the server repeats what it was sent.
    #[test]
    fn no_error_shows_a_secret(
        password in "[a-zA-Z0-9 %@:/?#ä]{6,20}",
        token in "[a-zA-Z0-9._~+/=-]{6,40}",
        status in prop::sample::select(vec![302_u16, 400, 401, 413, 500]),
    ) {
        let server = WebServer::start(move |request| {
            let echo = format!("{request:?}");
            Deed::Respond(status, "", echo.into_bytes())
        });
        let encoded: String = password.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let url = format!("http://ann:{encoded}@{}/hook/{token}?key={token}", server.address);
        let handler = HttpHandler::builder(&url)
            .header("Authorization-2", format!("Bearer {token}"))
            .close_within(Duration::ZERO);
        let mut shown = format!("{handler:?}");
        let handler = handler.start().unwrap();
        handler.set_error_hook(|_| {});
        log(&handler, "x");
        if let Err(error) = handler.flush() {
            shown += &format!("{error} {error:?}");
        }
        server.goes_down();
        log(&handler, "y");
        if let Err(error) = handler.flush() {
            shown += &format!("{error} {error:?}");
        }
        shown += &format!("{handler:?} {:?} {:?}", handler.health(), handler.last_error());
        let _ = handler.close();
        prop_assert!(!shown.contains(&password) && !shown.contains(&token), "{}", shown);
        prop_assert!(!shown.contains(&encoded), "{}", shown);
    }
}

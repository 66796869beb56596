//! Records sent by OTLP, read by the official classes for Python and by rotel.

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use logtree::delivery::Backoff;
use logtree::handler::OtlpHandler;
use logtree::handler::builder::OtlpHandlerBuilder;
use logtree::record::{OwnedValue, Source};
use logtree::time::Timestamp;
use logtree::{Handler, Level, Record};
use serde_json::{Value, json};

use super::program::Program;
use super::web_server::{Deed, WebServer};
use super::{is_settled, python, until};

fn builder(server: &WebServer) -> OtlpHandlerBuilder {
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1));
    OtlpHandler::builder()
        .environment(false)
        .endpoint(server.url("/v1/logs"))
        .linger(Duration::ZERO)
        .backoff(backoff)
}

fn log(handler: &Handler, message: &str) {
    handler.handle(
        &Record::builder()
            .name("app")
            .level(Level::INFO)
            .message(message)
            .build(),
    );
}

/// Has the official classes read what a server has.
fn decoded(server: &WebServer) -> Vec<Value> {
    let directory = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (number, request) in server.requests().into_iter().enumerate() {
        assert_eq!(
            request.header("content-type"),
            Some("application/x-protobuf")
        );
        assert_eq!((&*request.method, &*request.target), ("POST", "/v1/logs"));
        let path = directory.path().join(number.to_string());
        fs::write(&path, &request.body).unwrap();
        paths.push(path.to_str().unwrap().to_owned());
    }
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    serde_json::from_str(&python::run("otlp_decode.py", &paths)).unwrap()
}

const READER: &str = "opentelemetry.proto.collector.logs.v1.logs_service_pb2";

#[test]
fn the_official_classes_read_each_field() {
    if !python::has(READER) {
        return;
    }
    for gzip in [false, true] {
        let server = WebServer::start(|_| Deed::status(200));
        let make = builder(&server)
            .resource("service.name", "shop")
            .resource("n", 7);
        #[cfg(feature = "gzip")]
        let make = make.gzip(gzip);
        let handler = make.start().unwrap();
        let nested = OwnedValue::Map(vec![
            (
                "list".into(),
                OwnedValue::List(vec![1.into(), "a".into(), OwnedValue::Null]),
            ),
            ("bytes".into(), OwnedValue::Bytes(vec![0, 255])),
        ]);
        let record = Record::builder()
            .name("app.db")
            .level(Level::WARNING)
            .message("ünï\n€🦀")
            .time(Timestamp::from_nanos(1_700_000_000_123_456_789))
            .source(
                Source::default()
                    .with_file("src/db.rs")
                    .with_line(7)
                    .with_function("connect"),
            )
            .thread(9, Some("worker"))
            .error_text("broken\ncaused by: x")
            .stack("at main")
            .key_value("trace_id", "0af7651916cd43dd8448eb211c80319c")
            .key_value("span_id", "b7ad6b7169203331")
            .key_value("event_name", "db.connect")
            .key_value("text", "a\0b")
            .key_value("yes", true)
            .key_value("least", i64::MIN)
            .key_value("beyond", u64::MAX)
            .key_value("signed", i128::MIN)
            .key_value("unsigned", u128::MAX)
            .key_value("ratio", 0.1)
            .key_value("inf", f64::NEG_INFINITY)
            .key_value("none", None::<i32>)
            .key_value("nested", nested)
            .key_value("thread.id", "mine")
            .build();
        handler.handle(&record);
        handler.flush().unwrap();
        let mut records = decoded(&server);
        let mut read = records.remove(0);
        assert!(records.is_empty());
        assert_eq!(
            server.requests()[0].header("content-encoding"),
            gzip.then_some("gzip")
        );
        let mut take = |path: &[&str]| path.iter().fold(&mut read, |at, key| &mut at[*key]).take();
        let observed: u64 = take(&["observed"]).as_str().unwrap().parse().unwrap();
        assert!(observed > 1_700_000_000_000_000_000);
        let uid = take(&["attributes", "log.record.uid"]);
        assert!(uid.as_str().unwrap().ends_with("-1"), "{uid}");
        let instance = take(&["resource", "service.instance.id"]);
        assert_eq!(instance.as_str().unwrap().len(), 36);
        assert!(take(&["resource", "host.name"]).is_string());
        let expected = json!({
            "resource": {
                "service.name": "shop", "n": 7, "service.instance.id": null, "host.name": null,
                "process.pid": std::process::id(), "telemetry.sdk.name": "logtree",
                "telemetry.sdk.language": "rust",
                "telemetry.sdk.version": env!("CARGO_PKG_VERSION"),
            },
            "scope": "app.db", "time": "1700000000123456789", "observed": null, "severity": 13,
            "severity_text": "WARNING", "body": "ünï\n€🦀", "dropped": 0, "flags": 0,
            "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331",
            "event_name": "db.connect",
            "attributes": {
                "code.file.path": "src/db.rs", "code.line.number": 7,
                "code.function.name": "connect", "thread.id": 9, "thread.name": "worker",
                "exception.message": "broken\ncaused by: x", "exception.stacktrace": "at main",
                "text": "a\0b", "yes": true, "least": i64::MIN, "beyond": u64::MAX.to_string(),
                "signed": i128::MIN.to_string(), "unsigned": u128::MAX.to_string(),
                "ratio": {"double": "0.1"}, "inf": {"double": "-inf"}, "none": null,
                "nested": {"list": [1, "a", null], "bytes": {"bytes": "00ff"}},
                "thread.id_": "mine", "log.record.uid": null,
            },
        });
        assert_eq!(read, expected);
        if cfg!(not(feature = "gzip")) {
            break;
        }
    }
}

#[test]
fn batches_keep_the_loggers_apart_and_their_records_in_order() {
    if !python::has(READER) {
        return;
    }
    let server = WebServer::start(|_| Deed::status(200));
    let handler = builder(&server)
        .linger(Duration::from_secs(60))
        .start()
        .unwrap();
    for number in 0..2000 {
        let name = format!("app.{}", number % 7);
        let message = number.to_string();
        handler.handle(&Record::builder().name(&name).message(message).build());
    }
    handler.flush().unwrap();
    assert!(server.requests().len() < 20);
    let records = decoded(&server);
    for name in 0..7 {
        let of_name = records
            .iter()
            .filter(|record| record["scope"] == format!("app.{name}"));
        let numbers =
            of_name.map(|record| record["body"].as_str().unwrap().parse::<i32>().unwrap());
        assert!(numbers.eq((name..2000).step_by(7)), "{name}");
    }
    let mut uids: Vec<_> = records
        .iter()
        .map(|record| record["attributes"]["log.record.uid"].as_str().unwrap())
        .collect();
    uids.sort_unstable();
    uids.dedup();
    assert_eq!(uids.len(), 2000);
}

/// `ExportLogsServiceResponse { partial_success: { rejected_log_records: 3, error_message: … } }`.
fn partial(rejected: u8, message: &str) -> Vec<u8> {
    let length = u8::try_from(message.len()).unwrap();
    let inner = [&[8, rejected, 18, length][..], message.as_bytes()].concat();
    [&[10, u8::try_from(inner.len()).unwrap()][..], &inner].concat()
}

#[test]
fn what_is_rejected_is_counted_and_not_sent_again() {
    let server = WebServer::start(|_| Deed::Respond(200, "", partial(3, "too old")));
    let handler = builder(&server)
        .linger(Duration::from_secs(60))
        .start()
        .unwrap();
    handler.set_error_hook(|failure| assert_eq!(failure.lost(), 3));
    for number in 0..10 {
        log(&handler, &number.to_string());
    }
    let error = handler.flush().unwrap_err().to_string();
    assert!(
        error.ends_with("3 of 10 records rejected: too old"),
        "{error}"
    );
    let counters = handler.counters();
    assert_eq!(
        (
            counters.written(),
            counters.dropped(),
            server.requests().len()
        ),
        (7, 3, 1)
    );
}

/// Nor does a response that cannot be read, or a warning, make anything be sent again.
#[test]
fn a_response_that_says_nothing_of_records_is_a_success() {
    for body in [
        b"no message at all".to_vec(),
        vec![0xff; 100_000],
        partial(0, "beware"),
    ] {
        let server = WebServer::start(move |_| Deed::Respond(200, "", body.clone()));
        let handler = builder(&server).start().unwrap();
        log(&handler, "x");
        handler.flush().unwrap();
        assert_eq!(
            (handler.counters().written(), server.requests().len()),
            (1, 1)
        );
    }
}

#[test]
fn what_a_status_says_is_done() {
    for (status, headers, attempts, written) in [
        (200, "", 1, 1),
        (429, "Retry-After: 0\r\n", 3, 1),
        (502, "", 3, 1),
        (503, "", 3, 1),
        (504, "", 3, 1),
        (408, "", 1, 0),
        (500, "", 1, 0),
        (501, "", 1, 0),
        (400, "", 1, 0),
        (401, "", 1, 0),
        (403, "Retry-After: 1\r\n", 1, 0),
        (302, "Location: /\r\n", 1, 0),
    ] {
        let count = AtomicUsize::new(0);
        let server = WebServer::start(move |_| match count.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => Deed::Respond(status, headers, Vec::new()),
            _ => Deed::status(200),
        });
        let handler = builder(&server).start().unwrap();
        handler.set_error_hook(|_| {});
        log(&handler, "x");
        until(|| is_settled(&handler));
        assert_eq!(server.requests().len(), attempts, "{status}");
        assert_eq!(handler.counters().written(), written, "{status}");
    }
}

/// Some receivers say 400 where others say 413.
#[test]
fn what_is_too_large_is_halved_and_one_record_cut() {
    for status in [413, 400] {
        let server = WebServer::start(move |request| match request.body.len() {
            0..=10_000 => Deed::status(200),
            _ => Deed::status(status),
        });
        let handler = builder(&server)
            .linger(Duration::from_secs(60))
            .start()
            .unwrap();
        handler.set_error_hook(|_| {});
        for _ in 0..50 {
            log(&handler, &"x".repeat(1000));
        }
        log(&handler, &"long ".repeat(10_000));
        let _ = handler.flush();
        // With 400, one that is alone may have any fault.
        let expected = if status == 413 { 51 } else { 50 };
        assert_eq!(handler.counters().written(), expected, "{status}");
    }
}

#[test]
fn a_receiver_that_hangs_costs_no_caller_anything_and_no_record() {
    for slow in [
        (|| Deed::Hang) as fn() -> Deed,
        || Deed::Drip(b"HTTP/1.1 200 x\r\n"),
        || Deed::Close,
    ] {
        let count = AtomicUsize::new(0);
        let server = WebServer::start(move |_| match count.fetch_add(1, Ordering::Relaxed) {
            0 => slow(),
            _ => Deed::status(200),
        });
        let handler = builder(&server)
            .timeout(Duration::from_millis(200))
            .start()
            .unwrap();
        handler.set_error_hook(|_| {});
        for number in 0..100 {
            log(&handler, &number.to_string());
        }
        until(|| is_settled(&handler));
        assert_eq!(handler.counters().written(), 100);
        assert!(handler.health().last_error.is_some());
    }
}

#[test]
fn no_error_shows_a_secret() {
    let server = WebServer::start(|request| {
        let echo = request.header("api-key").unwrap_or_default().to_owned();
        Deed::Respond(200, "", partial(1, &echo))
    });
    let url = format!("http://ann:pa55word@{}/t0ken/v1/logs", server.address);
    let make = OtlpHandler::builder()
        .environment(false)
        .endpoint(url)
        .header("api-key", "s3cret");
    let mut shown = format!("{make:?}");
    let handler = make.start().unwrap();
    handler.set_error_hook(|_| {});
    log(&handler, "x");
    shown += &format!("{:?} {:?} {:?}", handler.flush(), handler.health(), handler);
    assert!(shown.contains("rejected: ***"), "{shown}");
    for secret in ["pa55word", "s3cret", "t0ken"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// Another reader: a collector in Rust, which prints what it receives.
#[test]
fn rotel_receives_as_many() {
    const RECORDS: usize = 1000;

    if !python::has("rotel") {
        return;
    }
    let agent = python::run("rotel_agent.py", &[]);
    let port = || {
        TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port()
    };
    let (grpc, http) = (port(), port());
    let mut command = Command::new(agent.trim());
    command
        .args([
            "start",
            "--otlp-grpc-endpoint",
            &format!("127.0.0.1:{grpc}"),
        ])
        .args(["--otlp-http-endpoint", &format!("127.0.0.1:{http}")])
        .args(["--exporter", "blackhole", "--debug-log", "logs"])
        .args(["--debug-log-verbosity", "detailed"])
        .stderr(Stdio::null());
    let mut program = Program::start(&mut command);
    let handler = OtlpHandler::builder()
        .environment(false)
        .endpoint(format!("http://127.0.0.1:{http}/v1/logs"))
        .start()
        .unwrap();
    handler.set_error_hook(|_| {});
    for number in 0..RECORDS {
        log(&handler, &format!("record <{number}>"));
    }
    until(|| is_settled(&handler));
    assert_eq!(handler.counters().written(), RECORDS as u64);
    let mut seen = vec![false; RECORDS];
    let mut left = RECORDS;
    while let Some(line) = program.line() {
        let number = line
            .split_once("record <")
            .and_then(|(_, rest)| rest.split_once('>'));
        if let Some((number, _)) = number {
            let seen = &mut seen[number.parse::<usize>().unwrap()];
            left -= usize::from(!*seen);
            *seen = true;
        }
        if left == 0 {
            break;
        }
    }
    assert_eq!(left, 0);
}

//! Requests, whose responses acknowledge what they hold.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use logtree::Handler;
use logtree::delivery::{Backoff, Spool};
use logtree::handler::OtlpHandler;
use logtree::handler::{HttpBody, HttpHandler};

use super::{Count, KILLS, log, number, record_count, until_all};
use crate::delivery::web_server::{Deed, WebServer};
use crate::delivery::{is_settled, until};

/// How many records one request has at most.
const BATCH: u64 = 512;

/// Logs all records while the server goes down in the middle of everything, and comes back.
fn run(name: &str, connect: impl FnOnce(&WebServer) -> Handler) -> Count {
    let records = record_count();
    let server = Arc::new(WebServer::start(|_| Deed::status(200)));
    let handler = connect(&server);
    handler.set_error_hook(|_| {});
    for at in 0..records {
        if at % (records / KILLS) == 0 {
            server.goes_down();
        } else if at % (records / KILLS) == records / (2 * KILLS) {
            server.comes_up();
        }
        log(&handler, at);
    }
    server.comes_up();
    until_all(|| handler.flush().is_ok());
    until(|| is_settled(&handler));
    let counters = handler.counters();
    assert_eq!(counters.written() + counters.dropped(), records);
    let mut all = 0;
    let mut received = BTreeSet::new();
    for request in server.requests() {
        let mut rest = &request.body[..];
        while let Some(at) = rest.windows(7).position(|text| text == b"number ") {
            let number = number(&rest[at..]);
            all += u64::from(number.is_some());
            received.extend(number);
            rest = &rest[at + 7..];
        }
    }
    let count = Count::of(name, received.len() as u64, all, counters.dropped());
    assert_eq!(count.missing, count.dropped);
    // Of each outage, at most what one request held.
    assert!(count.again <= KILLS * BATCH, "{} duplicates", count.again);
    count
}

fn backoff() -> Backoff {
    Backoff::new(Duration::from_millis(1), Duration::from_millis(1))
}

fn spool(directory: &tempfile::TempDir) -> Spool {
    Spool::new(directory.path().join("spool")).max_bytes(1 << 30)
}

#[test]
fn http_loses_the_counted_drops_only() {
    run("HTTP", |server| {
        let builder = HttpHandler::builder(server.url("/logs")).body(HttpBody::NdJson);
        builder.backoff(backoff()).start().unwrap().into()
    });
}

#[test]
fn http_with_a_spool_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let count = run("HTTP, with a spool", |server| {
        let builder = HttpHandler::builder(server.url("/logs")).body(HttpBody::NdJson);
        let builder = builder.spool(spool(&directory)).max_records(500);
        builder.backoff(backoff()).start().unwrap().into()
    });
    assert_eq!(count.missing, 0);
}

fn otlp(server: &WebServer) -> logtree::handler::builder::OtlpHandlerBuilder {
    let builder = OtlpHandler::builder().environment(false);
    builder.endpoint(server.url("/v1/logs")).backoff(backoff())
}

#[test]
fn otlp_loses_the_counted_drops_only() {
    run("OTLP", |server| otlp(server).start().unwrap().into());
}

#[test]
fn otlp_with_a_spool_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let count = run("OTLP, with a spool", |server| {
        let builder = otlp(server).spool(spool(&directory)).max_records(500);
        builder.start().unwrap().into()
    });
    assert_eq!(count.missing, 0);
}

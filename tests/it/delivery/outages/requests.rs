//! Requests, whose responses acknowledge what they hold.

use std::collections::BTreeSet;
use std::sync::Arc;

use logtree::Handler;
use logtree::handler::OtlpHandler;
use logtree::handler::{HttpBody, HttpHandler};

use super::{Count, KILLS, backoff, log_through_outages, number, spool};
use crate::delivery::web_server::{Deed, WebServer};

/// How many records one request has at most.
const BATCH: u64 = 512;

/// Logs all records while the server goes down in the middle of everything, and comes back.
fn run(name: &str, connect: impl FnOnce(&WebServer) -> Handler) -> Count {
    let server = Arc::new(WebServer::start(|_| Deed::status(200)));
    let handler = connect(&server);
    handler.set_error_hook(|_| {});
    log_through_outages(&handler, || server.goes_down(), || server.comes_up());
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
    let dropped = handler.counters().dropped();
    let count = Count::of(name, received.len() as u64, all, dropped);
    count.assert_gaps_are_counted(KILLS * BATCH);
    count
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

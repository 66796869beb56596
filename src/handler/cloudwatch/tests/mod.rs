//! Tests with a service that holds calls to its limits, and fails as a test says.

mod random;
mod service;

use std::thread;
use std::time::Duration;

use self::service::{Fault, Service};
use super::connection::Calls;
use super::events::{MAX_EVENT, together};
use super::*;
use crate::error::Error;
use crate::handler::delivery::{Connection, Entry, Outcome};
use crate::handler::stream::StreamHandler;
use crate::level::Level;
use crate::record::Record;
use crate::sys::sync::Arc;
use crate::time::{Clock, Timestamp};

fn at(millis: i64) -> Timestamp {
    // 2026-11-27.
    Timestamp::from_nanos((1_795_737_600_000 + millis) * 1_000_000)
}

fn entry(millis: i64, payload: impl Into<Vec<u8>>) -> Entry {
    Entry::new(Level::INFO, at(millis), "a", payload)
}

fn log(handler: &CloudWatchHandler, text: &str) {
    handler.handle(&Record::builder().level(Level::INFO).message(text).build());
}

const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;

#[test]
fn a_call_has_as_many_events_as_it_may_and_not_one_more() {
    for (count, expected) in [(9_999, 9_999), (10_000, 10_000), (10_001, 10_000)] {
        let entries = vec![entry(0, "x"); count];
        assert_eq!(together(&entries), expected);
    }
}

/// 1,048,576 bytes, with 26 for each event.
#[test]
fn a_call_has_as_many_bytes_as_it_may_and_not_one_more() {
    let room = 1_048_576 - 26 - 100 - 26;
    for (length, expected) in [(room - 1, 2), (room, 2), (room + 1, 1)] {
        let entries = [entry(0, vec![b'x'; 100]), entry(0, vec![b'x'; length])];
        assert_eq!(together(&entries), expected, "{length}");
        let service = Service::new();
        let sent = service.connection().send(&entries[..expected]);
        assert!(matches!(sent, Outcome::Sent), "{sent:?}");
        assert_eq!(service.wrong.lock().len(), 0);
    }
    // Bytes count, not characters.
    let umlauts = "ä".repeat(room / 2 + 1);
    assert_eq!(together(&[entry(0, vec![b'x'; 100]), entry(0, umlauts)]), 1);
    // A single one is sent whatever its size.
    assert_eq!(
        together(&[entry(0, vec![b'x'; 2_000_000]), entry(0, "x")]),
        1
    );
}

#[test]
fn a_call_spans_less_than_a_day() {
    for (millis, expected) in [(DAY - 1, 3), (DAY, 2), (DAY + 1, 2)] {
        assert_eq!(
            together(&[entry(0, "x"), entry(7, "x"), entry(millis, "x")]),
            expected
        );
        assert_eq!(
            together(&[entry(millis, "x"), entry(7, "x"), entry(0, "x")]),
            expected
        );
    }
}

#[test]
fn events_are_sorted_by_time_and_keep_their_order_within_a_millisecond() {
    let service = Service::new();
    let nanos = |nanos: i64, text: &str| {
        let time = Timestamp::from_nanos(at(0).as_nanos() + nanos);
        Entry::new(Level::INFO, time, "a", text)
    };
    let batch = [
        nanos(2_000_000, "d"),
        nanos(999_999, "a"),
        nanos(0, "b"),
        nanos(1_000_000, "c"),
    ];
    assert!(matches!(service.connection().send(&batch), Outcome::Sent));
    assert_eq!(service.received(), ["a", "b", "c", "d"]);
}

/// More than 14 days old, or more than 2 hours ahead: to the millisecond.
#[test]
fn what_the_service_would_reject_by_its_time_is_not_sent() {
    for (millis, reason) in [
        (-14 * DAY, None),
        (-14 * DAY - 1, Some("1 more than 14 days old")),
        (2 * HOUR, None),
        (2 * HOUR + 1, Some("1 more than 2 hours ahead")),
    ] {
        let service = Service::new();
        let batch = [entry(millis, "x")];
        match (service.connection().send(&batch), reason) {
            (Outcome::Sent, None) => assert_eq!(service.received(), ["x"]),
            (Outcome::Refused { which, error }, Some(reason)) => {
                assert_eq!(which, [0]);
                let message = format!("CloudWatch Logs does not take events: {reason}");
                assert_eq!(error.to_string(), message);
                assert_eq!(service.calls(), [""; 0]);
            }
            (outcome, _) => panic!("{millis}: {outcome:?}"),
        }
    }
}

/// `tooNewLogEventStartIndex` is inclusive; the other two are exclusive. They count the sorted
/// events.
#[test]
fn rejected_events_are_refused_by_reason() {
    let service = Service::new();
    let mut connection = service.connection();
    let times = [5, 3, 1, 0, 2, 4];
    let batch = times.map(|time| entry(time, format!("{time}")));
    connection.send(&batch);
    let rejected = RejectedLogEvents::default()
        .with_expired_end(1)
        .with_too_old_end(2)
        .with_too_new_start(4);
    service.fails([Fault::Rejects(rejected)]);
    let Outcome::Refused { which, error } = connection.send(&batch) else {
        panic!("it was taken");
    };
    let refused: Vec<_> = which.iter().map(|place| times[*place]).collect();
    assert_eq!(refused, [5, 1, 0, 4]);
    assert_eq!(
        error.to_string(),
        "CloudWatch Logs does not take events: 1 more than 14 days old, \
         1 older than the group keeps them, 2 more than 2 hours ahead"
    );
}

#[test]
fn group_and_stream_are_created_once_and_the_call_is_repeated() {
    let service = Service::new();
    let mut connection = service.connection();
    assert!(matches!(connection.send(&[entry(0, "x")]), Outcome::Sent));
    let expected = ["put 1", "stream", "group", "retention 7", "stream", "put 1"];
    assert_eq!(service.calls(), expected);
    assert!(matches!(connection.send(&[entry(0, "y")]), Outcome::Sent));
    assert_eq!(service.calls(), ["put 1"]);
    // A group that is there keeps its retention.
    service.streams.lock().clear();
    assert!(matches!(connection.send(&[entry(0, "z")]), Outcome::Sent));
    assert_eq!(service.calls(), ["put 1", "stream", "put 1"]);
    // What was created is not seen at once.
    service.fails([
        Fault::Code("ResourceNotFoundException"),
        Fault::Code("ResourceNotFoundException"),
    ]);
    let outcome = connection.send(&[entry(0, "x")]);
    assert!(
        matches!(
            outcome,
            Outcome::Retry {
                sent: 0,
                after: None,
                ..
            }
        ),
        "{outcome:?}"
    );
}

#[test]
fn nothing_is_created_where_that_is_not_wanted() {
    let service = Service::new();
    let mut target = service.target();
    target.creates = false;
    let outcome = Calls::new(Arc::new(target)).send(&[entry(0, "x")]);
    let Outcome::Retry {
        sent: 0,
        after: Some(after),
        error,
    } = outcome
    else {
        panic!("{outcome:?}");
    };
    assert_eq!(after, Duration::from_secs(60));
    assert_eq!(
        error.to_string(),
        "cannot put log events: ResourceNotFoundException: no stream"
    );
    assert_eq!(service.calls(), ["put 1"]);
}

#[test]
fn the_code_of_a_failure_decides() {
    let service = Service::new();
    let mut connection = service.connection();
    connection.send(&[entry(0, "x")]);
    let mut send = |fault| {
        service.fails([fault]);
        connection.send(&[entry(0, "x")])
    };
    let again = send(Fault::Code("DataAlreadyAcceptedException"));
    assert!(matches!(again, Outcome::Sent));
    for code in [
        "ThrottlingException",
        "ServiceUnavailableException",
        "InternalFailure",
        "InvalidSequenceTokenException",
        "LimitExceededException",
        "OperationAbortedException",
        "Unknown",
        "",
    ] {
        let outcome = send(Fault::Code(code));
        assert!(
            matches!(
                outcome,
                Outcome::Retry {
                    sent: 0,
                    after: None,
                    ..
                }
            ),
            "{code}: {outcome:?}"
        );
    }
    for code in [
        "AccessDeniedException",
        "UnrecognizedClientException",
        "ExpiredTokenException",
    ] {
        let Outcome::Retry {
            sent: 0,
            after,
            error,
        } = send(Fault::Code(code))
        else {
            panic!("{code}");
        };
        assert_eq!(after, Some(Duration::from_secs(60)), "{code}");
        assert_eq!(error.kind(), crate::error::ErrorKind::NotPermitted);
    }
    for code in ["InvalidParameterException", "ValidationException"] {
        assert!(
            matches!(send(Fault::Code(code)), Outcome::TooLarge(_)),
            "{code}"
        );
    }
    let error = ServiceError::new("ThrottlingException", "slow down");
    assert_eq!(
        error.with_retry_after(Duration::from_secs(3)).retry_after(),
        Some(Duration::from_secs(3))
    );
}

/// Where a signature is wrong, the service repeats the request, with its token.
#[test]
fn no_error_shows_a_token() {
    let message = "The Canonical String for this request should have been\n'POST\nx-amz-security-token:SECRET'";
    for code in [
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
    ] {
        let error = ServiceError::new(code, message.replace('\n', " "));
        assert_eq!(error.to_string(), code);
    }
    let long = ServiceError::new("X", "ä".repeat(1000)).to_string();
    assert_eq!(long, format!("X: {}", "ä".repeat(250)));
}

#[test]
fn a_large_record_is_sent_in_parts_and_goes_on_where_it_was() {
    let service = Service::new();
    let mut connection = service.connection();
    connection.send(&[entry(0, "x")]);
    let text = "0123456789".repeat(250_000);
    let parts = Oversize::Split.parts(&text);
    assert_eq!(parts.len(), 3);
    service.fails([
        Fault::Rejects(RejectedLogEvents::default()),
        Fault::Code("Throttling"),
    ]);
    let outcome = connection.send(&[entry(0, text.clone())]);
    assert!(
        matches!(outcome, Outcome::Retry { sent: 0, .. }),
        "{outcome:?}"
    );
    let outcome = connection.send(&[entry(0, text)]);
    assert!(matches!(outcome, Outcome::Sent), "{outcome:?}");
    assert_eq!(service.received()[1..], parts);
    assert_eq!(*service.wrong.lock(), [""; 0]);
    // The largest that is one event.
    connection.send(&[entry(0, "y".repeat(MAX_EVENT))]);
    assert_eq!(service.received().last().unwrap().len(), MAX_EVENT);
    assert_eq!(*service.wrong.lock(), [""; 0]);
}

#[test]
fn an_event_that_the_service_does_not_take_is_found() {
    let service = Service::new();
    service.now.set(crate::time::SystemClock.now());
    let dead = StreamHandler::new(Vec::new());
    let handler = service
        .handler()
        .linger(Duration::from_secs(600))
        .dead_letters(dead.clone());
    let handler = handler.start().unwrap();
    handler.set_error_hook(|_| {});
    for number in 0..1000 {
        let text = if number % 400 == 7 {
            "poison".to_owned()
        } else {
            number.to_string()
        };
        log(&handler, &text);
    }
    handler.flush().unwrap_err();
    assert_eq!(service.received().len(), 997);
    assert_eq!(handler.counters().dropped(), 3);
    assert_eq!(dead.counters().written(), 3);
    // About twice the logarithm of the number for each.
    assert!(service.calls().len() < 80);
}

#[test]
fn empty_lines_and_metrics_have_their_messages() {
    let service = Service::new();
    let metrics = r#"{"_aws":{"Timestamp":1,"CloudWatchMetrics":[]},"n":1}"#;
    let handler = service.handler().pass_embedded_metrics(true);
    let handler = handler.formatter(crate::formatter::format_fn(|record, line| {
        let is_shown = !record.message().is_empty();
        line.push_str(if is_shown { "formatted" } else { "" });
        Ok(())
    }));
    let handler = handler.start().unwrap();
    for text in ["", metrics, "{no metrics}"] {
        log(&handler, text);
    }
    handler.flush().unwrap();
    assert_eq!(service.received(), [" ", metrics, "formatted"]);
}

#[test]
fn what_is_configured_wrong_is_an_error() {
    let builder = || CloudWatchHandler::builder(Service::new(), "g");
    let message = |built: Result<CloudWatchHandler, Error>| built.unwrap_err().to_string();
    assert!(message(CloudWatchHandler::new(Service::new(), "a b")).contains("log group \"a b\""));
    assert!(message(builder().retention_days(8).start()).contains("found 8"));
    assert!(message(builder().stream("{x}").start()).contains("found {x}"));
}

/// Throttled without end, then back: nothing is lost, and nothing is there twice.
#[test]
fn a_service_that_throttles_gets_all_of_it() {
    let service = Service::new();
    service.fails(vec![Fault::Code("ThrottlingException"); 20]);
    let handler = service.handler().start().unwrap();
    handler.set_error_hook(|_| {});
    for number in 0..100 {
        log(&handler, &number.to_string());
    }
    until(|| handler.counters().queued() == 0);
    assert!(
        service
            .received()
            .into_iter()
            .eq((0..100).map(|number| number.to_string()))
    );
    assert_eq!(*service.wrong.lock(), [""; 0]);
}

fn until(what: impl Fn() -> bool) {
    for _ in 0..60_000 {
        if what() {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    panic!("it did not come to pass");
}

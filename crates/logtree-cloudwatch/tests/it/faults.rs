//! What the service and the way to it do at times: each event arrives once, or is counted.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use logtree::delivery::{Backoff, LogGroupClass};
use logtree::handler::builder::CloudWatchHandlerBuilder;
use logtree::handler::{CloudWatchHandler, StreamHandler};
use logtree_cloudwatch::CloudWatch;
use serde_json::json;

use crate::stub::{Step, Stub};
use crate::{client, log, now, plain, until};

/// A handler that sends a hundred records at once, and fewer not at all.
fn builder(stub: &Stub) -> CloudWatchHandlerBuilder {
    CloudWatchHandler::builder(CloudWatch::new(client(&stub.url())), "group")
        .stream("stream")
        .formatter(plain())
        .linger(Duration::from_secs(600))
        .batch_records(100)
        .backoff(Backoff::new(
            Duration::from_millis(1),
            Duration::from_millis(20),
        ))
}

/// Logs 100 records and waits until it is known what became of each.
fn log_100(handler: &CloudWatchHandler) -> Vec<String> {
    handler.set_error_hook(|_| {});
    let start = now();
    let padding = "x".repeat(8_000);
    let texts: Vec<_> = (0..100)
        .map(|number| format!("event {number} {padding}"))
        .collect();
    for (number, text) in texts.iter().enumerate() {
        log(handler, start + Duration::from_millis(number as u64), text);
    }
    until(|| handler.counters().queued() == 0);
    let counters = handler.counters();
    assert_eq!(counters.accepted(), 100);
    assert_eq!(counters.written() + counters.dropped(), 100);
    texts
}

fn texts(stub: &Stub) -> Vec<String> {
    stub.taken().into_iter().map(|(_, text)| text).collect()
}

fn arrive_once(script: Vec<Step>) {
    let stub = Stub::new(script);
    let handler = builder(&stub).start().unwrap();
    let logged = log_100(&handler);
    assert_eq!(texts(&stub), logged);
    assert_eq!(handler.counters().dropped(), 0);
    assert!(stub.has_ended());
    assert!(handler.health().is_up);
}

fn fail(status: u16, code: &'static str) -> Step {
    Step::Fail(status, code, "as the script says".to_owned())
}

#[test]
fn throttling_is_waited_out() {
    let throttle = |_| fail(400, "ThrottlingException");
    arrive_once((0..20).map(throttle).collect());
}

#[test]
fn failures_of_the_service_are_waited_out() {
    arrive_once(vec![
        fail(500, "InternalFailure"),
        fail(503, "ServiceUnavailableException"),
        Step::Page(502),
        Step::Page(500),
    ]);
}

#[test]
fn connections_that_end_in_the_middle_of_a_request_cost_nothing() {
    let resets = [0, 1, 10_000, 400_000, 800_000].map(Step::ResetRequest);
    arrive_once(resets.into());
}

/// It takes the 15 seconds of a call.
#[test]
fn a_service_that_hangs_is_given_up_and_called_again() {
    arrive_once(vec![Step::Hang]);
}

/// The service has carried out what it could not acknowledge.
#[test]
fn events_whose_acknowledgement_was_lost_are_there_twice() {
    for bytes in [0, 1, 30] {
        let stub = Stub::new([Step::ResetResponse(bytes)]);
        let handler = builder(&stub).start().unwrap();
        let logged = log_100(&handler);
        assert_eq!(texts(&stub), [&logged[..], &logged].concat());
        assert_eq!(handler.counters().written(), 100);
    }
}

#[test]
fn events_that_are_rejected_are_counted_and_become_dead_letters() {
    let stub = Stub::new([Step::TakeSome(json!({
        "tooOldLogEventEndIndex": 2,
        "expiredLogEventEndIndex": 5,
        "tooNewLogEventStartIndex": 97,
    }))]);
    let dead = Text::default();
    let letters = StreamHandler::new(dead.clone());
    let handler = builder(&stub).dead_letters(letters).start().unwrap();
    let logged = log_100(&handler);
    assert_eq!(texts(&stub), logged[5..97]);
    assert_eq!(dead.lines(), [&logged[..5], &logged[97..]].concat());
    assert_eq!(handler.counters().dropped(), 8);
    let (_, error) = handler.last_error().unwrap();
    let reasons = "5 older than the group keeps them, 3 more than 2 hours ahead";
    assert!(error.contains(reasons), "{error}");
}

#[test]
fn an_event_that_the_service_does_not_take_is_found_among_the_others() {
    // 100, 50, 25, 13, 7, 4, 2, and the first one alone.
    let refusals = (0..8).map(|_| fail(400, "InvalidParameterException"));
    let stub = Stub::new(refusals);
    let dead = Text::default();
    let letters = StreamHandler::new(dead.clone());
    let handler = builder(&stub).dead_letters(letters).start().unwrap();
    let logged = log_100(&handler);
    assert_eq!(texts(&stub), logged[1..]);
    assert_eq!(dead.lines(), logged[..1]);
    assert_eq!(handler.counters().dropped(), 1);
}

/// Each call has what the handler was given for it.
#[test]
fn what_is_missing_is_created_as_it_was_asked_for() {
    let missing = || fail(400, "ResourceNotFoundException");
    let stub = Stub::new([missing(), missing()]);
    let handler = builder(&stub)
        .retention_days(30)
        .log_group_class(LogGroupClass::InfrequentAccess)
        .tag("team", "ours")
        .start()
        .unwrap();
    let logged = log_100(&handler);
    assert_eq!(texts(&stub), logged);
    let stream = json!({"logGroupName": "group", "logStreamName": "stream"});
    let group = json!({
        "logGroupName": "group",
        "logGroupClass": "INFREQUENT_ACCESS",
        "tags": {"team": "ours"},
    });
    let retention = json!({"logGroupName": "group", "retentionInDays": 30});
    let calls = stub.calls();
    let names: Vec<_> = calls.iter().map(|(name, _)| &**name).collect();
    let expected = [
        ("putlogevents", None),
        ("createlogstream", Some(&stream)),
        ("createloggroup", Some(&group)),
        ("putretentionpolicy", Some(&retention)),
        ("createlogstream", Some(&stream)),
        ("putlogevents", None),
    ];
    assert_eq!(names, expected.map(|(name, _)| name));
    for ((name, given), (_, expected)) in calls.iter().zip(expected) {
        assert!(
            expected.is_none_or(|expected| given == expected),
            "{name}: {given}"
        );
    }
}

/// What a stream was given.
#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Text {
    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

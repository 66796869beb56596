//! What boto3 reads from moto is what was logged.

use std::time::Duration;

use logtree::delivery::{Backoff, Oversize};
use logtree::formatter::IotJsonFormatter;
use logtree::handler::CloudWatchHandler;
use logtree::{Level, Record};
use logtree_cloudwatch::CloudWatch;
use serde_json::Value;

use crate::moto_server::{MotoServer, messages};
use crate::{client, log, now, plain};

const LONG: Duration = Duration::from_secs(300);

#[test]
fn boto3_reads_the_same_events_that_were_logged() {
    let Some(moto) = MotoServer::start() else {
        return;
    };
    let handler = CloudWatchHandler::builder(CloudWatch::new(client(&moto.url())), "group")
        .stream("stream/{date}")
        .retention_days(30)
        .tag("team", "ours")
        .oversize(Oversize::Split)
        .formatter(plain())
        .start()
        .unwrap();
    let start = now();
    let time = |number: usize| start + Duration::from_millis(number as u64);
    let mut texts: Vec<_> = (0..2_000)
        .map(|number| format!("number {number} ä€😀\n\"{{"))
        .collect();
    texts.push("x".repeat(1_500_000));
    for (number, text) in texts.iter().enumerate() {
        log(&handler, time(number), text);
    }
    handler.flush_within(LONG).unwrap();
    assert_eq!(handler.counters().written(), 2_001);
    let day = start.to_string()[..10].to_owned();
    let read = moto.read("group", &format!("stream/{day}"));
    let events = read["events"].as_array().unwrap();
    assert_eq!(events.len(), 2_002);
    for (number, (text, event)) in texts[..2_000].iter().zip(events).enumerate() {
        let millis = time(number).as_nanos() / 1_000_000;
        let found = (event[0].as_i64(), event[1].as_str());
        assert_eq!(found, (Some(millis), Some(&**text)));
    }
    let parts = &messages(&read)[2_000..];
    let whole = [
        parts[0].strip_suffix(" part=1/2"),
        parts[1].strip_suffix(" part=2/2"),
    ];
    assert!(whole.map(Option::unwrap).concat() == texts[2_000]);
    assert_eq!(read["retention"], 30);
    assert_eq!(read["tags"]["team"], "ours");
}

/// The members that AWS documents for entries of `AWSIotLogsV2`, in its order.
#[test]
fn entries_of_aws_iot_reach_its_group() {
    let Some(moto) = MotoServer::start() else {
        return;
    };
    let client = CloudWatch::new(client(&moto.url()));
    let handler = CloudWatchHandler::builder(client, "AWSIotLogsV2")
        .stream("things")
        .formatter(IotJsonFormatter::new().with_account("123456789012"))
        .start()
        .unwrap();
    let record = Record::builder()
        .name("mqtt.Connect")
        .level(Level::ERROR)
        .time(now())
        .key_value("traceId", "20b23f3f-d7f1-feae-169f-82263394fbdb")
        .key_value("protocol", "MQTT")
        .key_value("clientId", "abf27092886e49a8a5c1922749736453")
        .key_value("principalId", "145179c40e2219e18a9")
        .key_value("sourceIp", "205.251.233.181")
        .key_value("sourcePort", 13_490);
    handler.handle(&record.build());
    handler.flush_within(LONG).unwrap();
    let read = moto.read("AWSIotLogsV2", "things");
    let [text] = messages(&read)[..] else {
        panic!("{read}");
    };
    let entry: Value = serde_json::from_str(text).unwrap();
    let timestamp = entry["timestamp"].as_str().unwrap();
    assert_eq!((timestamp.len(), &timestamp[10..11]), (23, " "));
    for (name, value) in [
        ("logLevel", "ERROR"),
        ("traceId", "20b23f3f-d7f1-feae-169f-82263394fbdb"),
        ("accountId", "123456789012"),
        ("status", "Failure"),
        ("eventType", "Connect"),
        ("protocol", "MQTT"),
        ("clientId", "abf27092886e49a8a5c1922749736453"),
        ("principalId", "145179c40e2219e18a9"),
        ("sourceIp", "205.251.233.181"),
    ] {
        assert_eq!(entry[name], value);
    }
    assert_eq!(entry["sourcePort"], 13_490);
    let names = [
        "timestamp",
        "logLevel",
        "traceId",
        "accountId",
        "status",
        "eventType",
        "protocol",
        "clientId",
        "principalId",
        "sourceIp",
        "sourcePort",
    ];
    let places = names.map(|name| text.find(&format!("\"{name}\":")).unwrap());
    assert!(places.is_sorted(), "{text}");
    assert_eq!(entry.as_object().unwrap().len(), names.len(), "{text}");
}

/// Group and stream are made once more, and what was logged meanwhile is there once.
#[test]
fn a_restarted_server_gets_what_was_logged_meanwhile() {
    let Some(mut moto) = MotoServer::start() else {
        return;
    };
    let handler = CloudWatchHandler::builder(CloudWatch::new(client(&moto.url())), "group")
        .stream("stream")
        .formatter(plain())
        .linger(Duration::ZERO)
        .backoff(Backoff::new(
            Duration::from_millis(10),
            Duration::from_millis(100),
        ))
        .start()
        .unwrap();
    handler.set_error_hook(|_| {});
    log(&handler, now(), "before");
    handler.flush_within(LONG).unwrap();
    let read = moto.read("group", "stream");
    assert_eq!(messages(&read), ["before"]);
    moto.stop();
    for number in 0..100 {
        log(&handler, now(), &format!("meanwhile {number}"));
    }
    handler.flush_within(LONG).unwrap_err();
    assert_eq!(handler.counters().queued(), 100);
    moto.start_again();
    crate::until(|| handler.counters().queued() == 0);
    let read = moto.read("group", "stream");
    let expected: Vec<_> = (0..100)
        .map(|number| format!("meanwhile {number}"))
        .collect();
    assert_eq!(messages(&read), expected);
    assert_eq!(handler.counters().written(), 101);
    assert_eq!(handler.counters().dropped(), 0);
}

/// The handler works from inside an asynchronous program, with its runtime and without.
#[test]
fn an_asynchronous_program_can_use_it() {
    let Some(moto) = MotoServer::start() else {
        return;
    };
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_all().build().unwrap();
    let own = CloudWatch::new(client(&moto.url()));
    let given = CloudWatch::new(client(&moto.url())).with_runtime(runtime.handle().clone());
    runtime.block_on(async {
        // Also where one must not wait for a runtime.
        CloudWatch::loader()
            .endpoint_url(moto.url())
            .region("eu-west-1")
            .blocking_load()
            .unwrap();
        for (client, group) in [(own, "own"), (given, "given")] {
            let builder = CloudWatchHandler::builder(client, group);
            let handler = builder.stream("s").start().unwrap();
            log(&handler, now(), "x");
            let flushed = handler.clone();
            tokio::task::spawn_blocking(move || flushed.flush_within(LONG))
                .await
                .unwrap()
                .unwrap();
            // Dropped inside the runtime.
        }
    });
    for group in ["own", "given"] {
        assert_eq!(messages(&moto.read(group, "s")).len(), 1);
    }
}

/// The program's calls use connections that the handler has made, also while it sends nothing.
#[test]
fn a_client_can_be_shared_with_the_program() {
    let Some(moto) = MotoServer::start() else {
        return;
    };
    let client = client(&moto.url());
    let handler = CloudWatchHandler::builder(CloudWatch::new(&client), "group")
        .stream("stream")
        .start()
        .unwrap();
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().unwrap();
    for number in 1..=3 {
        log(&handler, now(), "x");
        handler.flush_within(LONG).unwrap();
        let events = client.get_log_events();
        let events = events.log_group_name("group").log_stream_name("stream");
        let events = runtime.block_on(events.send()).unwrap();
        assert_eq!(events.events().len(), number);
    }
}

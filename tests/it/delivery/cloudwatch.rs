//! CloudWatch Logs by a client that keeps what it gets.

#![expect(
    clippy::significant_drop_tightening,
    reason = "no other thread waits for these locks"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use logtree::delivery::{
    LogEvent, LogGroup, LogGroupClass, PutLogEvents, RejectedLogEvents, ServiceError,
};
use logtree::formatter::IotJsonFormatter;
use logtree::handler::CloudWatchHandler;
use logtree::time::Timestamp;
use logtree::{Level, Record};
use serde_json::Value;

#[derive(Default)]
pub(super) struct Kept {
    groups: Mutex<Vec<LogGroup>>,
    retention: Mutex<Option<u32>>,
    streams: Mutex<BTreeMap<String, Vec<(i64, String)>>>,
}

#[cfg_attr(not(feature = "full"), allow(dead_code))]
impl Kept {
    pub(super) fn messages(&self) -> Vec<String> {
        let streams = self.streams.lock().unwrap();
        let events = streams.values().flatten();
        events.map(|(_, message)| message.clone()).collect()
    }
}

impl PutLogEvents for Kept {
    fn put_log_events(
        &self,
        group: &str,
        stream: &str,
        events: &[LogEvent<'_>],
    ) -> Result<RejectedLogEvents, ServiceError> {
        let mut streams = self.streams.lock().unwrap();
        let Some(kept) = streams.get_mut(&format!("{group}/{stream}")) else {
            return Err(ServiceError::new("ResourceNotFoundException", "no stream"));
        };
        kept.extend(
            events
                .iter()
                .map(|event| (event.timestamp, event.message.to_owned())),
        );
        Ok(RejectedLogEvents::default())
    }

    fn create_log_group(&self, group: &LogGroup) -> Result<(), ServiceError> {
        self.groups.lock().unwrap().push(group.clone());
        Ok(())
    }

    fn create_log_stream(&self, group: &str, stream: &str) -> Result<(), ServiceError> {
        if self.groups.lock().unwrap().is_empty() {
            return Err(ServiceError::new("ResourceNotFoundException", "no group"));
        }
        let mut streams = self.streams.lock().unwrap();
        streams.insert(format!("{group}/{stream}"), Vec::new());
        Ok(())
    }

    fn put_retention_policy(&self, _: &str, days: u32) -> Result<(), ServiceError> {
        *self.retention.lock().unwrap() = Some(days);
        Ok(())
    }
}

/// Entries as AWS IoT writes them, in the group that it writes them to.
#[test]
fn i18_entries_of_aws_iot_are_delivered() {
    let kept = Arc::new(Kept::default());
    let handler = CloudWatchHandler::builder(Arc::clone(&kept), "AWSIotLogsV2")
        .stream("things")
        .retention_days(30)
        .log_group_class(LogGroupClass::InfrequentAccess)
        .tag("team", "iot")
        .formatter(IotJsonFormatter::new().with_account("123456789012"))
        .start()
        .unwrap();
    let record = Record::builder().name("mqtt.Connect").level(Level::ERROR);
    handler.handle(&record.key_value("clientId", "c1").build());
    handler.flush().unwrap();

    let streams = kept.streams.lock().unwrap();
    let (time, message) = &streams["AWSIotLogsV2/things"][0];
    let entry: Value = serde_json::from_str(message).unwrap();
    for (name, value) in [
        ("logLevel", "ERROR"),
        ("accountId", "123456789012"),
        ("status", "Failure"),
        ("eventType", "Connect"),
        ("clientId", "c1"),
    ] {
        assert_eq!(entry[name], value);
    }
    let shown = Timestamp::from_nanos(time * 1_000_000).to_string();
    let shown = shown.replace('T', " ");
    assert!(shown.starts_with(&entry["timestamp"].as_str().unwrap()[..19]));
    let groups = kept.groups.lock().unwrap();
    assert_eq!(groups[0].name, "AWSIotLogsV2");
    assert_eq!(groups[0].class, Some(LogGroupClass::InfrequentAccess));
    assert_eq!(groups[0].tags, [("team".to_owned(), "iot".to_owned())]);
    assert_eq!(*kept.retention.lock().unwrap(), Some(30));
}

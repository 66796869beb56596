//! The calls that a handler makes.

use aws_sdk_cloudwatchlogs::error::BuildError;
use aws_sdk_cloudwatchlogs::types::{InputLogEvent, LogGroupClass as Class};
use logtree::delivery::{LogEvent, LogGroup, PutLogEvents, RejectedLogEvents, ServiceError};

use crate::cloudwatch::CloudWatch;
use crate::failure::failure;

impl PutLogEvents for CloudWatch {
    fn put_log_events(
        &self,
        group: &str,
        stream: &str,
        events: &[LogEvent<'_>],
    ) -> Result<RejectedLogEvents, ServiceError> {
        let events: Result<_, BuildError> = events.iter().map(input).collect();
        let events = events
            .map_err(|error| ServiceError::new("SerializationException", error.to_string()))?;
        let call = self.client.put_log_events();
        let call = call.log_group_name(group).log_stream_name(stream);
        let call = call.set_log_events(Some(events));
        let output = self.runtime.run(async {
            let sent = call.send().await;
            sent.map_err(|error| failure(&error))
        })?;
        let mut rejected = RejectedLogEvents::default();
        let Some(info) = output.rejected_log_events_info() else {
            return Ok(rejected);
        };
        let index = |index: Option<i32>| index.and_then(|index| usize::try_from(index).ok());
        if let Some(start) = index(info.too_new_log_event_start_index()) {
            rejected = rejected.with_too_new_start(start);
        }
        if let Some(end) = index(info.too_old_log_event_end_index()) {
            rejected = rejected.with_too_old_end(end);
        }
        if let Some(end) = index(info.expired_log_event_end_index()) {
            rejected = rejected.with_expired_end(end);
        }
        Ok(rejected)
    }

    fn create_log_group(&self, group: &LogGroup) -> Result<(), ServiceError> {
        let mut call = self.client.create_log_group().log_group_name(&group.name);
        if let Some(class) = group.class {
            call = call.log_group_class(Class::from(class.as_str()));
        }
        for (name, value) in &group.tags {
            call = call.tags(name, value);
        }
        self.runtime.run(async {
            let sent = call.send().await;
            sent.map(drop).map_err(|error| failure(&error))
        })
    }

    fn create_log_stream(&self, group: &str, stream: &str) -> Result<(), ServiceError> {
        let call = self.client.create_log_stream();
        let call = call.log_group_name(group).log_stream_name(stream);
        self.runtime.run(async {
            let sent = call.send().await;
            sent.map(drop).map_err(|error| failure(&error))
        })
    }

    fn put_retention_policy(&self, group: &str, days: u32) -> Result<(), ServiceError> {
        let days = i32::try_from(days).unwrap_or(i32::MAX);
        let call = self.client.put_retention_policy();
        let call = call.log_group_name(group).retention_in_days(days);
        self.runtime.run(async {
            let sent = call.send().await;
            sent.map(drop).map_err(|error| failure(&error))
        })
    }
}

fn input(event: &LogEvent<'_>) -> Result<InputLogEvent, BuildError> {
    InputLogEvent::builder()
        .timestamp(event.timestamp)
        .message(event.message)
        .build()
}

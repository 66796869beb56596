//! CloudWatch Logs. Instead of the service, this program shows the calls that it gets:
//! `cargo run --example 18_cloudwatch --features cloudwatch`.

use logtree::delivery::{LogEvent, LogGroup, PutLogEvents, RejectedLogEvents, ServiceError};
use logtree::formatter::IotJsonFormatter;
use logtree::get_logger;
use logtree::handler::CloudWatchHandler;
use std::sync::atomic::{AtomicBool, Ordering};

/// In a program, this makes the calls by the official SDK's client.
#[derive(Default)]
struct Service {
    has_group: AtomicBool,
    has_stream: AtomicBool,
}

impl PutLogEvents for Service {
    fn put_log_events(
        &self,
        group: &str,
        stream: &str,
        events: &[LogEvent<'_>],
    ) -> Result<RejectedLogEvents, ServiceError> {
        println!("PutLogEvents {group} {stream}");
        if !self.has_stream.load(Ordering::Relaxed) {
            return Err(ServiceError::new(
                "ResourceNotFoundException",
                "no such stream",
            ));
        }
        for event in events {
            // Without the time.
            println!(
                "  {}",
                &event.message[event.message.find(',').unwrap_or(0)..]
            );
        }
        Ok(RejectedLogEvents::default())
    }

    fn create_log_group(&self, group: &LogGroup) -> Result<(), ServiceError> {
        println!("CreateLogGroup {}", group.name);
        self.has_group.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn create_log_stream(&self, group: &str, stream: &str) -> Result<(), ServiceError> {
        println!("CreateLogStream {group} {stream}");
        if !self.has_group.load(Ordering::Relaxed) {
            return Err(ServiceError::new(
                "ResourceNotFoundException",
                "no such group",
            ));
        }
        self.has_stream.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn put_retention_policy(&self, group: &str, days: u32) -> Result<(), ServiceError> {
        println!("PutRetentionPolicy {group} {days}");
        Ok(())
    }
}

fn main() -> Result<(), logtree::Error> {
    let handler = CloudWatchHandler::builder(Service::default(), "AWSIotLogsV2")
        .stream("things")
        .retention_days(30)
        .formatter(IotJsonFormatter::new().with_account("123456789012"))
        .start()?;
    let logger = get_logger("mqtt.Connect");
    logger.add_handler(handler.clone());
    logtree::warn!(logger, traceId = "af5d", clientId = "c1"; "slow");
    logtree::error!(logger, traceId = "af5e", clientId = "c2"; "refused");
    handler.flush()
}

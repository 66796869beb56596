//! CloudWatch Logs, whose calls acknowledge what they hold.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use logtree::delivery::{LogEvent, LogGroup, PutLogEvents, RejectedLogEvents, ServiceError};
use logtree::handler::CloudWatchHandler;
use logtree::handler::builder::CloudWatchHandlerBuilder;

use super::{Count, KILLS, backoff, log_through_outages, number, spool};
use crate::delivery::until;

/// How many records one call has at most.
const BATCH: u64 = 512;

/// A service that ends in the middle of a call, now and then.
#[derive(Default)]
struct Service {
    outages: u64,
    is_down: bool,
    /// Whether the call that an outage interrupts has come.
    is_interrupted: bool,
    received: Vec<u64>,
}

impl Service {
    fn goes_down(&mut self) {
        (self.is_down, self.is_interrupted) = (true, false);
        self.outages += 1;
    }

    fn put(&mut self, events: &[LogEvent<'_>]) -> Result<(), ServiceError> {
        let is_interrupted = std::mem::replace(&mut self.is_interrupted, self.is_down);
        let is_first = self.is_down && !is_interrupted;
        // Of two outages, one begins when a call was carried out, and its response gets lost.
        if !self.is_down || is_first && self.outages % 2 == 0 {
            let numbers = events.iter().map(|event| event.message.as_bytes());
            self.received.extend(numbers.filter_map(number));
        }
        match (self.is_down, is_first, self.outages % 3) {
            (false, ..) => Ok(()),
            (_, true, _) | (.., 0) => Err(ServiceError::unreachable("reset by the peer")),
            (.., 1) => Err(ServiceError::new("ThrottlingException", "as planned")),
            _ => Err(ServiceError::new(
                "ServiceUnavailableException",
                "as planned",
            )),
        }
    }
}

struct Client(Arc<Mutex<Service>>);

impl PutLogEvents for Client {
    fn put_log_events(
        &self,
        _: &str,
        _: &str,
        events: &[LogEvent<'_>],
    ) -> Result<RejectedLogEvents, ServiceError> {
        self.0.lock().unwrap().put(events)?;
        Ok(RejectedLogEvents::default())
    }

    fn create_log_group(&self, _: &LogGroup) -> Result<(), ServiceError> {
        Ok(())
    }

    fn create_log_stream(&self, _: &str, _: &str) -> Result<(), ServiceError> {
        Ok(())
    }

    fn put_retention_policy(&self, _: &str, _: u32) -> Result<(), ServiceError> {
        Ok(())
    }
}

/// Logs all records while the service goes down in the middle of everything, and comes back.
fn run(
    name: &str,
    configure: impl FnOnce(CloudWatchHandlerBuilder) -> CloudWatchHandlerBuilder,
) -> Count {
    let service = Arc::new(Mutex::new(Service::default()));
    let builder = CloudWatchHandler::builder(Client(Arc::clone(&service)), "group");
    let builder = builder.linger(std::time::Duration::ZERO).backoff(backoff());
    let builder = builder.batch_records(usize::try_from(BATCH).unwrap());
    let handler = configure(builder).start().unwrap();
    handler.set_error_hook(|_| {});
    log_through_outages(
        &handler,
        || service.lock().unwrap().goes_down(),
        || {
            // A call comes, as records were logged, and the outage begins in the middle of it.
            until(|| service.lock().unwrap().is_interrupted);
            service.lock().unwrap().is_down = false;
        },
    );
    let received = std::mem::take(&mut service.lock().unwrap().received);
    let all = received.len() as u64;
    let received: BTreeSet<_> = received.into_iter().collect();
    let dropped = handler.counters().dropped();
    let count = Count::of(name, received.len() as u64, all, dropped);
    count.assert_gaps_are_counted(KILLS * BATCH);
    count
}

#[test]
fn cloudwatch_loses_the_counted_drops_only() {
    run("CloudWatch", |builder| builder);
}

#[test]
fn cloudwatch_with_a_spool_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let count = run("CloudWatch, with a spool", |builder| {
        builder.spool(spool(&directory)).max_records(500)
    });
    assert_eq!(count.missing, 0);
    // Every second outage interrupted a call that had been carried out.
    assert!(count.again >= KILLS / 2, "{} duplicates", count.again);
}

//! A service that holds calls to its limits, and fails as a test says: [`Service`].

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::at;
use crate::handler::cloudwatch::connection::Calls;
use crate::handler::cloudwatch::names::StreamName;
use crate::handler::cloudwatch::target::Target;
use crate::handler::cloudwatch::*;
use crate::handler::delivery::Backoff;
use crate::sys::sync::{Arc, Mutex};
use crate::time::ManualClock;

/// What the service does with a call.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// Fails with this code.
    Code(&'static str),
    /// Carries the call out, and its response gets lost.
    LostResponse,
    /// Rejects some, though the call succeeds.
    Rejects(RejectedLogEvents),
}

/// The service, as far as its documentation says what it checks.
pub(super) struct Service {
    pub(super) now: ManualClock,
    pub(super) faults: Mutex<VecDeque<Fault>>,
    pub(super) streams: Mutex<BTreeMap<String, Vec<(i64, String)>>>,
    pub(super) groups: Mutex<BTreeMap<String, LogGroup>>,
    pub(super) calls: Mutex<Vec<String>>,
    /// What a call did that it must not.
    pub(super) wrong: Mutex<Vec<String>>,
    /// How the message of an event begins that it does not take.
    poison: &'static str,
}

const GROUP: &str = "group";

impl Service {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            now: ManualClock::new(at(0)),
            faults: Mutex::default(),
            streams: Mutex::default(),
            groups: Mutex::default(),
            calls: Mutex::default(),
            wrong: Mutex::default(),
            poison: "poison",
        })
    }

    pub(super) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.calls.lock())
    }

    pub(super) fn fails(&self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.lock().extend(faults);
    }

    pub(super) fn received(&self) -> Vec<String> {
        let events: Vec<_> = self.streams.lock().values().flatten().cloned().collect();
        events.into_iter().map(|(_, message)| message).collect()
    }

    pub(super) fn target(self: &Arc<Self>) -> Target {
        Target {
            client: Box::new(Arc::clone(self)),
            group: LogGroup::new(GROUP.to_owned()),
            stream: StreamName::new("stream").unwrap(),
            creates: true,
            retention_days: Some(7),
            oversize: Oversize::Split,
            clock: Box::new(self.now.clone()),
        }
    }

    pub(super) fn connection(self: &Arc<Self>) -> Calls {
        Calls::new(Arc::new(self.target()))
    }

    pub(super) fn handler(self: &Arc<Self>) -> CloudWatchHandlerBuilder {
        let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1));
        CloudWatchHandler::builder(Arc::clone(self), GROUP)
            .stream("stream")
            .formatter(crate::formatter::format_fn(|record, line| {
                line.push_str(record.message());
                Ok(())
            }))
            .linger(Duration::ZERO)
            .backoff(backoff)
    }

    /// Returns the first rule of the service that a call breaks.
    fn broken_rule(&self, events: &[LogEvent<'_>]) -> Option<String> {
        let bytes: usize = events.iter().map(|event| event.message.len() + 26).sum();
        let largest = events.iter().map(|event| event.message.len()).max();
        let times: Vec<_> = events.iter().map(|event| event.timestamp).collect();
        let rules = [
            ((1..=10_000).contains(&events.len()), "the number of events"),
            (bytes <= 1_048_576, "the bytes of a call"),
            (largest <= Some(1_048_550), "the bytes of an event"),
            (times.is_sorted(), "the order"),
            (times.last()? - times.first()? < 86_400_000, "the span"),
            (
                events.iter().all(|event| !event.message.is_empty()),
                "an empty message",
            ),
        ];
        let broken = rules.into_iter().find(|(holds, _)| !holds);
        broken.map(|(_, rule)| format!("{rule}: {} events, {bytes} bytes", events.len()))
    }
}

impl PutLogEvents for Service {
    fn put_log_events(
        &self,
        group: &str,
        stream: &str,
        events: &[LogEvent<'_>],
    ) -> Result<RejectedLogEvents, ServiceError> {
        self.calls.lock().push(format!("put {}", events.len()));
        if let Some(rule) = self.broken_rule(events) {
            self.wrong.lock().push(rule);
            return Err(ServiceError::new("InvalidParameterException", "rule"));
        }
        let fault = self.faults.lock().pop_front();
        if let Some(Fault::Code(code)) = fault {
            return Err(ServiceError::new(code, "scripted"));
        }
        let name = format!("{group}/{stream}");
        let mut streams = self.streams.lock();
        let Some(stream) = streams.get_mut(&name) else {
            return Err(ServiceError::new("ResourceNotFoundException", "no stream"));
        };
        if events
            .iter()
            .any(|event| event.message.starts_with(self.poison))
        {
            return Err(ServiceError::new("InvalidParameterException", "poison"));
        }
        let rejected = match &fault {
            Some(Fault::Rejects(rejected)) => *rejected,
            _ => RejectedLogEvents::default(),
        };
        let is_taken = |at: usize| {
            at >= rejected.too_old_end.unwrap_or(0)
                && at >= rejected.expired_end.unwrap_or(0)
                && at < rejected.too_new_start.unwrap_or(usize::MAX)
        };
        let taken = events.iter().enumerate().filter(|(at, _)| is_taken(*at));
        stream.extend(taken.map(|(_, event)| (event.timestamp, event.message.to_owned())));
        drop(streams);
        match fault {
            Some(Fault::LostResponse) => Err(ServiceError::unreachable("no response in time")),
            _ => Ok(rejected),
        }
    }

    fn create_log_group(&self, group: &LogGroup) -> Result<(), ServiceError> {
        self.calls.lock().push("group".to_owned());
        self.groups.lock().insert(group.name.clone(), group.clone());
        Ok(())
    }

    fn create_log_stream(&self, group: &str, stream: &str) -> Result<(), ServiceError> {
        self.calls.lock().push("stream".to_owned());
        if !self.groups.lock().contains_key(group) {
            return Err(ServiceError::new("ResourceNotFoundException", "no group"));
        }
        self.streams
            .lock()
            .entry(format!("{group}/{stream}"))
            .or_default();
        Ok(())
    }

    fn put_retention_policy(&self, _: &str, days: u32) -> Result<(), ServiceError> {
        self.calls.lock().push(format!("retention {days}"));
        Ok(())
    }
}

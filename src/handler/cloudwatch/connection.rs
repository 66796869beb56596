//! The calls of a handler: [`Calls`].

use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::handler::cloudwatch::events::{Events, MAX_EVENT, Refused, millis};
use crate::handler::cloudwatch::put_log_events::{LogEvent, RejectedLogEvents};
use crate::handler::cloudwatch::service_error::ServiceError;
use crate::handler::cloudwatch::target::Target;
use crate::handler::delivery::{Connection, Entry, Outcome};
use crate::sys::sync::Arc;

/// How long it waits where it needs people to mend something.
const SLOW: Duration = Duration::from_secs(60);

pub(super) struct Calls {
    target: Arc<Target>,
    /// How many parts of a large entry are sent, and its [`uid`](Entry::uid).
    parts: Option<(String, usize)>,
    /// The failure of what follows the creation of a group; the records do not wait for it.
    unreported: Option<Error>,
}

impl Calls {
    pub(super) fn new(target: Arc<Target>) -> Self {
        Self {
            target,
            parts: None,
            unreported: None,
        }
    }

    /// Puts events. Creates group and stream first if they are missing, once.
    fn put(&mut self, stream: &str, events: &[LogEvent<'_>]) -> Result<RejectedLogEvents, Outcome> {
        let (client, group) = (&self.target.client, &self.target.group.name);
        let mut put = client.put_log_events(group, stream, events);
        let is_missing = put.as_ref().is_err_and(ServiceError::is_not_found);
        if is_missing && self.target.creates {
            let created = self.create(stream);
            created.map_err(|(what, error)| outcome(&error, what))?;
            let (client, group) = (&self.target.client, &self.target.group.name);
            put = client.put_log_events(group, stream, events);
        }
        match put {
            Err(error) if error.is_sent_already() => Ok(RejectedLogEvents::default()),
            // It takes the service a moment to see what was created.
            Err(error) if error.is_not_found() && self.target.creates => Err(Outcome::Retry {
                sent: 0,
                after: None,
                error: error.to_error(PUT),
            }),
            put => put.map_err(|error| outcome(&error, PUT)),
        }
    }

    fn create(&mut self, stream: &str) -> Result<(), (&'static str, ServiceError)> {
        let target = Arc::clone(&self.target);
        let (client, group) = (&target.client, &target.group);
        let create_stream = || match client.create_log_stream(&group.name, stream) {
            Err(error) if error.is_there_already() => Ok(()),
            created => created,
        };
        match create_stream() {
            Err(error) if error.is_not_found() => {
                match client.create_log_group(group) {
                    Ok(()) => self.retain(),
                    Err(error) if error.is_there_already() => {}
                    Err(error) => return Err(("cannot create the log group", error)),
                }
                create_stream()
            }
            created => created,
        }
        .map_err(|error| ("cannot create the log stream", error))
    }

    fn retain(&mut self) {
        let target = &self.target;
        let Some(days) = target.retention_days else {
            return;
        };
        if let Err(error) = target.client.put_retention_policy(&target.group.name, days) {
            let what = "cannot set how long the log group keeps events";
            self.unreported = Some(error.to_error(what));
        }
    }

    /// Puts a large entry, part by part. Those that are sent are not sent again.
    fn put_parts(
        &mut self,
        stream: &str,
        entry: &Entry,
        parts: &[String],
        refused: &mut Refused,
    ) -> Result<(), Outcome> {
        let uid = entry.uid();
        let sent = self.parts.take().filter(|(of, _)| *of == uid);
        let sent = sent.map_or(0, |(_, sent)| sent);
        for (at, part) in parts.iter().enumerate().skip(sent) {
            let part = entry.with_payload(part.as_str());
            let now = millis(self.target.clock.now());
            let events = Events::new(std::slice::from_ref(&part), now, refused);
            self.parts = Some((uid.clone(), at));
            let rejected = self.put(stream, &events.to_log_events())?;
            events.rejected(&rejected, refused);
        }
        self.parts = None;
        Ok(())
    }
}

impl Connection for Calls {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        let now = self.target.clock.now();
        let stream = self.target.stream.at(now);
        let mut refused = Refused::default();
        let events = Events::new(batch, millis(now), &mut refused);
        let log_events = events.to_log_events();
        let sent = match (&log_events[..], batch) {
            ([], _) => Ok(()),
            ([event], [entry]) if event.message.len() > MAX_EVENT => {
                let parts = self.target.oversize.parts(event.message);
                self.put_parts(&stream, entry, &parts, &mut refused)
            }
            (log_events, _) => self
                .put(&stream, log_events)
                .map(|rejected| events.rejected(&rejected, &mut refused)),
        };
        if let Err(outcome) = sent {
            return outcome;
        }
        if let Some((mut which, reasons)) = refused.into_places() {
            which.sort_unstable();
            which.dedup();
            let message = format!("CloudWatch Logs does not take events: {reasons}");
            let error = Error::new(ErrorKind::InvalidRequest, message);
            return Outcome::Refused { which, error };
        }
        match self.unreported.take() {
            // All are sent; the others of the flight follow after a pause.
            Some(error) => Outcome::Retry {
                sent: batch.len(),
                after: Some(Duration::ZERO),
                error,
            },
            None => Outcome::Sent,
        }
    }
}

const PUT: &str = "cannot put log events";

/// What becomes of a batch after a call has failed.
fn outcome(error: &ServiceError, what: &str) -> Outcome {
    let shown = error.to_error(what);
    if error.is_of_events() {
        return Outcome::TooLarge(shown);
    }
    let is_slow = error.is_of_credentials() || error.is_not_found();
    let slow = is_slow.then_some(SLOW);
    Outcome::Retry {
        sent: 0,
        after: error.retry_after().or(slow),
        error: shown,
    }
}

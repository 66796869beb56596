//! The thread of a delivery: it sends batches, one after another.

use std::thread;
use std::time::Duration;

use crate::error::{Chain, Error, ErrorKind};
use crate::handler::delivery::entry::Entry;
use crate::handler::delivery::flight::Flight;
use crate::handler::delivery::outgoing::{Outgoing, spool_failed};
use crate::handler::delivery::spool::{Cursor, Losses, SpoolFiles};
use crate::handler::delivery::state::{Enough, State};
use crate::handler::delivery::transport::{Connection, Outcome};
use crate::record::Record;
use crate::record::sending_mark::SendingMark;
use crate::sys::process;
use crate::sys::sync::Arc;
use crate::sys::user_code::{self, Panic};

/// Starts the thread, unless it runs.
///
/// # Errors
/// Where the system has no thread left.
pub(super) fn start(outgoing: &Arc<Outgoing>) -> Result<(), Error> {
    let mut state = outgoing.state.lock();
    if state.has_thread() {
        return Ok(());
    }
    let own = Arc::clone(outgoing);
    let epoch = state.epoch;
    let name = "logtree-delivery".to_owned();
    let started = thread::Builder::new()
        .name(name)
        .spawn(move || run(&own, epoch));
    state.thread = Some(started.map_err(|error| {
        let message = "cannot start the thread of a delivery";
        Error::new(ErrorKind::Io, message).with_source(error)
    })?);
    drop(state);
    Ok(())
}

/// How often an entry is tried that fails for a reason of its own.
const OWN_ATTEMPTS: u32 = 5;

/// What became of entries.
#[derive(Default)]
struct Done {
    /// How many records of this process the receiver has, and how many it has refused.
    written: u64,
    refused: u64,
    /// Those that it has refused by their places, an earlier process's included.
    dead: Vec<Entry>,
}

/// What the thread does next.
enum Next {
    Send(Flight),
    Confirm,
    Wait(Option<Duration>),
    End,
}

fn run(outgoing: &Arc<Outgoing>, epoch: u64) {
    SendingMark::of_thread(outgoing.id).stay();
    let generation = process::generation();
    let mut connection = None;
    // Whether the connection was asked already, and only `next` was called since.
    let mut rests = false;
    loop {
        let next = outgoing.next(epoch);
        let did_rest = std::mem::replace(&mut rests, false);
        match next {
            Next::Send(flight) => {
                let (count, outcome) = outgoing.send(&mut connection, &flight);
                if process::generation() != generation {
                    // What it sends with has forked, and this is the child.
                    return;
                }
                outgoing.note_unconfirmed(epoch, connection.as_deref());
                if let Outcome::Broken { .. } = outcome {
                    outgoing.disconnect(&mut connection);
                }
                outgoing.settle(flight.id, count, outcome);
            }
            Next::Confirm => outgoing.confirm(epoch, &mut connection),
            // What the connection does may park, and use up a wake-up: then there is more to do.
            Next::Wait(_) if !did_rest => {
                outgoing.rest(&mut connection);
                rests = true;
            }
            Next::Wait(None) => thread::park(),
            Next::Wait(Some(time)) => thread::park_timeout(time),
            Next::End => break,
        }
        outgoing.report_drops();
    }
    outgoing.disconnect(&mut connection);
}

impl Outgoing {
    fn next(&self, epoch: u64) -> Next {
        let mut losses = Losses::default();
        let mut spool = self.spool.lock();
        // Before the state is locked: threads that log do not wait for this.
        if let Some(files) = spool.as_mut() {
            files.read_ahead(&mut losses);
        }
        let next = self.next_of(epoch, spool.as_mut(), losses.own.total());
        drop(spool);
        if losses == Losses::default() {
            return next;
        }
        self.note_losses(&(losses, None), losses.own.total());
        match next {
            // The hook for errors may park as well.
            Next::Wait(_) => self.next(epoch),
            next => next,
        }
    }

    fn next_of(&self, epoch: u64, spool: Option<&mut SpoolFiles>, lost: u64) -> Next {
        let mut state = self.state.lock();
        if state.epoch != epoch {
            return Next::End;
        }
        state.dropped(lost);
        let wait = state.link.wait();
        if !wait.is_zero() && !state.hurries {
            return Next::Wait(Some(wait));
        }
        if state.flight.is_none() {
            let notice = state.notice.as_ref();
            let (mut entries, places) = self.take_spooled(spool, notice);
            if entries.is_empty() {
                if let Some(wait) = self.lingers(&mut state) {
                    return Next::Wait(Some(wait));
                }
                entries = self.take_from_memory(&mut state);
            }
            let notice = state.notice.take();
            let is_empty = entries.is_empty() && notice.is_none();
            if is_empty && state.must_confirm && !state.unconfirmed.is_empty() {
                state.hurries &= state.link.is_up();
                return Next::Confirm;
            }
            if is_empty {
                (state.hurries, state.wake_at) = (false, Enough::ANYTHING);
                return Next::Wait(None);
            }
            let id = state.new_flight_id();
            let flight = Flight::new(id, entries, places);
            state.flight = Some(match notice {
                Some(notice) => flight.with_notice(notice, &self.limits),
                None => flight,
            });
        }
        // One attempt for each request: then the back-off counts again.
        state.hurries &= state.link.is_up();
        state.attempts += 1;
        state.flight.clone().map_or(Next::Wait(None), Next::Send)
    }

    /// Takes entries of the spool that were read ahead, as many as one batch has.
    fn take_spooled(
        &self,
        spool: Option<&mut SpoolFiles>,
        notice: Option<&Entry>,
    ) -> (Vec<Entry>, Vec<Cursor>) {
        let (mut entries, mut places) = (Vec::new(), Vec::new());
        let mut room = self.limits.room(notice);
        let Some(files) = spool else {
            return (entries, places);
        };
        while let Some(next) = files.next_ready() {
            if !room.takes(next) {
                break;
            }
            let Some((entry, place)) = files.pop() else {
                break;
            };
            entries.push(entry);
            places.push(place);
        }
        if entries.is_empty() {
            files.remove_empty();
        }
        (entries, places)
    }

    /// How long the memory waits for more.
    fn lingers(&self, state: &mut State) -> Option<Duration> {
        let since = state.waiting_since.filter(|_| !state.hurries)?;
        let left = self.limits.linger.checked_sub(since.elapsed())?;
        let memory = &state.memory;
        if self.enough.is_in(memory) || left.is_zero() || memory.is_empty() {
            return None;
        }
        state.wake_at = self.enough;
        Some(left)
    }

    fn take_from_memory(&self, state: &mut State) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut room = self.limits.room(state.notice.as_ref());
        while let Some(next) = state.memory.front() {
            if !room.takes(next) {
                break;
            }
            entries.extend(state.memory.pop());
        }
        if state.memory.is_empty() {
            state.waiting_since = None;
        }
        entries
    }

    /// Calls the transport, or its connection. What it logs meanwhile is sent by no handler.
    pub(super) fn in_transport<R>(&self, call: impl FnOnce() -> R) -> Result<R, Panic> {
        user_code::call(|| {
            let _mark = SendingMark::of_transport(self.id).enter();
            call()
        })
    }

    pub(super) fn disconnect(&self, connection: &mut Option<Box<dyn Connection>>) {
        let connection = connection.take();
        let _ = self.in_transport(|| drop(connection));
    }

    /// Ends a connection that is not to be kept while there is nothing to send.
    fn rest(&self, connection: &mut Option<Box<dyn Connection>>) {
        let Some(resting) = connection else {
            return;
        };
        // One that panics is not asked for more.
        if !self.in_transport(|| resting.rests()).unwrap_or(false) {
            self.disconnect(connection);
        }
    }

    /// Sends what goes together at the beginning of a flight. Returns how many that are.
    fn send(
        &self,
        connection: &mut Option<Box<dyn Connection>>,
        flight: &Flight,
    ) -> (usize, Outcome) {
        let next = flight.next();
        let mut count = 1;
        let sent = self.in_transport(|| {
            count = self.transport.together(next).clamp(1, next.len());
            let connection = match connection {
                Some(connection) => connection,
                None => match self.transport.connect() {
                    Ok(new) => connection.insert(new),
                    Err(error) => return Outcome::Broken { sent: 0, error },
                },
            };
            connection.send(&next[..count])
        });
        let outcome = sent.unwrap_or_else(|panic| Outcome::Refused {
            which: (0..count).collect(),
            error: Error::new(
                ErrorKind::Panicked,
                format!("the transport panicked: {panic}"),
            ),
        });
        (count, outcome)
    }

    /// Notes what became of the first entries of a flight.
    fn settle(&self, flight: u64, count: usize, outcome: Outcome) {
        match outcome {
            Outcome::Sent => self.settle_sent(flight, count, &[], 0, None),
            Outcome::Refused { which, error } => {
                self.settle_sent(flight, count, &which, 0, Some(error));
            }
            Outcome::SomeRefused { count: some, error } => {
                self.settle_sent(flight, count, &[], some, Some(error));
            }
            Outcome::Retry { sent, after, error } => {
                self.settle_failed(flight, sent.min(count), after, error);
            }
            Outcome::Broken { sent, error } => {
                self.settle_failed(flight, sent.min(count), None, error);
            }
            Outcome::Failed { sent, error } => self.settle_own(flight, sent.min(count), error),
            Outcome::TooLarge(error) => self.settle_too_large(flight, count, error),
        }
    }

    /// Notes that the first entries of a flight are done, of which the receiver has refused some:
    /// by their places, and as a mere number.
    fn settle_sent(
        &self,
        flight: u64,
        count: usize,
        refused: &[usize],
        unnamed: usize,
        error: Option<Error>,
    ) {
        let done = self.advance(flight, count, refused, unnamed);
        self.ledger.written(done.written);
        if let Some(error) = error {
            self.bury(&done.dead, done.refused, error);
        }
        let mut state = self.state.lock();
        if state.is_current(flight) {
            state.settled();
            state.link.succeeded();
        }
        drop(state);
        self.give_notice();
    }

    fn settle_failed(&self, flight: u64, sent: usize, after: Option<Duration>, error: Error) {
        let shown = user_code::display(&Chain::one_line(&error));
        if sent > 0 {
            let done = self.advance(flight, sent, &[], 0);
            self.ledger.written(done.written);
        }
        let mut state = self.state.lock();
        if !state.is_current(flight) {
            return;
        }
        state.settled();
        if sent > 0 {
            state.link.succeeded();
        }
        state.link.failed(&self.options.backoff, after, shown);
        state.failed_attempt = state.attempts;
        drop(state);
        self.ledger.retries(error);
    }

    /// Has the entry after those that are sent tried again, or gives it up: what it fails for is
    /// its own, and the others would wait for ever.
    fn settle_own(&self, flight: u64, sent: usize, error: Error) {
        if sent > 0 {
            self.settle_sent(flight, sent, &[], 0, None);
        }
        let mut state = self.state.lock();
        let current = state.flight.as_mut().filter(|it| it.id == flight);
        let is_last = current.is_some_and(|current| {
            current.failures += 1;
            current.failures >= OWN_ATTEMPTS
        });
        drop(state);
        match is_last {
            true => self.settle_sent(flight, 1, &[0], 0, Some(error)),
            false => self.settle_failed(flight, 0, None, error),
        }
    }

    /// Halves what is sent at once; has a single entry shortened, or gives it up.
    fn settle_too_large(&self, flight: u64, count: usize, error: Error) {
        let mut state = self.state.lock();
        let Some(current) = state.flight.as_mut().filter(|current| current.id == flight) else {
            return;
        };
        if count > 1 {
            current.step = count.div_ceil(2);
            return;
        }
        let entry = current.rest().first().cloned();
        // It was this one: the others can be sent at once again.
        current.step = current.most;
        drop(state);
        let shorten = |entry: &Entry| self.in_transport(|| self.transport.shorten(entry));
        let shorter = entry.as_ref().and_then(|entry| {
            let shorter = shorten(entry).ok().flatten();
            // One that does not become shorter is sent again and again.
            shorter.filter(|shorter| shorter.payload.len() < entry.payload.len())
        });
        match shorter {
            Some(shorter) => {
                let mut state = self.state.lock();
                if let Some(current) = state.flight.as_mut().filter(|it| it.id == flight) {
                    current.replace_next(shorter);
                }
            }
            None => self.settle_sent(flight, 1, &[0], 0, Some(error)),
        }
    }

    /// Notes that the first entries of a flight are done. Returns what became of them, for the
    /// ledger; until [`State::settled`] follows, a flush waits for it.
    fn advance(&self, flight: u64, count: usize, refused_places: &[usize], unnamed: usize) -> Done {
        let mut spool = self.spool.lock();
        let mut state = self.state.lock();
        let Some(mut current) = state.flight.take_if(|current| current.id == flight) else {
            return Done::default();
        };
        let (entries, from) = (Arc::clone(&current.entries), current.done);
        let place = current.advance(count);
        let to = current.done;
        if (from..to).contains(&0) && current.notices > 0 {
            state.link.told();
        }
        if !current.is_done() {
            state.flight = Some(current);
        }
        let places = refused_places.iter().map(|at| from.saturating_add(*at));
        let mut dead: Vec<_> = places.filter(|at| *at < to).collect();
        dead.sort_unstable();
        dead.dedup();
        let own = entries[from..to].iter().filter(|it| state.is_own(it));
        let named = dead.iter().filter(|at| state.is_own(&entries[**at]));
        let (own, named) = (own.count() as u64, named.count() as u64);
        let unnamed = (own - named).min(unnamed as u64);
        let refused = named + unnamed;
        if self.options.spool.is_some() {
            let mut start = from;
            for end in dead.iter().copied().chain([to]) {
                state.unconfirmed.sent(&entries, start..end);
                start = end + 1;
            }
        }
        state.settling = Some(own);
        drop(state);
        let acknowledged = match (spool.as_mut(), place) {
            (Some(files), Some(place)) => files.acknowledge(place),
            _ => Ok(()),
        };
        drop(spool);
        if let Err(error) = acknowledged {
            self.ledger.failed(spool_failed(&error));
        }
        Done {
            written: own - refused,
            refused,
            dead: dead.into_iter().map(|at| entries[at].clone()).collect(),
        }
    }

    /// Gives entries that the receiver refused to the handler for them, and counts all that it
    /// refused of this process's.
    fn bury(&self, dead: &[Entry], refused: u64, error: Error) {
        if let Some(handler) = &self.options.dead_letters {
            for entry in dead.iter().filter(|entry| entry.is_counted) {
                let text = String::from_utf8_lossy(&entry.payload);
                let record = Record::builder()
                    .name(&entry.logger)
                    .level(entry.level)
                    .time(entry.time)
                    .message(text);
                handler.handle(&record.build());
            }
        }
        dead.iter().for_each(|entry| self.drops.note(entry.level));
        match refused {
            0 => self.ledger.failed(error),
            _ => self.ledger.dropped(refused, error),
        }
    }

    /// Reports what was dropped on the threads that log, which have no time for it.
    pub(super) fn report_drops(&self) {
        let unreported = std::mem::take(&mut self.state.lock().unreported);
        if unreported > 0 {
            let message = "the receiver is away or too slow, and there is no room for more";
            let error = Error::new(ErrorKind::Full, message);
            self.ledger.report_lost(unreported, error);
        }
    }
}

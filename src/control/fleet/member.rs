//! A registry that follows a fleet: [`Member`].

use std::collections::BTreeMap;
use std::time::Duration;

use crate::control::change_log::ChangeLog;
use crate::control::changed::Changed;
use crate::control::clock;
use crate::control::core::ControlCore;
use crate::control::fleet::cache::Cache;
use crate::control::fleet::health::{Condition, Health};
use crate::control::fleet::key::Key;
use crate::control::fleet::labels::Labels;
use crate::control::fleet::mailbox::Mailbox;
use crate::control::fleet::placement::{Found, Placed, Placement, short};
use crate::control::fleet::report::{Report, ReportState};
use crate::control::fleet::snapshot::Snapshot;
use crate::control::fleet::store::Store;
use crate::control::fleet::watchdog::Watchdog;
use crate::control::limits::Limits;
use crate::control::target::LevelTarget;
use crate::control::transaction::Transaction;
use crate::error::Error;
use crate::level::Level;
use crate::registry::Registry;
use crate::sys::host::{Instant, process_id};
use crate::sys::sync::{Arc, Mutex, Weak};
use crate::sys::throttle::Throttle;
use crate::sys::timer::{Alarm, Timed};
use crate::sys::{process, user_code};
use crate::time::Timestamp;

/// The origin of changes that a fleet makes.
const ORIGIN: &str = "fleet";

/// How often it looks what was changed by others.
const TICK: Duration = Duration::from_secs(10);

/// How often it looks how much is written, while something has a budget.
const BUDGETS: Duration = Duration::from_secs(1);

/// How often an outage is reported.
const HOURLY: Duration = Duration::from_secs(60 * 60);

/// The logger of what happens.
const LOGGER: &str = "logging.control";

/// How many targets and reasons a report lists.
const SHOWN: usize = 20;

/// Reports take up to an hour, whatever the head says.
const LONGEST_REPORT_S: u64 = 60 * 60;

/// How often the cache is written at most.
const SAVED: Duration = Duration::from_secs(5);

/// Puts in place what a store passes, and reports it. All of it happens on the timer's threads: the
/// store's own thread only leaves what it has in the mailbox.
pub(super) struct Member {
    core: Weak<ControlCore>,
    pub(super) store: Arc<dyn Store>,
    pub(super) mailbox: Mailbox,
    work: Mutex<Work>,
    alarm: Alarm,
    cache: Option<Cache>,
    save_failures: Throttle<()>,
    /// A child has neither the store's threads nor its instance.
    generation: u32,
}

struct Work {
    placement: Placement,
    watchdog: Watchdog,
    health: Health,
    /// When the outage was reported last.
    warned: Option<Instant>,
    /// Whether what the store has passed is in place.
    is_placed: bool,
    /// Whether anything is known of the fleet. Until then, what an earlier membership has put in
    /// place stays.
    is_known: bool,
    /// What the last report said, and of which settings.
    reported: Option<(Report, BTreeMap<Key, u64>)>,
    started: Timestamp,
    /// Whether the cache lacks what is in place.
    is_unsaved: bool,
    /// When the cache was written last.
    saved: Option<Instant>,
    /// When it looks again what applies, and what was changed by others.
    look: Option<Instant>,
    due: Option<Instant>,
}

/// What follows once nothing is locked.
#[derive(Default)]
struct After {
    changed: Vec<Changed>,
    warnings: Vec<String>,
    report: Option<(Report, Duration)>,
    /// What to write to the cache.
    save: Option<Snapshot>,
}

/// What became of the settings.
#[derive(Default)]
struct Outcome {
    placed: Placed,
    /// The targets whose level on this process hides that of the fleet.
    hiding: Vec<LevelTarget>,
    failed: Option<String>,
}

impl Member {
    pub(super) fn new(
        core: &Arc<ControlCore>,
        store: Arc<dyn Store>,
        placement: Placement,
        cache: Option<Cache>,
    ) -> Self {
        Self {
            core: Arc::downgrade(core),
            store,
            mailbox: Mailbox::default(),
            work: Mutex::new(Work {
                placement,
                watchdog: Watchdog::default(),
                health: Health::new(Condition::Starting),
                warned: None,
                is_placed: false,
                is_known: false,
                reported: None,
                started: Timestamp::now(),
                is_unsaved: false,
                saved: None,
                look: None,
                due: None,
            }),
            alarm: Alarm,
            cache,
            save_failures: Throttle::default(),
            generation: process::generation(),
        }
    }

    pub(super) fn labels(&self) -> Labels {
        self.work.lock().placement.labels().clone()
    }

    /// Returns how the following stands.
    pub(super) fn health(&self) -> Health {
        match self.is_of_parent() {
            true => Health::new(Condition::Forked),
            false => self.work.lock().health.clone(),
        }
    }

    /// Reports whether what the store has passed is in place.
    pub(super) fn is_placed(&self) -> bool {
        self.work.lock().is_placed
    }

    /// Reports whether the process is a child of the one that joined.
    pub(super) fn is_of_parent(&self) -> bool {
        self.generation != process::generation()
    }

    /// Has the mailbox emptied soon.
    pub(super) fn wake(self: &Arc<Self>) {
        // Without a thread, the next call looks again.
        let _ = self.alarm.set(self, Duration::ZERO);
    }

    /// Puts in place what the cache holds. Called before anything else is.
    pub(super) fn restore(&self) {
        let Some(cache) = &self.cache else {
            return;
        };
        match cache.read() {
            Ok(None) => {}
            Ok(Some((snapshot, at))) => {
                let mut work = self.work.lock();
                let found = Found::InCache(at);
                let now = clock::now();
                work.placement.take(snapshot, found, now, Timestamp::now());
                work.is_known = true;
                drop(work);
                self.on_time();
            }
            Err(why) => {
                let core = self.core.upgrade();
                if let Some(registry) = core.and_then(|core| core.registry()) {
                    warn(&registry, &cache.failed("use", &why));
                }
            }
        }
    }

    fn work(&self, core: &ControlCore, registry: &Registry, records: u64) -> After {
        let mut after = After::default();
        let mut work = self.work.lock();
        let now = clock::now();
        if !self.is_of_parent() {
            let mail = self.mailbox.take();
            work.hear(mail.health, now, &mut after);
            if let Some(snapshot) = mail.snapshot {
                work.take(snapshot, now, &mut after);
            }
        }
        work.watchdog.count(now, records);
        let is_of_parent = self.is_of_parent();
        // With thousands of settings, it is no work for each second; but what costs too much may be
        // hidden by now.
        if work.look.is_none_or(|look| look <= now) || !work.watchdog.excesses().is_empty() {
            work.look(core, registry, now, is_of_parent, &mut after);
        }
        work.drop_excesses(&mut after);
        if work.look.is_none() {
            work.look(core, registry, now, is_of_parent, &mut after);
        }
        if self.cache.is_some() && !is_of_parent {
            after.save = work.take_unsaved(now);
        }
        // In a child, nothing is ever saved.
        let save = work.saved.filter(|_| work.is_unsaved && !is_of_parent);
        let next = [
            work.look,
            work.watchdog.is_watching().then_some(now + BUDGETS),
            save.map(|saved| saved + SAVED),
        ];
        work.due = next.into_iter().flatten().min();
        drop(work);
        after
    }
}

impl Work {
    /// Notes how the following stands.
    fn hear(&mut self, health: Option<Health>, now: Instant, after: &mut After) {
        let was_cut_off = self.health.condition == Condition::CutOff;
        self.health = health.unwrap_or_else(|| self.health.clone());
        if self.health.condition == Condition::CutOff {
            let is_due = |last: Instant| now.saturating_duration_since(last) >= HOURLY;
            if !was_cut_off || self.warned.is_none_or(is_due) {
                self.warned = Some(now);
                let health = &self.health;
                let message = format!("fleet: {health}; its levels stay as they are");
                after.warnings.push(message);
            }
        } else if was_cut_off {
            self.warned = None;
            after.warnings.push(format!("fleet: {} again", self.health));
        }
    }

    fn take(&mut self, snapshot: Snapshot, now: Instant, after: &mut After) {
        let before = self.placement.snapshot();
        let (from, to) = (before.number(), snapshot.number());
        let is_other = from > 0 && before.cluster != snapshot.cluster;
        if to < from || is_other {
            let message = format!("fleet: went back from {from} to {to}: its store was restored");
            after.warnings.push(message);
        }
        self.placement
            .take(snapshot, Found::InStore, now, Timestamp::now());
        (self.is_placed, self.is_known, self.is_unsaved) = (true, true, true);
        self.look = None;
    }

    /// Returns what is to be saved, if that is due.
    fn take_unsaved(&mut self, now: Instant) -> Option<Snapshot> {
        let is_due = |saved: Instant| now.saturating_duration_since(saved) >= SAVED;
        if !self.is_unsaved || !self.saved.is_none_or(is_due) {
            return None;
        }
        (self.is_unsaved, self.saved) = (false, Some(now));
        Some(self.placement.snapshot().clone())
    }

    /// Has what applies now in place, watches what it costs, and reports it.
    fn look(
        &mut self,
        core: &ControlCore,
        registry: &Registry,
        now: Instant,
        is_of_parent: bool,
        after: &mut After,
    ) {
        let mut outcome = match self.is_known {
            true => self.place(core, registry, now, after),
            false => Outcome::default(),
        };
        let hiding = &outcome.hiding;
        // What it costs is not the fleet's doing.
        let is_hidden =
            |key: &Key| matches!(key, Key::Level(_, of) | Key::For(_, of) if hiding.contains(of));
        outcome.placed.budgeted.retain(|(key, ..)| !is_hidden(key));
        self.watchdog.watch(now, &outcome.placed.budgeted);
        if !is_of_parent {
            let loggers = registry.logger_names().len();
            after.report = self.report(&outcome, loggers).or(after.report.take());
        }
        let next_end = outcome.placed.next_end;
        if next_end.is_some() {
            // A child that logs nothing would never end it.
            process::wake_in_child();
        }
        self.look = next_end.into_iter().chain([now + TICK]).min();
    }

    /// Drops the settings that cost too much.
    fn drop_excesses(&mut self, after: &mut After) {
        for excess in self.watchdog.excesses() {
            // What applies is another level.
            self.look = None;
            after.warnings.push(format!(
                "fleet: dropped {} until it is set again: expected at most {} records/s over {} s, \
                 found {}",
                short(&excess.key),
                excess.budget.records_per_s,
                excess.budget.over_s,
                excess.rate
            ));
            self.placement.suspend(excess.key, excess.version);
        }
    }

    /// Puts in place what applies now, under one lock of the tree.
    fn place(
        &self,
        core: &ControlCore,
        registry: &Registry,
        now: Instant,
        after: &mut After,
    ) -> Outcome {
        let placed = self.placement.at(now);
        // What an instance sets itself has its limit; a fleet has another.
        let limits = Limits {
            max_targets: usize::MAX,
            ..Limits::default()
        };
        let mut state = core.state.lock();
        after.changed = core.expire_levels(&mut state, registry);
        let mut transaction = core.transaction(&mut state, registry, &limits, ORIGIN);
        transaction.fleet = Some(self.placement.snapshot().number());
        let made = set(&mut transaction, &placed);
        let hiding = transaction.hiding_targets();
        let committed = if made.is_ok() && !transaction.is_empty() {
            transaction.commit()
        } else {
            drop(transaction);
            made.map(|()| Default::default())
        };
        drop(state);
        let committed = committed.map(|(changed, _)| after.changed.extend(changed));
        Outcome {
            placed,
            hiding,
            failed: committed.err().map(|why| why.to_string()),
        }
    }

    /// Returns what to report, if that is due, and within what time.
    fn report(&mut self, outcome: &Outcome, loggers: usize) -> Option<(Report, Duration)> {
        if !self.is_placed {
            return None;
        }
        let snapshot = self.placement.snapshot();
        let refused = outcome.placed.refused.iter().chain(&outcome.failed);
        let is_refused = refused.clone().next().is_some();
        let mut report = Report::new(self.placement.labels().clone());
        report.n = snapshot.number();
        report.state = match (self.placement.is_suspended(), is_refused) {
            (true, _) => ReportState::Suspended,
            (false, true) => ReportState::Refused,
            (false, false) => ReportState::Ok,
        };
        report.refused = refused
            .chain(&snapshot.refused)
            .take(SHOWN)
            .cloned()
            .collect();
        let local = outcome.hiding.iter().take(SHOWN);
        report.local = local.map(LevelTarget::to_string).collect();
        let matching = self.placement.matching();
        let is_new = match &self.reported {
            None => true,
            Some((_, before)) => *before != matching,
        };
        // A change for others is none to report.
        let is_due = is_new
            || self.reported.as_ref().is_none_or(|(before, _)| {
                before.state != report.state
                    || before.refused != report.refused
                    || before.local != report.local
            });
        if !is_due {
            return None;
        }
        let within = snapshot.head.as_ref().map_or(0, |head| head.ack_within_s);
        let within = Duration::from_secs(within.min(LONGEST_REPORT_S));
        report.pid = process_id();
        report.started = Some(self.started);
        report.loggers = u64::try_from(loggers).unwrap_or(u64::MAX);
        report.rate = self.watchdog.rate();
        self.reported = Some((report.clone(), matching));
        Some((report, if is_new { within } else { Duration::ZERO }))
    }
}

fn warn(registry: &Registry, warning: &str) {
    crate::warn!(registry.get_logger(LOGGER), "{warning}");
}

fn set(transaction: &mut Transaction<'_>, placed: &Placed) -> Result<(), Error> {
    for target in transaction.fleet_targets() {
        if !placed.levels.contains_key(&target) {
            transaction.set_fleet(&target, None)?;
        }
    }
    for (target, level) in &placed.levels {
        transaction.set_fleet(target, Some(level.clone()))?;
    }
    transaction.set_fleet_off(placed.off)
}

impl Timed for Member {
    fn on_time(&self) {
        let Some(core) = self.core.upgrade() else {
            return;
        };
        let Some(registry) = core.registry() else {
            return;
        };
        let handlers = registry.handlers();
        let records = handlers.iter().map(|handler| handler.counters().accepted());
        let log = ChangeLog::new(&registry, Level::WARNING);
        let after = self.work(&core, &registry, records.sum());
        core.notify(&log, &after.changed);
        for warning in after.warnings {
            warn(&registry, &warning);
        }
        if let Some((cache, snapshot)) = self.cache.as_ref().zip(after.save) {
            if let Err(why) = cache.write(&snapshot, Timestamp::now()) {
                if self.save_failures.due((), HOURLY).is_some() {
                    warn(&registry, &cache.failed("write", &why));
                }
            }
        }
        if let Some((report, within)) = after.report {
            user_code::call_ignoring_panic(|| self.store.report(report, within));
        }
    }

    fn next(&self) -> Option<Duration> {
        if !self.mailbox.is_empty() && !self.is_of_parent() {
            return Some(Duration::ZERO);
        }
        let due = self.work.lock().due?;
        Some(due.saturating_duration_since(clock::now()))
    }
}

#[cfg(test)]
mod tests;

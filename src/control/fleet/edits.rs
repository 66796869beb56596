//! What a change of a fleet does: [`Edits`].

use std::collections::BTreeMap;
use std::time::Duration;

use crate::control::change::Change;
use crate::control::error_codes::{invalid, limit_exceeded};
use crate::control::fleet::batch::Batch;
use crate::control::fleet::codec::LONGEST as LONGEST_VALUE;
use crate::control::fleet::export::{is_lasting, says_same};
use crate::control::fleet::head::Head;
use crate::control::fleet::key::Key;
use crate::control::fleet::logged::{Edit, Logged};
use crate::control::fleet::placement::{LONGEST, short};
use crate::control::fleet::selector::Selector;
use crate::control::fleet::setting::{GroupMembers, Off, Setting};
use crate::control::fleet::snapshot::{MOST, Snapshot, Value};
use crate::control::fleet::terms::{Terms, Time};
use crate::control::options::LoggingOptions;
use crate::control::target::{LevelTarget, check_name};
use crate::control::target_type::TargetType;
use crate::error::{Error, ErrorKind};
use crate::level::Level;
use crate::time::Timestamp;

/// The shortest time of a level for a while: leases are not exact.
const SHORTEST: Duration = Duration::from_secs(10);

/// How long levels from `DEBUG` down apply unless something else is said.
const DEFAULT: Duration = Duration::from_secs(15 * 60);

/// How many edits one change has.
const MOST_EDITS: usize = 100;

/// The longest reason, in characters.
const LONGEST_REASON: usize = 200;

/// What a change of a fleet does to each key, given what is there.
pub(super) struct Edits<'s> {
    snapshot: &'s Snapshot,
    terms: &'s Terms,
    by: &'s str,
    at: Timestamp,
    /// The number of the change.
    number: u64,
    /// What is put, or `None` for what is deleted.
    edits: BTreeMap<Key, Option<Value>>,
    /// The time of all levels for a while.
    time: Option<Duration>,
}

impl<'s> Edits<'s> {
    pub(super) fn new(
        snapshot: &'s Snapshot,
        terms: &'s Terms,
        by: &'s str,
        at: Timestamp,
    ) -> Self {
        Self {
            number: snapshot.number() + 1,
            snapshot,
            terms,
            by,
            at,
            edits: BTreeMap::new(),
            time: None,
        }
    }

    /// Adds changes for the instances of a selector.
    pub(super) fn add_all(&mut self, selector: &Selector, all: &[Change]) -> Result<(), Error> {
        let mut all = all.iter().cloned();
        all.try_for_each(|change| self.add(selector, change))
    }

    /// Adds a change for the instances of a selector.
    pub(super) fn add(&mut self, selector: &Selector, change: Change) -> Result<(), Error> {
        match change {
            Change::Level(target, level) => {
                let time = match self.terms.time {
                    Some(Time::For(time)) => Some(time),
                    Some(Time::Never) => None,
                    None => (level <= Level::DEBUG).then_some(DEFAULT),
                };
                self.set(selector, target, level, time)
            }
            Change::LevelFor(target, level, time) => self.set(selector, target, level, Some(time)),
            Change::Clear(target) => {
                self.delete(Key::For(selector.clone(), target.clone()));
                self.delete(Key::Level(selector.clone(), target));
                Ok(())
            }
            Change::EndTemporary(target) => {
                self.delete(Key::For(selector.clone(), target));
                Ok(())
            }
            Change::ClearAll(only) => {
                self.clear_all(selector, only);
                Ok(())
            }
            Change::Options(options) => self.options(selector, options),
            Change::Group(name, members) => self.group(name, members),
            Change::GroupLevel(name, level) => {
                let known = self.value(&Key::Group(name.clone()));
                let Some(Value::Group(group)) = known else {
                    return Err(invalid(format!("unknown group {name:?} of the fleet")));
                };
                group.members.clone().into_iter().try_for_each(|member| {
                    let target = LevelTarget::logger(member);
                    let change = match level {
                        Some(level) => Change::Level(target, level),
                        None => Change::Clear(target),
                    };
                    self.add(selector, change)
                })
            }
            Change::Undo(_) => Err(invalid("a change of a fleet is undone by Fleet::undo")),
        }
    }

    /// Returns what is at a key now.
    fn value(&self, key: &Key) -> Option<&Value> {
        match self.edits.get(key) {
            Some(edited) => edited.as_ref(),
            None => self.snapshot.entries.get(key).map(|held| &held.value),
        }
    }

    fn delete(&mut self, key: Key) {
        self.edits.insert(key, None);
    }

    fn set(
        &mut self,
        selector: &Selector,
        target: LevelTarget,
        level: Level,
        time: Option<Duration>,
    ) -> Result<(), Error> {
        target.check_new(false)?;
        if level == Level::NOTSET {
            return Err(invalid(format!(
                "cannot set {target} to NOTSET: clear its level instead"
            )));
        }
        let mut setting = Setting::new(level);
        self.by.clone_into(&mut setting.by);
        setting.reason = self.reason();
        setting.at = Some(self.at);
        setting.n = self.number;
        setting.budget = self.terms.budget;
        setting.force = self.terms.force;
        let Some(time) = time else {
            self.delete(Key::For(selector.clone(), target.clone()));
            let key = Key::Level(selector.clone(), target);
            self.edits.insert(key, Some(Value::Level(setting)));
            return Ok(());
        };
        if !(SHORTEST..=LONGEST).contains(&time) {
            return Err(invalid(format!(
                "invalid time {time:?} of a level for a while: expected 10 s to 24 h"
            )));
        }
        if self.time.is_some_and(|other| other != time) {
            return Err(invalid(
                "expected one time for all levels of a change of a fleet",
            ));
        }
        self.time = Some(time);
        setting.for_s = Some(time.as_secs());
        setting.until = Some(self.at + time);
        let key = Key::For(selector.clone(), target);
        self.edits.insert(key, Some(Value::Level(setting)));
        Ok(())
    }

    fn clear_all(&mut self, selector: &Selector, only: Option<TargetType>) {
        let is_meant = |kind| only.is_none_or(|only| only == kind);
        let keys = self.snapshot.entries.keys().filter(|key| match key {
            Key::Level(of, target) | Key::For(of, target) => {
                of == selector && is_meant(target.target_type())
            }
            _ => false,
        });
        let keys: Vec<_> = keys.cloned().collect();
        keys.into_iter().for_each(|key| self.delete(key));
    }

    fn options(&mut self, selector: &Selector, options: LoggingOptions) -> Result<(), Error> {
        if options.role.is_some() {
            return Err(invalid("a fleet has no role"));
        }
        match options.disable_all {
            Some(true) => {
                let off = Off {
                    by: self.by.to_owned(),
                    reason: self.reason(),
                    at: Some(self.at),
                    n: self.number,
                };
                let key = Key::Off(selector.clone());
                self.edits.insert(key, Some(Value::Off(off)));
            }
            Some(false) => self.delete(Key::Off(selector.clone())),
            None => {}
        }
        match options.default_level {
            Some(level) => self.add(selector, Change::Level(LevelTarget::default_level(), level)),
            None => Ok(()),
        }
    }

    fn group(&mut self, name: String, members: Vec<String>) -> Result<(), Error> {
        check_name("group", &name, false)?;
        for member in &members {
            LevelTarget::logger(&**member).check_new(false)?;
        }
        let group = GroupMembers {
            members,
            by: self.by.to_owned(),
            n: self.number,
        };
        let value = (!group.members.is_empty()).then_some(Value::Group(group));
        self.edits.insert(Key::Group(name), value);
        Ok(())
    }

    /// Makes what is set without an end these entries, and leaves alone what they say already.
    pub(super) fn replace(&mut self, entries: &BTreeMap<Key, Value>) -> Result<(), Error> {
        let snapshot = self.snapshot;
        let known = snapshot.entries.keys();
        for key in known.filter(|key| is_lasting(key) && !entries.contains_key(*key)) {
            self.delete(key.clone());
        }
        for (key, value) in entries {
            let known = snapshot.entries.get(key);
            if known.is_some_and(|held| says_same(&held.value, value)) {
                continue;
            }
            if let (Key::Group(name), Value::Group(group)) = (key, value) {
                self.group(name.clone(), group.members.clone())?;
            } else {
                let value = self.own(value.clone());
                self.edits.insert(key.clone(), Some(value));
            }
        }
        Ok(())
    }

    /// Returns a value as this change sets it.
    fn own(&self, mut value: Value) -> Value {
        let reason = |own: &mut String| {
            if !self.terms.reason.is_empty() {
                *own = self.reason();
            }
        };
        let by = self.by.to_owned();
        match &mut value {
            Value::Level(setting) => {
                reason(&mut setting.reason);
                (setting.by, setting.at, setting.n) = (by, Some(self.at), self.number);
                (setting.for_s, setting.until) = (None, None);
            }
            Value::Off(off) => {
                reason(&mut off.reason);
                (off.by, off.at, off.n) = (by, Some(self.at), self.number);
            }
            Value::Group(group) => (group.by, group.n) = (by, self.number),
        }
        value
    }

    /// Adds what undoes a change.
    pub(super) fn undo(&mut self, logged: &Logged) -> Result<(), Error> {
        for edit in &logged.edits {
            let key = format!("{}{}", Key::SET, edit.key).parse::<Key>()?;
            let shown = self.value(&key).map(shown);
            // A level for a while that has ended meanwhile stays ended.
            let is_over = matches!(key, Key::For(..)) && shown.is_none();
            if shown != edit.after && !is_over {
                let message = format!("{} was changed again", edit.key);
                return Err(Error::new(ErrorKind::Conflict, message));
            }
            let before = edit.before.as_deref();
            match (key, edit.before_number, before) {
                (Key::Level(selector, target), Some(level), _) => {
                    let temporary = Key::For(selector.clone(), target.clone());
                    let put_before = self.edits.remove(&temporary);
                    self.set(&selector, target, level, None)?;
                    // Setting a level ends the one for a while, which this change may not have.
                    match put_before {
                        Some(edit) => self.edits.insert(temporary, edit),
                        None => self.edits.remove(&temporary),
                    };
                }
                (Key::Off(selector), _, Some(_)) => {
                    let options = LoggingOptions::default().with_disable_all(true);
                    self.options(&selector, options)?;
                }
                (Key::Group(name), _, Some(members)) => {
                    let members = members.split('\t').filter(|member| !member.is_empty());
                    self.group(name, members.map(str::to_owned).collect())?;
                }
                // What a level for a while has replaced is over as well, or has its own end.
                (key, ..) => self.delete(key),
            }
        }
        Ok(())
    }

    fn reason(&self) -> String {
        self.terms.reason.chars().take(LONGEST_REASON).collect()
    }

    /// Leaves out what changes nothing.
    fn effective(&self) -> impl Iterator<Item = (&Key, &Option<Value>)> {
        let entries = &self.snapshot.entries;
        self.edits
            .iter()
            .filter(|(key, value)| value.is_some() || entries.contains_key(*key))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.effective().next().is_none()
    }

    /// Returns the keys that are put or deleted.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.effective().map(|(key, _)| key)
    }

    /// Returns the settings that are put.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&Key, &Setting)> {
        self.effective().filter_map(|(key, value)| match value {
            Some(Value::Level(setting)) => Some((key, setting)),
            _ => None,
        })
    }

    /// Returns the instances whose logging is disabled.
    pub(super) fn disabled(&self) -> impl Iterator<Item = &Selector> {
        self.effective()
            .filter_map(|(key, value)| match (key, value) {
                (Key::Off(selector), Some(_)) => Some(selector),
                _ => None,
            })
    }

    /// Returns what the change does to each key, for its log.
    pub(super) fn logged(&self) -> Vec<Edit> {
        let edits = self.effective().map(|(key, value)| {
            let before = self.snapshot.entries.get(key).map(|held| &held.value);
            Edit {
                key: short(key),
                before: before.map(shown),
                after: value.as_ref().map(shown),
                before_number: before.and_then(level),
                after_number: value.as_ref().and_then(level),
            }
        });
        edits.collect()
    }

    /// Returns the change of the store, with its log.
    ///
    /// # Errors
    /// [`ErrorKind::LimitExceeded`].
    pub(super) fn batch(&self, change: &str, ack_within_s: u64) -> Result<Batch, Error> {
        let entries = &self.snapshot.entries;
        let edits = self.logged();
        let count = edits.len();
        if count > MOST_EDITS {
            let message = format!("expected at most {MOST_EDITS} edits of a fleet, found {count}");
            return Err(limit_exceeded(message));
        }
        let added = self
            .effective()
            .filter(|(key, value)| value.is_some() && !entries.contains_key(*key));
        let total = entries.len() + added.count();
        if total > MOST {
            let message = format!("expected at most {MOST} entries of a fleet, found {total}");
            return Err(limit_exceeded(message));
        }
        let head = Head {
            n: self.number,
            change: change.to_owned(),
            by: self.by.to_owned(),
            at: Some(self.at),
            ack_within_s,
        };
        let logged = Logged {
            n: self.number,
            change: change.to_owned(),
            by: self.by.to_owned(),
            reason: self.reason(),
            at: Some(self.at),
            edits,
        };
        let mut batch = Batch::new(self.number, change)
            .head_version(self.snapshot.head_version)
            .put(Key::Head, head.to_json())
            .put(Key::Log(self.number), logged.to_json());
        let position = self.terms.expect.map(|revision| revision.position);
        batch.unchanged_since = position.filter(|position| *position > 0);
        if let Some(old) = self.number.checked_sub(Logged::KEPT).filter(|old| *old > 0) {
            batch = batch.delete(Key::Log(old));
        }
        if let Some(time) = self.time {
            batch = batch.lease(time);
        }
        for (key, value) in self.effective() {
            let Some(value) = value else {
                batch = batch.delete(key.clone());
                continue;
            };
            let json = value.to_json();
            if json.len() > LONGEST_VALUE {
                let message = format!(
                    "cannot write {}: expected at most {LONGEST_VALUE} bytes, found {}",
                    short(key),
                    json.len()
                );
                return Err(limit_exceeded(message));
            }
            batch = match key {
                Key::For(..) => batch.put_leased(key.clone(), json),
                _ => batch.put(key.clone(), json),
            };
        }
        Ok(batch)
    }
}

/// Returns a value as the log shows it.
fn shown(value: &Value) -> String {
    match value {
        Value::Level(setting) => setting.name.clone(),
        Value::Off(_) => "off".to_owned(),
        // Names have no control characters.
        Value::Group(group) => group.members.join("\t"),
    }
}

fn level(value: &Value) -> Option<Level> {
    match value {
        Value::Level(setting) => Some(setting.level),
        _ => None,
    }
}

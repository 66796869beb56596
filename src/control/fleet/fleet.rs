//! The instances of a service as one: [`Fleet`].

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use crate::control::change::Change;
use crate::control::control::Control;
use crate::control::fleet::consent;
use crate::control::fleet::edits::Edits;
use crate::control::fleet::export::Export;
use crate::control::fleet::health::Health;
use crate::control::fleet::joining::Membership;
use crate::control::fleet::labels::Labels;
use crate::control::fleet::logged::Logged;
use crate::control::fleet::placement::selector as selector_of;
use crate::control::fleet::plan::Plan;
use crate::control::fleet::report::Reported;
use crate::control::fleet::revision::Revision;
use crate::control::fleet::selector::Selector;
use crate::control::fleet::snapshot::Snapshot;
use crate::control::fleet::status::Status;
use crate::control::fleet::store::Store;
use crate::control::fleet::store_error::{StoreError, StoreErrorKind};
use crate::control::fleet::terms::Terms;
use crate::error::{Error, ErrorKind};
use crate::sys::sync::Arc;
use crate::time::Timestamp;

/// How long one request of a store may take.
const WITHIN: Duration = Duration::from_secs(5);

/// How often a change is made again on what others have changed meanwhile.
const ATTEMPTS: usize = 10;

/// The instances of a service as one: changes their levels, and shows how far they are.
///
/// Its methods block while the store works, up to some seconds each. They can be called from any
/// thread, also from [`on_change`](Control::on_change).
///
/// # Examples
/// Two instances, and a level for the one in a zone:
/// ```
/// use std::time::Duration;
///
/// use logtree::control::fleet::{Fleet, Identity, MemoryStore, Selector, Terms};
/// use logtree::control::{Change, Control, LevelTarget};
/// use logtree::{Level, Registry};
///
/// let store = MemoryStore::new();
/// let target = LevelTarget::logger("botocore");
/// let fleet = Fleet::new(store.clone());
/// let change = Change::Level(target.clone(), Level::DEBUG);
/// let terms = Terms::new().with_time(Duration::from_secs(600)).with_reason("INC-4711");
/// fleet.apply(&Selector::all().with_zone("eu-1a"), [change], &terms)?;
///
/// let join = |instance, zone| {
///     let identity = Identity::new("payments").instance(instance).zone(zone);
///     let builder = Control::builder(&Registry::new()).fleet(store.clone(), identity);
///     builder.fleet_wait(Duration::from_secs(60)).open()
/// };
/// let (a, b) = (join("a", "eu-1a")?, join("b", "eu-1b")?);
/// assert_eq!(a.level(&target), Some(Level::DEBUG));
/// assert_eq!(b.level(&target), None);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct Fleet {
    store: Arc<dyn Store>,
    membership: Option<Arc<Membership>>,
    by: Arc<str>,
}

impl Control {
    /// Returns the fleet that the registry [follows](super::super::ControlBuilder::fleet). Its
    /// changes are by this control's [origin](Self::with_origin), unless the terms say so.
    ///
    /// # Errors
    /// [`ErrorKind::NotConfigured`](crate::ErrorKind::NotConfigured) if the registry follows none.
    pub fn fleet(&self) -> Result<Fleet, Error> {
        let membership = Membership::of(&self.core).ok_or_else(|| {
            let message = "the registry follows no fleet: ControlBuilder::fleet was not called";
            Error::new(ErrorKind::NotConfigured, message)
        })?;
        Ok(Fleet {
            store: Arc::clone(&membership.member.store),
            membership: Some(membership),
            by: Arc::clone(&self.origin),
        })
    }
}

impl Fleet {
    /// Returns the fleet of a store, without being an instance of it.
    #[must_use]
    pub fn new(store: impl Store + 'static) -> Self {
        Self {
            store: Arc::new(store),
            membership: None,
            by: "api".into(),
        }
    }

    /// Changes the instances of a selector: all of it, or nothing. Returns the revision, which is
    /// the present one if there is nothing to change. A level without an end also ends the one for
    /// a while; [`Change::Clear`] clears both. A group without members is removed.
    ///
    /// What others change meanwhile is kept: the change is made on top of it, unless the terms
    /// [expect](Terms::with_expect) a revision.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for what no fleet can have,
    /// and a store that cannot be changed;
    /// [`ErrorKind::LimitExceeded`](crate::ErrorKind::LimitExceeded) for more than 100 edits,
    /// 10,000 entries, or 4 KiB of an entry;
    /// [`ErrorKind::NeedsConsent`](crate::ErrorKind::NeedsConsent) for more than 100 loggers of all
    /// instances at `DEBUG` or below, such a level without an end, and all logging disabled;
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict);
    /// [`ErrorKind::NotPermitted`](crate::ErrorKind::NotPermitted) and
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) by the store;
    /// [`ErrorKind::Uncertain`](crate::ErrorKind::Uncertain) if the store cannot say whether it was
    /// made.
    pub fn apply(
        &self,
        selector: &Selector,
        changes: impl IntoIterator<Item = Change>,
        terms: &Terms,
    ) -> Result<Revision, Error> {
        selector.check()?;
        let changes: Vec<_> = changes.into_iter().collect();
        self.change(terms, true, |edits| edits.add_all(selector, &changes))
    }

    /// Returns what [`apply`](Self::apply) would do now, and whether it needs consent. Changes
    /// nothing.
    ///
    /// # Errors
    /// Those of [`apply`](Self::apply), without
    /// [`ErrorKind::NeedsConsent`](crate::ErrorKind::NeedsConsent).
    pub fn plan(
        &self,
        selector: &Selector,
        changes: impl IntoIterator<Item = Change>,
        terms: &Terms,
    ) -> Result<Plan, Error> {
        selector.check()?;
        let changes: Vec<_> = changes.into_iter().collect();
        self.draft(terms, |edits| edits.add_all(selector, &changes))
    }

    /// Returns what is set without an end.
    ///
    /// # Errors
    /// Those of [`history`](Self::history).
    pub fn export(&self) -> Result<Export, Error> {
        Ok(Export::of(&self.snapshot()?))
    }

    /// Makes what is set without an end that of an export, for all instances: sets what differs,
    /// and removes what is not in it; all of it, or nothing. Levels for a while stay. The terms'
    /// time, budget and force do not count.
    ///
    /// # Errors
    /// Those of [`apply`](Self::apply).
    pub fn import(&self, export: &Export, terms: &Terms) -> Result<Revision, Error> {
        self.change(terms, true, |edits| edits.replace(&export.entries))
    }

    /// Returns what [`import`](Self::import) would do now, and whether it needs consent. Changes
    /// nothing.
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan).
    pub fn plan_import(&self, export: &Export, terms: &Terms) -> Result<Plan, Error> {
        self.draft(terms, |edits| edits.replace(&export.entries))
    }

    /// Undoes a change that is in the [history](Self::history). What a level for a while has
    /// replaced was for a while itself, or still applies: it is not set again. Needs no consent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if no such change is kept;
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if something of it was changed again;
    /// and those of [`apply`](Self::apply).
    pub fn undo(&self, number: u64, terms: &Terms) -> Result<Revision, Error> {
        let known = self.history(Self::MOST)?.into_iter();
        let Some(logged) = known.into_iter().find(|logged| logged.n == number) else {
            let message = format!("no change {number} of the fleet is kept");
            return Err(Error::new(ErrorKind::InvalidRequest, message));
        };
        self.change(terms, false, |edits| edits.undo(&logged))
    }

    /// All that are kept.
    const MOST: usize = 200;

    /// Returns the latest changes, the newest first, up to `most` of the 200 that are kept.
    ///
    /// # Errors
    /// [`ErrorKind::NotPermitted`](crate::ErrorKind::NotPermitted) and
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) by the store.
    pub fn history(&self, most: usize) -> Result<Vec<Logged>, Error> {
        Ok(self.store.log(most, WITHIN)?)
    }

    /// Returns how far the instances of a selector are.
    ///
    /// # Errors
    /// Those of [`history`](Self::history).
    pub fn status(&self, selector: &Selector) -> Result<Status, Error> {
        let revision = self.store.load(WITHIN)?.revision();
        let reports = self.store.reports(WITHIN)?;
        let log = self.history(Self::MOST)?;
        Ok(Status::of(selector, revision, reports, &log))
    }

    /// Returns what the store holds.
    ///
    /// # Errors
    /// Those of [`history`](Self::history).
    pub fn snapshot(&self) -> Result<Snapshot, Error> {
        Ok(self.store.load(WITHIN)?)
    }

    /// Returns the labels of this process; `None` if it is no instance.
    #[must_use]
    pub fn labels(&self) -> Option<Labels> {
        let membership = self.membership.as_ref()?;
        Some(membership.member.labels())
    }

    /// Returns how this process stands with the store; `None` if it is no instance.
    #[must_use]
    pub fn health(&self) -> Option<Health> {
        let membership = self.membership.as_ref()?;
        Some(membership.member.health())
    }

    fn by<'t>(&'t self, terms: &'t Terms) -> &'t str {
        terms.by.as_deref().unwrap_or(&self.by)
    }

    /// Returns what instances have reported, by which changes are judged.
    fn reports_for_change(&self) -> Result<Vec<Reported>, Error> {
        let abilities = self.store.abilities();
        if !abilities.writable {
            let message = "the store of the fleet cannot be changed";
            return Err(Error::new(ErrorKind::InvalidRequest, message));
        }
        match abilities.reports {
            true => Ok(self.store.reports(WITHIN)?),
            false => Ok(Vec::new()),
        }
    }

    /// Returns what is there, if that is what the terms expect.
    fn expected(&self, terms: &Terms) -> Result<Snapshot, Error> {
        let snapshot = self.store.load(WITHIN)?;
        match terms.expect.filter(|it| it.number != snapshot.number()) {
            Some(expected) => {
                let found = snapshot.revision();
                let message = format!("expected revision {expected} of the fleet, found {found}");
                Err(Error::new(ErrorKind::Conflict, message))
            }
            None => Ok(snapshot),
        }
    }

    fn draft(
        &self,
        terms: &Terms,
        make: impl Fn(&mut Edits<'_>) -> Result<(), Error>,
    ) -> Result<Plan, Error> {
        let reports = self.reports_for_change()?;
        let snapshot = self.expected(terms)?;
        let mut edits = Edits::new(&snapshot, terms, self.by(terms), Timestamp::now());
        make(&mut edits)?;
        // For its limits.
        let _ = edits.batch("", 1)?;
        let consent = match consent::check(&edits, &reports, terms.consent) {
            Ok(()) => None,
            Err(error) => match error.kind() {
                ErrorKind::NeedsConsent(number) => Some(number),
                _ => return Err(error),
            },
        };
        Ok(Plan {
            revision: snapshot.revision(),
            edits: edits.logged(),
            consent,
        })
    }

    fn change(
        &self,
        terms: &Terms,
        asks_consent: bool,
        make: impl Fn(&mut Edits<'_>) -> Result<(), Error>,
    ) -> Result<Revision, Error> {
        let by = self.by(terms);
        let change = format!("{:016x}", RandomState::new().build_hasher().finish());
        let reports = self.reports_for_change()?;
        for _ in 0..ATTEMPTS {
            let snapshot = self.expected(terms)?;
            let mut edits = Edits::new(&snapshot, terms, by, Timestamp::now());
            make(&mut edits)?;
            if edits.is_empty() {
                return Ok(snapshot.revision());
            }
            if asks_consent {
                consent::check(&edits, &reports, terms.consent)?;
            }
            let batch = edits.batch(&change, acknowledged_within(&edits, &reports))?;
            let committed = match self.store.commit(&batch, WITHIN) {
                Err(error) if error.kind() == StoreErrorKind::Uncertain => {
                    self.look_again(&snapshot, &change, || self.store.commit(&batch, WITHIN))
                }
                other => other,
            };
            match committed {
                Err(error)
                    if error.kind() == StoreErrorKind::Conflict && terms.expect.is_none() => {}
                other => return Ok(other?),
            }
        }
        let message = "others change the fleet all the time";
        Err(Error::new(ErrorKind::Conflict, message))
    }

    /// Finds out what became of a change that no response came for: never a blind second attempt.
    fn look_again(
        &self,
        before: &Snapshot,
        change: &str,
        again: impl FnOnce() -> Result<Revision, StoreError>,
    ) -> Result<Revision, StoreError> {
        if let Some(revision) = self.made(change)? {
            return Ok(revision);
        }
        if self.store.load(WITHIN)?.head_version != before.head_version {
            let message = "the fleet was changed meanwhile";
            return Err(StoreError::new(StoreErrorKind::Conflict, message));
        }
        match again() {
            Ok(revision) => Ok(revision),
            // The first attempt may have arrived late.
            Err(error) => match self.made(change)? {
                Some(revision) => Ok(revision),
                None => Err(error),
            },
        }
    }

    /// Returns the revision that a change has led to, if it was made.
    fn made(&self, change: &str) -> Result<Option<Revision>, StoreError> {
        let snapshot = self.store.load(WITHIN)?;
        if snapshot
            .head
            .as_ref()
            .is_some_and(|head| head.change == change)
        {
            return Ok(Some(snapshot.revision()));
        }
        let log = self.store.log(Self::MOST, WITHIN)?;
        let logged = log.iter().find(|logged| logged.change == change);
        Ok(logged.map(|logged| Revision::new(logged.n, snapshot.position)))
    }
}

/// Returns within how many seconds instances report a change: at most 1,000 a second.
fn acknowledged_within(edits: &Edits<'_>, reports: &[Reported]) -> u64 {
    let selectors: Vec<&Selector> = edits.keys().filter_map(selector_of).collect();
    let is_concerned = |labels: &Labels| selectors.iter().any(|one| one.matches(labels));
    let labels = reports.iter().map(|one| one.report.labels());
    let count = labels.filter(is_concerned).count();
    u64::try_from(count / 1_000).unwrap_or(u64::MAX).max(1)
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet")
            .field("by", &self.by)
            .field("abilities", &self.store.abilities())
            .finish_non_exhaustive()
    }
}

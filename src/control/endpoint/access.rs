//! What a request may do: [`Access`].

use crate::control::change::Change;
use crate::control::control::Control;
use crate::control::endpoint::audit::Audit;
use crate::control::endpoint::rate::Rate;
#[cfg(any(test, fuzzing))]
use crate::control::tail::TailOptions;
use crate::control::tail::Tails;
use crate::control::target::LevelTarget;
use crate::control::target_type::TargetType;
use crate::error::{Error, ErrorKind};
use crate::level::Level;
use crate::registry::Registry;
use crate::sys::sync::Arc;
use crate::time::{Clock, SystemClock, Timestamp};

/// How many times in a second something is changed.
const CHANGES: u32 = 50;

/// The segments of a logger's name whose records hold secrets, or may.
const SENSITIVE: [&str; 10] = [
    "auth",
    "authorization",
    "body",
    "credentials",
    "headers",
    "request",
    "response",
    "signing",
    "token",
    "wire",
];

/// The only way from a dialect to the control: reads go to [`control`](Self::control), changes
/// through [`apply`](Self::apply), where the limits of the endpoint hold for all dialects alike.
pub(super) struct Access {
    control: Control,
    shared: Arc<Shared>,
    is_remote: bool,
}

/// What all requests share.
pub(super) struct Shared {
    /// The name of the process.
    pub(super) name: String,
    /// When the server started.
    pub(super) started: Timestamp,
    /// The address of the console with the token, for clients that need none.
    pub(super) console_url: Option<String>,
    /// Whether AWS's dialect has AWS's words only.
    pub(super) strict_aws: bool,
    pub(super) audit: Audit,
    /// Those that look on.
    pub(super) tails: Tails,
    allow_sensitive: bool,
    changes: Rate,
}

impl Shared {
    pub(super) fn new(
        name: String,
        tails: Tails,
        allow_sensitive: bool,
        console_url: Option<String>,
    ) -> Self {
        Self {
            tails,
            name,
            started: SystemClock.now(),
            console_url,
            strict_aws: false,
            audit: Audit::default(),
            allow_sensitive,
            changes: Rate::new(CHANGES),
        }
    }
}

impl Access {
    /// `control` has the origin of the request.
    pub(super) fn of(control: Control, shared: &Arc<Shared>, is_remote: bool) -> Self {
        Self {
            control,
            is_remote,
            shared: Arc::clone(shared),
        }
    }

    /// Access for a test of a dialect.
    #[cfg(any(test, fuzzing))]
    pub(super) fn new(control: Control, allow_sensitive: bool) -> Self {
        let tails = Tails::new(control.registry(), TailOptions::default());
        let shared = Shared::new("test".to_owned(), tails, allow_sensitive, None);
        Self::of(control, &Arc::new(shared), false)
    }

    /// Returns the control, for reading.
    pub(super) fn control(&self) -> &Control {
        &self.control
    }

    /// Returns the registry, for reading.
    pub(super) fn registry(&self) -> &Registry {
        self.control.registry()
    }

    /// Reports whether the request has come by TCP.
    pub(super) fn is_remote(&self) -> bool {
        self.is_remote
    }

    /// Returns what all requests share.
    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Makes all of `changes` or none, if the revision still is `revision` or that is [`None`].
    /// Returns the new revision.
    ///
    /// # Errors
    /// Those of [`Control::apply_if`]; [`ErrorKind::NotPermitted`] for a level below `INFO` of a
    /// logger of secrets; [`ErrorKind::Throttled`] for more than 50 calls in a second.
    pub(super) fn apply(&self, revision: Option<u64>, changes: Vec<Change>) -> Result<u64, Error> {
        if !self.shared.changes.take() {
            let message = format!("expected at most {CHANGES} changes in a second");
            return Err(Error::new(ErrorKind::Throttled, message));
        }
        if self.shared.allow_sensitive || !changes.iter().any(is_verbose) {
            return self.apply_now(revision, changes);
        }
        loop {
            // What the groups contain must be the same when the changes are made.
            let checked = self.control.revision();
            self.check(&changes)?;
            match self
                .control
                .apply_if(revision.unwrap_or(checked), changes.clone())
            {
                // Undoing something that was changed again is a conflict as well.
                Err(error)
                    if error.kind() == ErrorKind::Conflict
                        && revision.is_none()
                        && self.control.revision() != checked => {}
                result => return result,
            }
        }
    }

    /// Refuses what would show records of loggers of secrets below `INFO`, as
    /// [`apply`](Self::apply) does.
    ///
    /// # Errors
    /// [`ErrorKind::NotPermitted`].
    pub(super) fn check_levels(&self, levels: &[(String, Level)]) -> Result<(), Error> {
        let levels = levels.iter().filter(|_| !self.shared.allow_sensitive);
        levels
            .filter(|(name, level)| !name.is_empty() && *level < Level::INFO)
            .try_for_each(|(name, _)| check_target(&LevelTarget::logger(name)))
    }

    fn apply_now(&self, revision: Option<u64>, changes: Vec<Change>) -> Result<u64, Error> {
        match revision {
            Some(revision) => self.control.apply_if(revision, changes),
            None => self.control.apply(changes),
        }
    }

    fn check(&self, changes: &[Change]) -> Result<(), Error> {
        for (at, change) in changes
            .iter()
            .enumerate()
            .filter(|(_, change)| is_verbose(change))
        {
            match change {
                Change::Level(target, _) | Change::LevelFor(target, ..) => check_target(target)?,
                Change::Undo(revision) => {
                    let levels = self.control.levels_before(*revision).into_iter();
                    let mut verbose = levels.filter(|(_, level)| *level < Level::INFO);
                    verbose.try_for_each(|(target, _)| check_target(&target))?;
                }
                Change::GroupLevel(name, _) => {
                    let defined = changes
                        .iter()
                        .take(at)
                        .rev()
                        .find_map(|change| match change {
                            Change::Group(group, members) if group == name => Some(members.clone()),
                            _ => None,
                        });
                    let known = || Some(self.control.group(name)?.members);
                    let members = defined.or_else(known).unwrap_or_default();
                    members
                        .into_iter()
                        .try_for_each(|member| check_target(&LevelTarget::logger(member)))?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether a change lets more than `INFO` through, or may.
fn is_verbose(change: &Change) -> bool {
    match change {
        Change::Undo(_) => true,
        Change::Level(_, level)
        | Change::LevelFor(_, level, _)
        | Change::GroupLevel(_, Some(level)) => *level < Level::INFO,
        _ => false,
    }
}

fn check_target(target: &LevelTarget) -> Result<(), Error> {
    let is_sensitive = |segment: &str| {
        let mut words = SENSITIVE.iter();
        words.any(|word| segment.eq_ignore_ascii_case(word))
    };
    if target.target_type() == TargetType::Logger && target.name().split('.').any(is_sensitive) {
        let message = format!(
            "refused a level below INFO for {target}, which may log secrets: the endpoint does \
             not allow it (allow_sensitive)"
        );
        return Err(Error::new(ErrorKind::NotPermitted, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(access: &Access, changes: Vec<Change>) -> Option<ErrorKind> {
        access.apply(None, changes).err().map(|error| error.kind())
    }

    #[test]
    fn loggers_of_secrets_stay_at_info() {
        let registry = Registry::new();
        let access = Access::new(Control::new(&registry), false);
        let set = |name: &str, level| Change::Level(LevelTarget::logger(name), level);
        let denied = Some(ErrorKind::NotPermitted);
        for name in ["wire", "client.request", "a.Signing.b", "client::request"] {
            assert_eq!(
                kind(&access, vec![set(name, Level::DEBUG)]),
                denied,
                "{name}"
            );
            assert_eq!(kind(&access, vec![set(name, Level::INFO)]), None, "{name}");
        }
        assert_eq!(kind(&access, vec![set("a.requests", Level::DEBUG)]), None);
        assert_eq!(kind(&access, vec![set("client", Level::DEBUG)]), None);
        // By way of a group, of an earlier one or of the same change.
        let group = |members: &[&str]| {
            let members = members.iter().map(|name| (*name).to_owned()).collect();
            Change::Group("g".to_owned(), members)
        };
        let level = || Change::GroupLevel("g".to_owned(), Some(Level::DEBUG));
        assert_eq!(kind(&access, vec![group(&["a", "wire"]), level()]), denied);
        assert_eq!(access.control().group("g"), None);
        assert_eq!(kind(&access, vec![group(&["a", "wire"])]), None);
        assert_eq!(kind(&access, vec![level()]), denied);
        assert_eq!(kind(&access, vec![group(&["a"]), level()]), None);
        let access = Access::new(Control::new(&registry), true);
        assert_eq!(kind(&access, vec![set("wire", Level::DEBUG)]), None);
    }

    #[test]
    fn changes_are_limited() {
        let access = Access::new(Control::new(&Registry::new()), false);
        let set = || vec![Change::Level(LevelTarget::logger("a"), Level::DEBUG)];
        let refused = (0..1_000_000).find_map(|_| kind(&access, set()));
        assert_eq!(refused, Some(ErrorKind::Throttled));
    }
}

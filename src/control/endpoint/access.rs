//! What a request may do: [`Access`].

use crate::control::change::Change;
use crate::control::control::Control;
use crate::control::endpoint::audit::Audit;
use crate::control::endpoint::rate::Rate;
use crate::control::sensitive::{is_sensitive, refused};
#[cfg(any(test, fuzzing))]
use crate::control::tail::TailOptions;
use crate::control::tail::{TailFilter, Tails};
use crate::error::{Error, ErrorKind};
use crate::level::Level;
use crate::registry::Registry;
use crate::sys::sync::Arc;
use crate::time::{Clock, SystemClock, Timestamp};

/// How many times in a second something is changed.
const CHANGES: u32 = 50;

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
        let control = if shared.allow_sensitive {
            control
        } else {
            control.keeping_secrets()
        };
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
    /// Those of [`Control::apply_if`]; [`ErrorKind::NotPermitted`] if the effective level of
    /// a logger of secrets became less than `INFO`; [`ErrorKind::Throttled`] for more than 50 calls in a second.
    pub(super) fn apply(&self, revision: Option<u64>, changes: Vec<Change>) -> Result<u64, Error> {
        if !self.shared.changes.take() {
            let message = format!("expected at most {CHANGES} changes in a second");
            return Err(Error::new(ErrorKind::Throttled, message));
        }
        match revision {
            Some(revision) => self.control.apply_if(revision, changes),
            None => self.control.apply(changes),
        }
    }

    /// Has a tail show no more of loggers of secrets below `INFO` than their levels do.
    ///
    /// # Errors
    /// [`ErrorKind::NotPermitted`] if it asks for that.
    pub(super) fn restrict(&self, filter: &mut TailFilter) -> Result<(), Error> {
        filter.keeps_secrets = !self.shared.allow_sensitive;
        let levels = filter.levels.iter().flatten();
        let mut levels = levels.filter(|_| filter.keeps_secrets);
        let asked = levels.find(|(name, level)| *level < Level::INFO && is_sensitive(name));
        asked.map_or(Ok(()), |(name, _)| Err(refused(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::target::LevelTarget;

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

    /// Whichever change lowers the level that a logger of secrets inherits.
    #[test]
    fn no_ancestor_lowers_the_level_of_loggers_of_secrets() {
        let registry = Registry::new();
        let control = Control::new(&registry);
        let access = Access::new(control.clone(), false);
        let wire = registry.get_logger("client.http.wire");
        let name = |name| LevelTarget::logger(name);
        let set = |name: &str, level| Change::Level(LevelTarget::logger(name), level);
        let minute = std::time::Duration::from_secs(60);
        let denied = Some(ErrorKind::NotPermitted);
        let default = |level| {
            Change::Options(crate::control::options::LoggingOptions {
                default_level: Some(level),
                ..Default::default()
            })
        };
        for change in [
            set("client", Level::DEBUG),
            set("client.http", Level::TRACE),
            Change::Level(LevelTarget::default_level(), Level::DEBUG),
            Change::LevelFor(name("client"), Level::new(19), minute),
            default(Level::DEBUG),
        ] {
            let before = access.control().revision();
            assert_eq!(kind(&access, vec![change.clone()]), denied, "{change:?}");
            assert_eq!(access.control().revision(), before);
            // With a level of its own it stays, in the same change as well.
            let own = set("client.http.wire", Level::INFO);
            assert_eq!(kind(&access, vec![change, own]), None);
            assert_eq!(wire.effective_level(), Level::INFO);
            // And none by which it would lose that.
            let clear = Change::Clear(name("client.http.wire"));
            assert_eq!(kind(&access, vec![clear.clone()]), denied);
            control.apply([default(Level::WARNING), clear]).unwrap();
            for cleared in ["client", "client.http"] {
                control.apply([Change::Clear(name(cleared))]).unwrap();
            }
        }
        // By the undoing of what has hidden it.
        control.set_level(name("client"), Level::DEBUG).unwrap();
        let hiding = control.apply([set("client", Level::ERROR)]).unwrap();
        assert_eq!(kind(&access, vec![Change::Undo(hiding)]), denied);
        // By the end of a temporary level.
        control.set_level(name("client"), Level::DEBUG).unwrap();
        control
            .set_level_for(name("client"), Level::ERROR, minute)
            .unwrap();
        let end = Change::EndTemporary(name("client"));
        assert_eq!(kind(&access, vec![end]), denied);
        // What the program has allowed may be limited.
        control.set_level(name("client"), Level::TRACE).unwrap();
        assert_eq!(kind(&access, vec![set("client", Level::DEBUG)]), None);
        assert_eq!(kind(&access, vec![set("other", Level::DEBUG)]), None);
    }

    #[test]
    fn changes_are_limited() {
        let access = Access::new(Control::new(&Registry::new()), false);
        let set = || vec![Change::Level(LevelTarget::logger("a"), Level::DEBUG)];
        let refused = (0..1_000_000).find_map(|_| kind(&access, set()));
        assert_eq!(refused, Some(ErrorKind::Throttled));
    }
}

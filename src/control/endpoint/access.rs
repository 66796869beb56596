//! What a request may do: [`Access`].

use crate::control::change::Change;
use crate::control::control::Control;
use crate::control::endpoint::audit::Audit;
use crate::control::endpoint::rate::Rate;
use crate::control::plan::Planned;
use crate::control::sensitive::refused;
#[cfg(any(test, fuzzing))]
use crate::control::tail::TailOptions;
use crate::control::tail::{TailFilter, Tails};
use crate::error::{Error, ErrorKind};
use crate::level::Level;
use crate::registry::{Registry, may_log_secrets};
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
    pub(super) allow_sensitive: bool,
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
    pub(super) fn of(mut control: Control, shared: &Arc<Shared>, is_remote: bool) -> Self {
        // Refuses any change by which secrets show below `INFO`.
        control.limits.keeps_secrets = !shared.allow_sensitive;
        control.limits.log_level = Level::WARNING;
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
    /// Those of [`Control::apply_if`]; [`ErrorKind::NotPermitted`] if the effective level of a
    /// logger of secrets became less than `INFO`; [`ErrorKind::Throttled`] for more than 50 calls
    /// in a second.
    pub(super) fn apply(&self, revision: Option<u64>, changes: Vec<Change>) -> Result<u64, Error> {
        self.take()?;
        match revision {
            Some(revision) => self.control.apply_if(revision, changes),
            None => self.control.apply(changes),
        }
    }

    /// Returns what changes would do, and the revision. Changes nothing.
    ///
    /// # Errors
    /// Those of [`apply`](Self::apply), whose limits hold here as well.
    pub(super) fn plan(
        &self,
        revision: Option<u64>,
        changes: Vec<Change>,
    ) -> Result<(u64, Vec<Planned>), Error> {
        self.take()?;
        self.control.plan(revision, changes)
    }

    /// Counts a change.
    ///
    /// # Errors
    /// [`ErrorKind::Throttled`].
    pub(super) fn take(&self) -> Result<(), Error> {
        if self.shared.changes.take() {
            return Ok(());
        }
        let message = format!("expected at most {CHANGES} changes in a second");
        Err(Error::new(ErrorKind::Throttled, message))
    }

    /// Has a tail show no more of loggers of secrets below `INFO` than their levels do.
    ///
    /// # Errors
    /// [`ErrorKind::NotPermitted`] if it asks for that.
    pub(super) fn restrict(&self, filter: &mut TailFilter) -> Result<(), Error> {
        filter.keeps_secrets = !self.shared.allow_sensitive;
        let levels = filter.levels.iter().flatten();
        let mut levels = levels.filter(|_| filter.keeps_secrets);
        let asked = levels.find(|(name, level)| *level < Level::INFO && may_log_secrets(name));
        asked.map_or(Ok(()), |(name, _)| Err(refused(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::target::LevelTarget;
    use crate::formatter::Format;
    use crate::handler::{Handler, Sink};
    use crate::record::Record;
    use crate::sys::sync::Mutex;

    /// The loggers whose records arrive.
    #[derive(Default)]
    struct Names(Mutex<Vec<String>>);

    impl Sink for Names {
        fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            if record.name() != "logging.control" {
                self.0.lock().push(record.name().to_owned());
            }
            Ok(())
        }
    }

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

    /// Loggers of secrets take what the endpoint sets above them as `INFO`, now and later.
    #[test]
    fn loggers_of_secrets_do_not_inherit_lower_levels() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("levels");
        let open = |registry| Control::builder(registry).persist_to(&file).open().unwrap();
        let registry = Registry::new();
        let control = open(&registry);
        let access = Access::new(control.clone(), false);
        let level_of = |name: &str| registry.get_logger(name).effective_level();
        let set = |name: &str, level| Change::Level(LevelTarget::logger(name), level);
        let minute = std::time::Duration::from_secs(60);
        assert_eq!(level_of("early.wire"), Level::WARNING);
        let default = crate::control::options::LoggingOptions::default();
        for change in [
            Change::Options(default.with_default_level(Level::DEBUG)),
            set("early", Level::DEBUG),
            Change::LevelFor(LevelTarget::logger("early"), Level::TRACE, minute),
        ] {
            assert_eq!(kind(&access, vec![change]), None);
            for name in ["early.wire", "early.http.wire.bytes", "late.request"] {
                assert_eq!(level_of(name), Level::INFO, "{name}");
            }
            assert_eq!(level_of("early.requests"), level_of("early"));
        }
        // What the program sets itself they inherit as it is, and what a restart restores not.
        assert_eq!(kind(&access, vec![set("later", Level::DEBUG)]), None);
        registry.get_logger("later").set_level(Level::DEBUG);
        assert_eq!(level_of("later.wire"), Level::DEBUG);
        control
            .set_level(LevelTarget::logger("own"), Level::DEBUG)
            .unwrap();
        let end = Change::EndTemporary(LevelTarget::logger("early"));
        assert_eq!(kind(&access, vec![end]), None);
        assert_eq!(level_of("early.wire"), Level::INFO);
        let restarted = Registry::new();
        let _control = open(&restarted);
        let level_of = |name: &str| restarted.get_logger(name).effective_level();
        assert_eq!(level_of("any"), Level::DEBUG);
        assert_eq!(level_of("any.wire"), Level::INFO);
        assert_eq!(level_of("early.wire"), Level::INFO);
        assert_eq!(level_of("own.wire"), Level::DEBUG);
    }

    /// Also where the number of the level stays.
    #[test]
    fn a_level_that_becomes_guarded_or_not_moves_what_is_below() {
        let registry = Registry::new();
        let control = Control::new(&registry);
        let access = Access::new(control.clone(), false);
        let wire = registry.get_logger("a.b.wire");
        let debug = || Change::Level(LevelTarget::logger("a"), Level::DEBUG);
        for _ in 0..2 {
            access.apply(None, vec![debug()]).unwrap();
            assert_eq!(wire.effective_level(), Level::INFO);
            control.apply([debug()]).unwrap();
            assert_eq!(wire.effective_level(), Level::DEBUG);
        }
        registry.get_logger("a").set_level(Level::DEBUG);
        assert_eq!(wire.effective_level(), Level::DEBUG);
    }

    #[test]
    fn levels_of_values_do_not_show_secrets_either() {
        let registry = Registry::new();
        let control = Control::new(&registry);
        let access = Access::new(control.clone(), false);
        let names = Arc::new(Names::default());
        registry
            .root()
            .add_handler(Handler::new(Arc::clone(&names)));
        let target = LevelTarget::client_id("c1");
        let log = || {
            for name in ["a.wire", "a.b"] {
                let logger = registry.get_logger(name);
                crate::debug!(logger, client_id = "c1"; "record");
            }
        };
        access
            .apply(None, vec![Change::Level(target.clone(), Level::DEBUG)])
            .unwrap();
        log();
        control.set_level(target, Level::DEBUG).unwrap();
        log();
        assert_eq!(*names.0.lock(), ["a.b", "a.wire", "a.b"]);
    }

    /// Of several, each counts as it is for the logger.
    #[test]
    fn a_guarded_level_of_a_value_hides_nothing_that_another_one_shows() {
        let registry = Registry::new();
        let control = Control::new(&registry);
        let access = Access::new(control.clone(), false);
        let names = Arc::new(Names::default());
        registry
            .root()
            .add_handler(Handler::new(Arc::clone(&names)));
        let shown = LevelTarget::client_id("shown");
        control.set_level(shown, Level::DEBUG).unwrap();
        let guarded = Change::Level(LevelTarget::client_id("guarded"), Level::TRACE);
        access.apply(None, vec![guarded]).unwrap();
        let wire = registry.get_logger("a.wire");
        crate::debug!(wire, client_id = "guarded", clientId = "shown"; "record");
        crate::debug!(wire, client_id = "guarded"; "record");
        assert_eq!(*names.0.lock(), ["a.wire"]);
    }

    /// The names of facades' targets make no loggers.
    #[test]
    fn targets_without_a_logger_do_not_show_secrets_either() {
        use log::Log;
        let registry = Registry::new();
        let control = Control::new(&registry);
        let access = Access::new(control.clone(), false);
        let names = Arc::new(Names::default());
        registry
            .root()
            .add_handler(Handler::new(Arc::clone(&names)));
        let log = || {
            // The later ones know the targets.
            for _ in 0..2 {
                for target in ["client::http::wire", "client::http::pool"] {
                    let mut record = log::Record::builder();
                    record.target(target).level(log::Level::Debug);
                    let (may_log, before) = (record.build(), names.0.lock().len());
                    registry.log(&may_log);
                    let was_logged = names.0.lock().len() > before;
                    assert_eq!(registry.enabled(may_log.metadata()), was_logged);
                }
            }
            std::mem::take(&mut *names.0.lock())
        };
        let set = || Change::Level(LevelTarget::logger("client"), Level::DEBUG);
        let (wire, pool) = ("client.http.wire", "client.http.pool");
        for _ in 0..2 {
            access.apply(None, vec![set()]).unwrap();
            assert_eq!(log(), [pool, pool]);
            control.apply([set()]).unwrap();
            assert_eq!(log(), [wire, pool, wire, pool]);
        }
    }

    #[cfg(feature = "tracing")]
    #[test]
    fn events_do_not_show_secrets_either() {
        let registry = Registry::new();
        let control = Control::new(&registry);
        let access = Access::new(control.clone(), false);
        let names = Arc::new(Names::default());
        registry
            .root()
            .add_handler(Handler::new(Arc::clone(&names)));
        let set = || Change::Level(LevelTarget::logger("client"), Level::DEBUG);
        let is_on = || tracing::enabled!(target: "client::http::wire", tracing::Level::DEBUG);
        let log = || {
            tracing::debug!(target: "client::http::wire", "record");
            tracing::debug!(target: "client::http::pool", "record");
            std::mem::take(&mut *names.0.lock())
        };
        let (wire, pool) = ("client.http.wire", "client.http.pool");
        tracing::subscriber::with_default(registry.tracing_subscriber(), || {
            for _ in 0..2 {
                access.apply(None, vec![set()]).unwrap();
                assert_eq!((log(), is_on()), (vec![pool.to_owned()], false));
                control.apply([set()]).unwrap();
                assert_eq!(log(), [wire, pool]);
                assert!(is_on());
            }
        });
    }

    /// What the program has set, and something hides, is not uncovered.
    #[test]
    fn no_change_uncovers_loggers_of_secrets() {
        let registry = Registry::new();
        let control = Control::new(&registry);
        let access = Access::new(control.clone(), false);
        let wire = registry.get_logger("client.http.wire");
        let name = |name| LevelTarget::logger(name);
        let set = |name: &str, level| Change::Level(LevelTarget::logger(name), level);
        let minute = std::time::Duration::from_secs(60);
        let denied = Some(ErrorKind::NotPermitted);
        let client = || name("client");
        // By the clearing of its own level, or of an ancestor's.
        for hiding in ["client.http.wire", "client.http"] {
            control.set_level(client(), Level::DEBUG).unwrap();
            control.set_level(name(hiding), Level::INFO).unwrap();
            let before = control.revision();
            let clear = || Change::Clear(name(hiding));
            assert_eq!(kind(&access, vec![clear()]), denied, "{hiding}");
            assert_eq!(control.revision(), before);
            // Unless the same change hides it again.
            let error = set("client", Level::ERROR);
            assert_eq!(kind(&access, vec![clear(), error]), None, "{hiding}");
            assert_eq!(wire.effective_level(), Level::ERROR);
        }
        // By the undoing of what has hidden it.
        control.set_level(client(), Level::DEBUG).unwrap();
        let hiding = control.apply([set("client", Level::ERROR)]).unwrap();
        assert_eq!(kind(&access, vec![Change::Undo(hiding)]), denied);
        // By the end of a temporary level.
        control.set_level(client(), Level::DEBUG).unwrap();
        control
            .set_level_for(client(), Level::ERROR, minute)
            .unwrap();
        let end = Change::EndTemporary(client());
        assert_eq!(kind(&access, vec![end]), denied);
        // By the clearing of all that controls have set.
        registry.get_logger("client").set_level(Level::DEBUG);
        control
            .set_level_for(client(), Level::ERROR, minute)
            .unwrap();
        assert_eq!(kind(&access, vec![Change::ClearAll(None)]), denied);
        // What the program has allowed may be limited.
        control.set_level(client(), Level::TRACE).unwrap();
        assert_eq!(kind(&access, vec![set("client", Level::DEBUG)]), None);
        assert_eq!(wire.effective_level(), Level::INFO);
    }

    #[test]
    fn changes_are_limited() {
        let access = Access::new(Control::new(&Registry::new()), false);
        let set = || vec![Change::Level(LevelTarget::logger("a"), Level::DEBUG)];
        let refused = (0..1_000_000).find_map(|_| kind(&access, set()));
        assert_eq!(refused, Some(ErrorKind::Throttled));
    }
}

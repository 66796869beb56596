//! What keeps loggers that log secrets, or may, at `INFO`: [`check`].

use std::collections::BTreeSet;

use crate::control::state::is_logger;
use crate::control::target::LevelTarget;
use crate::control::transaction::Transaction;
use crate::error::{Error, ErrorKind};
use crate::level::Level;
use crate::name;
use crate::registry::{inherited, may_log_secrets};

/// Refuses changes that lower the effective level of a logger of secrets to below `INFO`: by its
/// own level, or by uncovering one above it that the program has set. What such a change itself
/// sets above it is inherited as `INFO`.
///
/// # Errors
/// [`ErrorKind::NotPermitted`].
pub(super) fn check(transaction: &Transaction<'_>) -> Result<(), Error> {
    let mut names = BTreeSet::new();
    let mut lowers = false;
    for (target, (_, now)) in transaction.touched() {
        if is_logger(target) {
            lowers |= now.is_none_or(|level| level < Level::INFO);
            names.extend(may_log_secrets(target.name()).then(|| target.name().to_owned()));
        }
    }
    if !lowers {
        return Ok(());
    }
    let loggers = transaction.registry().logger_names().into_iter();
    names.extend(loggers.filter(|name| may_log_secrets(name)));
    for name in names {
        let (before, now) = effective(transaction, &name);
        if now < Level::INFO && now < before {
            return Err(refused(&name));
        }
    }
    Ok(())
}

/// Returns the error of a level that is not permitted.
pub(super) fn refused(name: &str) -> Error {
    let target = LevelTarget::logger(name);
    let message = format!(
        "refused a level below INFO for {target}, which may log secrets: the endpoint does not \
         allow it (allow_sensitive)"
    );
    Error::new(ErrorKind::NotPermitted, message)
}

/// Returns the effective level of a logger before and after the changes.
pub(super) fn effective(transaction: &Transaction<'_>, name: &str) -> (Level, Level) {
    let target = LevelTarget::logger(name);
    let before = transaction.registry().inner().nearest(name).level_for(name);
    let ancestors = name::ancestors(name).map(|len| LevelTarget::logger(&name[..len]));
    let above = ancestors.chain([LevelTarget::default_level()]);
    if let Some(own) = transaction.levels(&target).1 {
        return (before, own);
    }
    for target in above {
        if let Some(level) = transaction.levels(&target).1 {
            let guarded = transaction.is_guarded(&target);
            return (before, inherited(level, guarded, name));
        }
    }
    (before, Level::OFF)
}

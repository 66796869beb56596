//! Loggers that log secrets, or may: [`is_sensitive`], and what keeps them at `INFO`: [`check`].

use std::collections::BTreeSet;

use crate::control::state::is_logger;
use crate::control::target::LevelTarget;
use crate::control::transaction::Transaction;
use crate::error::{Error, ErrorKind};
use crate::level::Level;
use crate::name;

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

/// Reports whether a logger's records hold secrets, or may.
pub(super) fn is_sensitive(name: &str) -> bool {
    name.split('.').any(|segment| {
        let mut words = SENSITIVE.iter();
        words.any(|word| segment.eq_ignore_ascii_case(word))
    })
}

/// Refuses changes that lower the effective level of a logger of secrets to below `INFO`, whichever
/// level it comes from.
///
/// # Errors
/// [`ErrorKind::NotPermitted`].
pub(super) fn check(transaction: &Transaction<'_>) -> Result<(), Error> {
    let mut names = BTreeSet::new();
    let mut lowers = false;
    for (target, (before, now)) in transaction.touched() {
        if is_logger(target) {
            lowers |= before != now && now.is_none_or(|level| level < Level::INFO);
            names.extend(is_sensitive(target.name()).then(|| target.name().to_owned()));
        }
    }
    if !lowers {
        return Ok(());
    }
    let loggers = transaction.registry().logger_names().into_iter();
    names.extend(loggers.filter(|name| is_sensitive(name)));
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
         allow it (allow_sensitive); a level of its own keeps that logger at it"
    );
    Error::new(ErrorKind::NotPermitted, message)
}

/// Returns the effective level of a logger before and after the changes.
fn effective(transaction: &Transaction<'_>, name: &str) -> (Level, Level) {
    let (mut before, mut now) = (None, None);
    let ancestors = name::ancestors(name).map(|len| LevelTarget::logger(&name[..len]));
    let above = ancestors.chain([LevelTarget::default_level()]);
    for target in std::iter::once(LevelTarget::logger(name)).chain(above) {
        let levels = transaction.levels(&target);
        before = before.or(levels.0);
        now = now.or(levels.1);
        if before.is_some() && now.is_some() {
            break;
        }
    }
    (before.unwrap_or(Level::OFF), now.unwrap_or(Level::OFF))
}

//! Changes of a fleet that need consent: [`check`].

use crate::control::fleet::edits::Edits;
use crate::control::fleet::key::Key;
use crate::control::fleet::labels::Labels;
use crate::control::fleet::report::Reported;
use crate::control::fleet::selector::Selector;
use crate::control::target_type::TargetType;
use crate::error::{Error, ErrorKind};
use crate::level::Level;

/// How many loggers may be set to `DEBUG` or below without consent.
const FREE: u64 = 100;

/// Requires consent to what writes or silences much: more than 100 loggers of all instances
/// together at `DEBUG` or below, such a level without an end, or all logging disabled.
///
/// # Errors
/// [`ErrorKind::NeedsConsent`].
pub(super) fn check(
    edits: &Edits<'_>,
    reports: &[Reported],
    given: Option<u64>,
) -> Result<(), Error> {
    let instances: Vec<(Labels, u64)> = reports
        .iter()
        .map(|one| (one.report.labels(), one.report.loggers))
        .collect();
    let loggers = |selector: &Selector, is_for_all: bool| -> u64 {
        let matching = instances
            .iter()
            .filter(|(labels, _)| selector.matches(labels));
        matching
            .map(|(_, loggers)| if is_for_all { *loggers } else { 1 })
            .sum()
    };
    let (mut number, mut is_large) = (0, false);
    for (key, setting) in edits
        .settings()
        .filter(|(_, setting)| setting.level <= Level::DEBUG)
    {
        let (Key::Level(selector, target) | Key::For(selector, target)) = key else {
            continue;
        };
        number += loggers(selector, target.target_type() == TargetType::Default);
        is_large |= setting.for_s.is_none();
    }
    for selector in edits.disabled() {
        number += loggers(selector, true);
        is_large = true;
    }
    if !is_large && number <= FREE {
        return Ok(());
    }
    match given {
        Some(given) if given.abs_diff(number) <= number / 10 => Ok(()),
        _ => {
            let message = format!(
                "a change of {number} loggers of the fleet needs consent to this number: expected \
                 {number}, found {}; a share of the instances needs less",
                given.map_or_else(|| "none".to_owned(), |given| given.to_string())
            );
            Err(Error::new(ErrorKind::NeedsConsent(number), message))
        }
    }
}

//! What the one-line set-ups do to the registry's last resort.

use crate::filter::RedactingFilter;
use crate::formatter::{Colors, Formatter};
use crate::handler::MadeBy;
use crate::registry::Registry;

/// The level and the logger, which the message alone does not say.
const FORMAT: &str = "%(levelname)s %(name)s: %(message)s";

/// Gives the last resort a format that names level and logger, and removes known credentials there where `redact` asks for it.
///
/// Only the one that the registry was made with, and only where it has no formatter yet: what the program chose stays.
pub(super) fn name_loggers(registry: &Registry, redact: bool) {
    let first = registry.last_resort();
    let Some(handler) = first.filter(|handler| handler.made_by() == Some(MadeBy::LastResort))
    else {
        return;
    };
    if !handler.has_formatter() {
        let formatter = Formatter::preset(FORMAT).colors(Colors::default());
        handler.set_formatter(formatter.build_preset());
    }
    if redact {
        handler.add_filter(RedactingFilter::shared_preset());
    }
}

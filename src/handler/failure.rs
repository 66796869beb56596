//! Failures of handlers, and the report of them on standard error.

use std::fmt::{self, Write};

use crate::context::RegistryContext;
use crate::error::{Chain, Error, ErrorKind};
use crate::handler::handler_id::HandlerId;
use crate::level::Level;
use crate::record::Record;
use crate::sys::throttle::{INTERVAL, Throttle};
use crate::sys::user_code;

/// The logger of reports on lost records, to handlers that did not lose them.
const LOGGER: &str = "logging.errors";

/// The name in notices that a handler itself writes about what it lost.
pub(super) const NOTICES: &str = "logtree";

/// Why records were lost.
#[derive(Debug)]
pub(super) struct Failure<'f> {
    pub(super) error: &'f Error,
    /// The record; where buffered records are lost, one that stands for them.
    pub(super) record: &'f Record<'f>,
    pub(super) loss: Loss,
}

/// How many records a failure has cost.
#[derive(Clone, Copy, Debug)]
pub(super) enum Loss {
    /// The one at hand.
    Record,
    /// So many that were taken before; 0 where the sink keeps them.
    Buffered(u64),
    /// None: the sink keeps them, and tries again by itself.
    #[cfg(feature = "delivery")]
    Retried,
}

impl Loss {
    /// Reports whether a flush fails for it, also if all has gone well since.
    pub(super) fn is_lasting(self) -> bool {
        matches!(self, Self::Record | Self::Buffered(_))
    }

    pub(super) fn records(self) -> u64 {
        match self {
            Self::Record => 1,
            Self::Buffered(records) => records,
            #[cfg(feature = "delivery")]
            Self::Retried => 0,
        }
    }
}

/// The default for failures: one line for each kind of error, then none for a while. It goes to
/// standard error, and to the handlers of the logger [`LOGGER`] that do not lead to the one that
/// failed.
///
/// Like Python's, it shows neither message nor values: they may hold secrets, and standard error
/// may have other readers than the log.
#[derive(Debug, Default)]
pub(super) struct Reports(Throttle<ErrorKind>);

impl Reports {
    pub(super) fn report(
        &self,
        (id, handler): (HandlerId, &dyn fmt::Debug),
        failure: &Failure<'_>,
        environment: &RegistryContext,
    ) {
        if !environment.diagnostics.is_enabled() {
            return;
        }
        let Some(suppressed) = self.0.due(failure.error.kind(), INTERVAL) else {
            return;
        };
        let record = failure.record;
        let what = match failure.loss {
            Loss::Record => {
                let (name, level) = (record.name(), record.level_name().to_string());
                let article = if level.starts_with(['A', 'E', 'I', 'O', 'U']) {
                    "an"
                } else {
                    "a"
                };
                format!(
                    "dropped {article} {} record of \"{}\"",
                    Shown(&level),
                    Shown(name)
                )
            }
            Loss::Buffered(0) => "failed, and keeps its records".to_owned(),
            #[cfg(feature = "delivery")]
            Loss::Retried => "failed, and tries again".to_owned(),
            Loss::Buffered(1) => "dropped 1 buffered record".to_owned(),
            Loss::Buffered(lost) => format!("dropped {lost} buffered records"),
        };
        // The cause of an error may be the user's type.
        let error = user_code::display(&Chain::one_line(failure.error));
        let text = format!("{handler:?} {what}: {}{suppressed}", Shown(&error));
        environment
            .diagnostics
            .line(format_args!("logtree: {text}"));
        environment.log_report(LOGGER, Level::ERROR, &text, Some(id.number()));
    }
}

/// Shows a string with its control characters escaped, and its quotes as they are.
struct Shown<'t>(&'t str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '"' | '\'' | '\\' => f.write_char(character)?,
                _ => write!(f, "{}", character.escape_debug())?,
            }
        }
        Ok(())
    }
}

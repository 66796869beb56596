//! What a control refuses: [`Limits`].

use crate::control::state::State;
use crate::error::{Error, ErrorKind};
use crate::level::Level;

/// The limits of one control.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    pub(super) max_targets: usize,
    pub(super) strict_aws: bool,
    /// Whether loggers of secrets stay at `INFO`.
    pub(super) keeps_secrets: bool,
    /// The level at which changes are logged.
    pub(super) log_level: Level,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_targets: 10_000,
            strict_aws: false,
            keeps_secrets: false,
            log_level: Level::INFO,
        }
    }
}

impl Limits {
    pub(super) fn require_options(&self, state: &State) -> Result<(), Error> {
        if self.strict_aws && !state.configured {
            let message = "logging options were never set";
            return Err(Error::new(ErrorKind::NotConfigured, message));
        }
        Ok(())
    }
}

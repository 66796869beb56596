//! What holds for everything.

use crate::level::Level;

/// The default level and the switch for everything; what is `None` is not changed.
///
/// # AWS IoT
/// The input of `SetV2LoggingOptions`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggingOptions {
    /// The root's level.
    pub default_level: Option<Level>,
    /// Whether nothing is logged; the levels stay.
    pub disable_all: Option<bool>,
    /// The role that delivers to `CloudWatch`; kept for who asks, and used by nobody here.
    pub role: Option<String>,
}

impl LoggingOptions {
    /// The same with a default level.
    #[must_use]
    pub fn with_default_level(mut self, level: impl Into<Level>) -> Self {
        self.default_level = Some(level.into());
        self
    }

    /// The same with everything silenced, or not.
    #[must_use]
    pub fn with_disable_all(mut self, disable: bool) -> Self {
        self.disable_all = Some(disable);
        self
    }

    /// The same with a role.
    #[must_use]
    pub fn with_role(mut self, role: impl Into<String>) -> Self {
        self.role = Some(role.into());
        self
    }
}

//! Settings of all logging: [`LoggingOptions`].

use crate::level::Level;

/// The default level, and whether all logging is disabled. `None` leaves a setting unchanged.
///
/// # AWS IoT
/// The input of `SetV2LoggingOptions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LoggingOptions {
    /// The root's level.
    pub default_level: Option<Level>,
    /// Whether all logging is disabled; the levels stay.
    pub disable_all: Option<bool>,
    /// The role that delivers to `CloudWatch`: stored for compatibility, otherwise unused.
    pub role: Option<String>,
}

impl LoggingOptions {
    /// Sets the default level.
    #[must_use]
    pub fn with_default_level(mut self, level: impl Into<Level>) -> Self {
        self.default_level = Some(level.into());
        self
    }

    /// Sets whether all logging is disabled.
    #[must_use]
    pub fn with_disable_all(mut self, disable: bool) -> Self {
        self.disable_all = Some(disable);
        self
    }

    /// Sets the role.
    #[must_use]
    pub fn with_role(mut self, role: impl Into<String>) -> Self {
        self.role = Some(role.into());
        self
    }
}

//! The types of targets: [`TargetType`].

use std::fmt;
use std::str::FromStr;

use crate::control::error_codes::invalid;
use crate::error::Error;
use crate::text::serialize::serialize_as_text;

/// The type of a [`LevelTarget`](super::LevelTarget), from the weakest to the strongest; see
/// [`Control`](super::Control).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TargetType {
    /// The default level, which is the root's.
    Default,
    /// Records with an event type.
    EventType,
    /// A logger and its descendants.
    Logger,
    /// Records with a source address.
    SourceIp,
    /// Records with a principal.
    PrincipalId,
    /// Records with a client.
    ClientId,
}

serialize_as_text!(TargetType);

impl TargetType {
    /// All types.
    pub const ALL: [Self; 6] = [
        Self::Default,
        Self::EventType,
        Self::Logger,
        Self::SourceIp,
        Self::PrincipalId,
        Self::ClientId,
    ];

    /// Returns AWS's name: `THING_GROUP` for a logger.
    #[must_use]
    pub fn aws_name(self) -> &'static str {
        match self {
            Self::Default => "DEFAULT",
            Self::EventType => "EVENT_TYPE",
            Self::Logger => "THING_GROUP",
            Self::SourceIp => "SOURCE_IP",
            Self::PrincipalId => "PRINCIPAL_ID",
            Self::ClientId => "CLIENT_ID",
        }
    }

    /// Returns the keys whose values name such a target.
    pub(super) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Default | Self::Logger => &[],
            Self::EventType => &["eventType", "event_type"],
            Self::SourceIp => &["sourceIp", "source_ip"],
            Self::PrincipalId => &["principalId", "principal_id"],
            Self::ClientId => &["clientId", "client_id"],
        }
    }
}

impl fmt::Display for TargetType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.aws_name())
    }
}

impl FromStr for TargetType {
    type Err = Error;

    /// Accepts AWS's names in any case, and `LOGGER`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL
            .into_iter()
            .find(|kind| kind.aws_name().eq_ignore_ascii_case(text));
        let logger = text.eq_ignore_ascii_case("LOGGER").then_some(Self::Logger);
        found.or(logger).ok_or_else(|| {
            let names = Self::ALL.map(Self::aws_name).join(", ");
            invalid(format!(
                "unknown target type {text:?}: expected one of {names}"
            ))
        })
    }
}

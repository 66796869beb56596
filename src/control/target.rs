//! What a level is set for.

use std::fmt;
use std::str::FromStr;

use crate::control::error::ControlError;
use crate::name::{self, Name};

/// What kind of thing a level is set for, by AWS's names; in the order of what [decides](super::Control).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TargetType {
    /// Everything: the root.
    Default,
    /// Records of an event type.
    EventType,
    /// A logger and all below it.
    Logger,
    /// Records from an address.
    SourceIp,
    /// Records of a principal.
    PrincipalId,
    /// Records of a client.
    ClientId,
}

impl TargetType {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Default,
        Self::EventType,
        Self::Logger,
        Self::SourceIp,
        Self::PrincipalId,
        Self::ClientId,
    ];

    /// AWS's name: `THING_GROUP` for a logger.
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

    /// The keys whose values name such a target.
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
    type Err = ControlError;

    /// Reads AWS's names in any case, and `LOGGER`.
    fn from_str(text: &str) -> Result<Self, ControlError> {
        let found = Self::ALL
            .into_iter()
            .find(|kind| kind.aws_name().eq_ignore_ascii_case(text));
        let logger = text.eq_ignore_ascii_case("LOGGER").then_some(Self::Logger);
        found.or(logger).ok_or_else(|| {
            let names = Self::ALL.map(Self::aws_name).join(", ");
            ControlError::invalid(format!(
                "unknown type of target {text:?}: expected one of {names}"
            ))
        })
    }
}

/// What a level is set for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    kind: TargetType,
    name: String,
}

impl Target {
    /// A target of a type; for the default the name is empty.
    #[must_use]
    pub fn new(kind: TargetType, name: impl Into<String>) -> Self {
        let name = name.into();
        // The root is the default, however it is called, and a name has one spelling.
        match kind {
            TargetType::Logger if name::is_root(&name) => Self::default_level(),
            TargetType::Default => Self::default_level(),
            TargetType::Logger => Self {
                kind,
                name: name::dotted(&name).into_owned(),
            },
            _ => Self { kind, name },
        }
    }

    /// Everything that has no level of its own.
    #[must_use]
    pub fn default_level() -> Self {
        Self {
            kind: TargetType::Default,
            name: String::new(),
        }
    }

    /// A logger and all below it; `""` and `"root"` are the default.
    #[must_use]
    pub fn logger(name: impl Into<String>) -> Self {
        Self::new(TargetType::Logger, name)
    }

    /// Records with this `clientId`.
    #[must_use]
    pub fn client_id(id: impl Into<String>) -> Self {
        Self::new(TargetType::ClientId, id)
    }

    /// Records with this `sourceIp`.
    #[must_use]
    pub fn source_ip(address: impl Into<String>) -> Self {
        Self::new(TargetType::SourceIp, address)
    }

    /// Records with this `principalId`.
    #[must_use]
    pub fn principal_id(id: impl Into<String>) -> Self {
        Self::new(TargetType::PrincipalId, id)
    }

    /// Records with this `eventType`.
    #[must_use]
    pub fn event_type(name: impl Into<String>) -> Self {
        Self::new(TargetType::EventType, name)
    }

    /// Its type.
    #[must_use]
    pub fn target_type(&self) -> TargetType {
        self.kind
    }

    /// Its name; empty for the default.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is one that can be: AWS allows fewer names than loggers may have.
    pub(super) fn check(&self, strict_aws: bool) -> Result<(), ControlError> {
        if self.kind == TargetType::Default {
            return Ok(());
        }
        let what = format!("{} target", self.kind);
        check_name(&what, &self.name, strict_aws)?;
        let segments = self.name.split('.');
        if self.kind == TargetType::Logger && segments.count() > Name::MAX_SEGMENTS {
            return Err(ControlError::invalid(format!(
                "invalid name of a {what}: expected at most {} segments",
                Name::MAX_SEGMENTS
            )));
        }
        Ok(())
    }

    /// Whether a level can be set for it: as [`check`](Self::check), and a logger's name has no empty segment. Code can give
    /// loggers such names, and their levels can be taken away; who types one at a console has mistyped.
    pub(super) fn check_new(&self, strict_aws: bool) -> Result<(), ControlError> {
        self.check(strict_aws)?;
        if self.kind == TargetType::Logger && self.name.split('.').any(str::is_empty) {
            return Err(ControlError::invalid(format!(
                "invalid name of a {} target: expected segments between dots, found an empty one in {:?}",
                self.kind, self.name
            )));
        }
        Ok(())
    }
}

/// Whether something can have this name.
pub(super) fn check_name(what: &str, name: &str, strict_aws: bool) -> Result<(), ControlError> {
    // In characters, which take four bytes at most: a logger's name of them is within its limit.
    const LONGEST: usize = Name::MAX_LEN / 4;
    const LONGEST_AWS: usize = 128;
    let refused = |why: String| {
        Err(ControlError::invalid(format!(
            "invalid name of a {what}: {why}"
        )))
    };
    if name.is_empty() {
        return refused("it is empty".to_owned());
    }
    let most = if strict_aws { LONGEST_AWS } else { LONGEST };
    let length = name.chars().count();
    if length > most {
        return refused(format!(
            "expected at most {most} characters, found {length}"
        ));
    }
    let is_allowed = |c: char| match strict_aws {
        true => c.is_ascii_alphanumeric() || ".:_-".contains(c) || c == ' ',
        false => !c.is_control(),
    };
    match name.chars().find(|c| !is_allowed(*c)) {
        Some(wrong) => refused(format!("the character {wrong:?} is not allowed")),
        None => Ok(()),
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TargetType::Default => write!(f, "{}", self.kind),
            _ => write!(f, "{} {}", self.kind, self.name.escape_debug()),
        }
    }
}

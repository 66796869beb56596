//! What a level is set for: [`LevelTarget`].

use std::fmt;

use crate::control::error_codes::invalid;
use crate::control::target_type::TargetType;
use crate::error::Error;
use crate::name::{self, Name};

/// What a level is set for: a logger and its descendants, or records with some value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(from = "Fields")
)]
pub struct LevelTarget {
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    kind: TargetType,
    name: String,
}

/// What is read in place of a target, which is made the way that it normalizes names.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Fields {
    #[serde(rename = "type")]
    kind: TargetType,
    #[serde(default)]
    name: String,
}

#[cfg(feature = "serde")]
impl From<Fields> for LevelTarget {
    fn from(fields: Fields) -> Self {
        Self::new(fields.kind, fields.name)
    }
}

impl LevelTarget {
    /// A target of a type. The name of the default is empty.
    #[must_use]
    pub fn new(kind: TargetType, name: impl Into<String>) -> Self {
        let name = name.into();
        // The root is the default, whatever its name, and names are normalized.
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

    /// The default level, which applies to everything without a level of its own.
    #[must_use]
    pub fn default_level() -> Self {
        Self {
            kind: TargetType::Default,
            name: String::new(),
        }
    }

    /// A logger and its descendants; `""` and `"root"` are the default level.
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

    /// Returns the type.
    #[must_use]
    pub fn target_type(&self) -> TargetType {
        self.kind
    }

    /// Returns the name; empty for the default level.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Checks the name. AWS allows fewer names than loggers can have.
    pub(super) fn check(&self, strict_aws: bool) -> Result<(), Error> {
        if self.kind == TargetType::Default {
            return Ok(());
        }
        let what = format!("{} target", self.kind);
        check_name(&what, &self.name, strict_aws)?;
        let segments = self.name.split('.');
        if self.kind == TargetType::Logger && segments.count() > Name::MAX_SEGMENTS {
            return Err(invalid(format!(
                "invalid name of a {what}: expected at most {} segments",
                Name::MAX_SEGMENTS
            )));
        }
        Ok(())
    }

    /// Checks the name for a new level: besides [`check`](Self::check), a logger's name must not
    /// have an empty segment. Code can create such loggers, and their levels can be cleared; typed
    /// at a console, it is a typo.
    pub(super) fn check_new(&self, strict_aws: bool) -> Result<(), Error> {
        self.check(strict_aws)?;
        if self.kind == TargetType::Logger && self.name.split('.').any(str::is_empty) {
            return Err(invalid(format!(
                "invalid name of a {} target: expected no empty segment, found {:?}",
                self.kind, self.name
            )));
        }
        Ok(())
    }
}

/// Checks a name.
pub(super) fn check_name(what: &str, name: &str, strict_aws: bool) -> Result<(), Error> {
    // In characters, which take at most four bytes: within the limit of a logger's name.
    const LONGEST: usize = Name::MAX_LEN / 4;
    const LONGEST_AWS: usize = 128;
    let refused = |why: String| Err(invalid(format!("invalid name of a {what}: {why}")));
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

impl fmt::Display for LevelTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TargetType::Default => write!(f, "{}", self.kind),
            _ => write!(f, "{} {}", self.kind, self.name.escape_debug()),
        }
    }
}

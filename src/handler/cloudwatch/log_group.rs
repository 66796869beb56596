//! A group that is created when it is missing: [`LogGroup`].

/// A log group, with what it has from its creation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogGroup {
    /// Its name.
    pub name: String,
    /// Its class; the service's default is [`Standard`](LogGroupClass::Standard).
    pub class: Option<LogGroupClass>,
    /// Its tags, names and values.
    pub tags: Vec<(String, String)>,
}

impl LogGroup {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            class: None,
            tags: Vec::new(),
        }
    }
}

/// The class of a log group: what it can do, and what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogGroupClass {
    /// `STANDARD`: all features.
    Standard,
    /// `INFREQUENT_ACCESS`: cheaper, without metric filters, live tail and others.
    InfrequentAccess,
}

impl LogGroupClass {
    /// Returns the name by which the service knows it, such as `INFREQUENT_ACCESS`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::InfrequentAccess => "INFREQUENT_ACCESS",
        }
    }
}

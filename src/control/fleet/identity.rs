//! Which instance this is: [`Identity`].

use crate::control::fleet::labels::Labels;
use crate::sys::host::process_id;
use crate::sys::host_name::host_name;

/// Which instance of which service this process is.
///
/// # Examples
/// ```
/// use logtree::control::fleet::Identity;
///
/// let identity = Identity::new("payments").version("1.4.2").zone("eu-1a");
/// assert_eq!(identity.labels().zone.as_deref(), Some("eu-1a"));
/// assert!(identity.labels().instance.ends_with(&std::process::id().to_string()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Identity {
    service: String,
    instance: Option<String>,
    version: Option<String>,
    zone: Option<String>,
    pub(super) allow_sensitive: bool,
}

impl Identity {
    /// Returns the identity of an instance of a service.
    pub fn new(service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            instance: None,
            version: None,
            zone: None,
            allow_sensitive: false,
        }
    }

    /// Sets the name of the instance, unique in its service. Default: the name of the machine and
    /// the number of the process.
    pub fn instance(mut self, name: impl Into<String>) -> Self {
        self.instance = Some(name.into());
        self
    }

    /// Sets the version of the program.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Sets where the instance runs.
    pub fn zone(mut self, zone: impl Into<String>) -> Self {
        self.zone = Some(zone.into());
        self
    }

    /// Sets whether the fleet may set loggers that log secrets, such as `…request` and `wire`, to
    /// levels below `INFO`. Default: `false`; such a setting is refused, and reported so.
    pub fn allow_sensitive(mut self, allow: bool) -> Self {
        self.allow_sensitive = allow;
        self
    }

    pub(super) fn service(&self) -> &str {
        &self.service
    }

    /// Returns the labels of the instance.
    #[must_use]
    pub fn labels(&self) -> Labels {
        let default = || format!("{}-{}", host_name(), process_id());
        let instance = self.instance.clone().unwrap_or_else(default);
        let mut labels = Labels::new(&self.service, &instance);
        labels.version.clone_from(&self.version);
        labels.zone.clone_from(&self.zone);
        labels
    }
}

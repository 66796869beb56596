//! The instances that a setting is for: [`Selector`].

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::control::error_codes::invalid;
use crate::control::fleet::labels::Labels;
use crate::control::fleet::percent;
use crate::error::Error;

/// The longest value of a label, in bytes.
const LONGEST: usize = 256;

/// The instances that a setting is for: all of a service, or those with certain labels.
///
/// Of several settings of a target, the one with the greatest sum of weights applies:
///
/// | label | selects | weight |
/// |---|---|---|
/// | `instance` | one instance | 8 |
/// | `version` | the instances of a version | 4 |
/// | `zone` | the instances in a zone | 2 |
/// | `share` | 1 to 100 percent of the instances, always the same ones | 1 |
///
/// It prints and parses as in keys: `all`, or labels sorted by name, `version=1.4.2,zone=eu-1a`. A
/// label that this version does not know matches no instance.
///
/// # Examples
/// ```
/// use logtree::control::fleet::{Labels, Selector};
///
/// let selector = Selector::all().with_zone("eu-1a").with_version("1.4.2");
/// assert_eq!(selector.to_string(), "version=1.4.2,zone=eu-1a");
/// assert_eq!(selector.weight(), 6);
/// let labels = Labels::new("payments", "pay-7f9c").with_zone("eu-1a");
/// assert!(!selector.matches(&labels));
/// assert!(Selector::all().matches(&labels));
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector(BTreeMap<String, String>);

impl Selector {
    /// Selects all instances.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Selects the instance of a name.
    #[must_use]
    pub fn with_instance(self, name: impl Into<String>) -> Self {
        self.with("instance", name.into())
    }

    /// Selects the instances of a version.
    #[must_use]
    pub fn with_version(self, version: impl Into<String>) -> Self {
        self.with("version", version.into())
    }

    /// Selects the instances in a zone.
    #[must_use]
    pub fn with_zone(self, zone: impl Into<String>) -> Self {
        self.with("zone", zone.into())
    }

    /// Selects 1 to 100 percent of the instances. Those of a smaller share are among those of a
    /// larger one.
    #[must_use]
    pub fn with_share(self, percent: u8) -> Self {
        self.with("share", percent.to_string())
    }

    fn with(mut self, label: &str, value: String) -> Self {
        self.0.insert(label.to_owned(), value);
        self
    }

    /// Returns the sum of the weights of the labels.
    #[must_use]
    pub fn weight(&self) -> u8 {
        let weights = self.0.keys().map(|label| match &**label {
            "instance" => 8,
            "version" => 4,
            "zone" => 2,
            "share" => 1,
            _ => 0,
        });
        weights.sum()
    }

    /// Reports whether an instance with these labels is selected.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        self.0.iter().all(|(label, value)| match &**label {
            "instance" => *value == labels.instance,
            "version" => Some(value) == labels.version.as_ref(),
            "zone" => Some(value) == labels.zone.as_ref(),
            "share" => self.share().is_some_and(|share| labels.share < share),
            _ => false,
        })
    }

    /// Returns the share in percent; `None` without one.
    #[must_use]
    pub fn share(&self) -> Option<u8> {
        self.0.get("share")?.parse().ok()
    }

    /// Refuses what selects no instance.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for an unknown label, an
    /// empty or long value, or a share that is not from 1 to 100.
    pub fn check(&self) -> Result<(), Error> {
        for (label, value) in &self.0 {
            if !["instance", "version", "zone", "share"].contains(&&**label) {
                let message = format!(
                    "unknown label {label:?} of a selector: expected instance, version, zone or \
                     share"
                );
                return Err(invalid(message));
            }
            if value.is_empty() || value.len() > LONGEST {
                let message = format!(
                    "invalid label {label} of a selector: expected 1 to {LONGEST} bytes, found {}",
                    value.len()
                );
                return Err(invalid(message));
            }
        }
        match self.0.get("share") {
            // Another form of the number would be another key.
            Some(text) if !(1..=100).any(|percent: u8| percent.to_string() == *text) => {
                let message = format!(
                    "invalid share of a selector: expected 1 to 100 percent, found {text:?}"
                );
                Err(invalid(message))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("all");
        }
        for (number, (label, value)) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            write!(
                f,
                "{comma}{}={}",
                percent::encode(label),
                percent::encode(value)
            )?;
        }
        Ok(())
    }
}

/// Labels in any order are accepted. Unknown ones are kept: they match no instance.
impl FromStr for Selector {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "all" {
            return Ok(Self::all());
        }
        let mut labels = BTreeMap::new();
        for pair in text.split(',') {
            let (label, value) = pair.split_once('=').unwrap_or_default();
            let decoded = percent::decode(label).zip(percent::decode(value));
            let fresh = decoded.filter(|(label, _)| !label.is_empty());
            let is_new = fresh.is_some_and(|(label, value)| labels.insert(label, value).is_none());
            if !is_new {
                let message = format!(
                    "invalid selector {text:?}: expected \"all\", or labels such as \
                     zone=eu-1a,share=10"
                );
                return Err(invalid(message));
            }
        }
        Ok(Self(labels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_prints_as_it_parses() {
        for text in ["all", "share=10", "instance=a%2Cb,version=1.4.2,zone=eu-1a"] {
            let selector: Selector = text.parse().unwrap();
            assert_eq!(selector.to_string(), text);
            selector.check().unwrap();
        }
        for wrong in ["", "zone", "zone=a,zone=b", "=a", "zone=a,", "zone=%4"] {
            assert!(wrong.parse::<Selector>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_it_does_not_know_matches_nothing() {
        let mut labels = Labels::new("s", "i").with_zone("z");
        labels.share = 9;
        let matches = |text: &str| text.parse::<Selector>().unwrap().matches(&labels);
        assert!(matches("all") && matches("zone=z") && matches("instance=i,share=10"));
        assert!(!matches("share=9") && !matches("version=1"));
        for wrong in [
            "rack=7",
            "share=many",
            "share=0",
            "share=01",
            "share=101",
            "zone=",
        ] {
            let selector: Selector = wrong.parse().unwrap();
            assert!(selector.check().is_err(), "{wrong}");
        }
        assert!(!matches("rack=7,zone=z") && !matches("share=many"));
    }
}

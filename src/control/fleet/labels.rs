//! What distinguishes an instance: [`Labels`].

/// The labels of one instance, which a [`Selector`](super::Selector) looks at.
///
/// # Examples
/// ```
/// use logtree::control::fleet::Labels;
///
/// let labels = Labels::new("payments", "pay-7f9c").with_zone("eu-1a");
/// assert!(labels.share < 100);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Labels {
    /// The name of the instance, unique in its service.
    pub instance: String,
    /// The version of the program.
    pub version: Option<String>,
    /// Where the instance runs.
    pub zone: Option<String>,
    /// A number from 0 to 99 that stays the same for an instance: `share=10` selects those below
    /// 10.
    pub share: u8,
}

impl Labels {
    /// Returns the labels of an instance of a service, without version and zone.
    #[must_use]
    pub fn new(service: &str, instance: &str) -> Self {
        Self {
            instance: instance.to_owned(),
            share: share(service, instance),
            ..Self::default()
        }
    }

    /// Sets the version.
    #[must_use]
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Sets the zone.
    #[must_use]
    pub fn with_zone(mut self, zone: impl Into<String>) -> Self {
        self.zone = Some(zone.into());
        self
    }
}

/// FNV-1a of the service, a slash and the instance, modulo 100.
fn share(service: &str, instance: &str) -> u8 {
    let bytes = service.bytes().chain([b'/']).chain(instance.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    u8::try_from(hash % 100).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers are in use: they never change.
    #[test]
    fn shares_are_even_and_stay() {
        assert_eq!(share("payments", "pay-7f9c"), 23);
        let mut counts = [0; 10];
        for number in 0..10_000 {
            counts[usize::from(share("shop", &format!("shop-{number}")) / 10)] += 1;
        }
        assert!(
            counts.iter().all(|count| (800..1_200).contains(count)),
            "{counts:?}"
        );
    }
}

//! A filter by logger name.

use crate::filter::filter::Filter;
use crate::name::{covers, dotted};
use crate::record::Record;

/// Passes the records of a logger and of its descendants; the empty name passes all.
///
/// # Python
/// `logging.Filter(name)`. The name `root` passes only records logged on the root itself.
///
/// # Examples
/// ```
/// use logtree::Record;
/// use logtree::filter::{Filter, NameFilter};
///
/// let filter = NameFilter::new("botocore.client");
/// let passes = |name| filter.filter(&mut Record::builder().name(name).build());
/// assert!(passes("botocore.client") && passes("botocore.client.S3"));
/// assert!(!passes("botocore.clients"));
/// ```
#[derive(Clone, Debug)]
pub struct NameFilter {
    name: Box<str>,
}

impl NameFilter {
    /// Returns a filter for a logger's name, in which `::` stands for a dot.
    #[must_use]
    pub fn new(name: impl AsRef<str>) -> Self {
        Self {
            name: dotted(name.as_ref()).into(),
        }
    }
}

impl Filter for NameFilter {
    fn filter(&self, record: &mut Record<'_>) -> bool {
        covers(&self.name, record.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_segments() {
        let passed = |filter: &str| {
            let filter = NameFilter::new(filter);
            ["A.B", "A.B.C", "A.BB", "B.A.B", "A", "A.B.", "a.b"]
                .map(|name| filter.filter(&mut Record::builder().name(name).build()))
        };
        assert_eq!(
            passed("A.B"),
            [true, true, false, false, false, true, false]
        );
        assert_eq!(
            passed("A::B"),
            [true, true, false, false, false, true, false]
        );
        assert_eq!(passed(""), [true; 7]);
    }
}

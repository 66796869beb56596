//! Filters by name and by level.

use std::ops::Bound;

use super::Kinds;
use crate::{Level, LevelRange, NameFilter, SharedFilter};

pub(super) fn add(kinds: &mut Kinds) {
    kinds.add_filter(&["logging.Filter", "name"], |arguments| {
        let name: String = arguments.optional("name").unwrap_or_default();
        move || Ok(SharedFilter::from(NameFilter::new(name)))
    });
    kinds.add_filter(&["level_range"], |arguments| {
        let end = |level: Option<Level>| level.map_or(Bound::Unbounded, Bound::Included);
        let range = (
            end(arguments.optional("min")),
            end(arguments.optional("max")),
        );
        move || Ok(SharedFilter::from(LevelRange::new(range)))
    });
}

//! Filters by name and by level.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::config::factories::limit;
use crate::config::factories::table::Table;
use crate::filter::{EditingFilter, LevelRange, NameFilter, RedactingFilter, SharedFilter};
use crate::level::Level;

pub(super) fn add(table: &mut Table<SharedFilter>) {
    table.add(&["logging.Filter", "name"], |arguments| {
        let name: String = arguments.optional("name").unwrap_or_default();
        move || Ok(SharedFilter::from(NameFilter::new(name)))
    });
    table.add(&["level_range"], |arguments| {
        let end = |level: Option<Level>| level.map_or(Bound::Unbounded, Bound::Included);
        let range = (
            end(arguments.optional("min")),
            end(arguments.optional("max")),
        );
        move || Ok(SharedFilter::from(LevelRange::new(range)))
    });
    table.add(&["logtree.EditingFilter", "edit"], |arguments| {
        let without_error = arguments.optional("without_error").unwrap_or(false);
        let without_stack = arguments.optional("without_stack").unwrap_or(false);
        let removed: Vec<String> = arguments.optional("remove").unwrap_or_default();
        let renamed: BTreeMap<String, String> = arguments.optional("rename").unwrap_or_default();
        let mut filter = EditingFilter::new()
            .without_error(without_error)
            .without_stack(without_stack);
        filter = removed.into_iter().fold(filter, EditingFilter::remove);
        filter = renamed
            .into_iter()
            .fold(filter, |filter, (key, to)| filter.rename(key, to));
        move || Ok(SharedFilter::from(filter))
    });
    limit::add(table);
    table.add(&["redact"], |arguments| {
        let mut filter = RedactingFilter::credentials();
        for name in arguments
            .optional::<Vec<String>>("names")
            .unwrap_or_default()
        {
            filter = filter.with_name(&name);
        }
        for name in arguments
            .optional::<Vec<String>>("except")
            .unwrap_or_default()
        {
            filter = filter.without_name(&name);
        }
        if arguments.optional("personal_data").unwrap_or(false) {
            filter = filter.with_personal_data();
        }
        if !arguments.optional("vendor_tokens").unwrap_or(true) {
            filter = filter.without_vendor_tokens();
        }
        move || Ok(SharedFilter::from(filter))
    });
}

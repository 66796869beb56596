//! Filters that limit how many records pass.

use std::time::Duration;

use crate::config::arguments::Arguments;
use crate::config::factories::table::Table;
use crate::filter::{Key, RateLimitFilter, SharedFilter};

pub(super) fn add(table: &mut Table<SharedFilter>) {
    table.add(&["logtree.RateLimitFilter", "rate_limit"], |arguments| {
        let rate = arguments.required("rate");
        let per = arguments.optional("per").unwrap_or(Duration::from_secs(1));
        let mut filter = RateLimitFilter::new(rate, per);
        if let Some(burst) = arguments.optional("burst") {
            filter = filter.burst(burst);
        }
        if let Some(key) = key(arguments) {
            filter = filter.by(key);
        }
        if let Some(even_errors) = arguments.optional("even_errors") {
            filter = filter.even_errors(even_errors);
        }
        if let Some(quiet) = arguments.optional("summary_after") {
            filter = filter.summary_after(quiet);
        }
        move || Ok(SharedFilter::from(filter))
    });
}

/// What to count by: a choice, or the name of a key-value.
fn key(arguments: &mut Arguments<'_>) -> Option<Key> {
    let by: Option<Key> = arguments.optional("by");
    let field: Option<String> = arguments.optional("field");
    if by.is_some() && field.is_some() {
        arguments.problem("field", "`by` and `field` exclude each other");
    }
    by.or(field.map(Key::Field))
}

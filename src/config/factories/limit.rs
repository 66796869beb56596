//! Filters that limit how many records pass.

use std::time::Duration;

use crate::config::arguments::Arguments;
use crate::config::factories::table::Table;
use crate::filter::{DedupFilter, Key, RateLimitFilter, SampleFilter, SharedFilter};

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
    table.add(&["logtree.SampleFilter", "sample"], |arguments| {
        let mut filter = sample(arguments);
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
    table.add(&["logtree.DedupFilter", "dedup"], |arguments| {
        let mut filter = DedupFilter::new(arguments.required("window"));
        if let Some(fields) = arguments.optional("fields") {
            filter = filter.fields(fields);
        }
        if let Some(even_errors) = arguments.optional("even_errors") {
            filter = filter.even_errors(even_errors);
        }
        move || Ok(SharedFilter::from(filter))
    });
}

fn sample(arguments: &mut Arguments<'_>) -> SampleFilter {
    let first = arguments.optional("first");
    let then_every = arguments.optional("then_every").unwrap_or(0);
    let per = arguments.optional("per").unwrap_or(Duration::from_secs(1));
    let every = arguments.optional("every");
    let ratio = arguments.optional("ratio");
    let ratio_by: Option<String> = arguments.optional("ratio_by");
    match (first, every, ratio) {
        (Some(first), None, None) => SampleFilter::first_then(first, then_every, per),
        (None, Some(every), None) => SampleFilter::every(every),
        (None, None, Some(ratio)) => match ratio_by {
            None => SampleFilter::ratio(ratio),
            Some(key) => SampleFilter::ratio_by(key, ratio),
        },
        _ => {
            let text = "expected one of `first`, `every` and `ratio`";
            arguments.problem("every", text);
            SampleFilter::every(1)
        }
    }
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

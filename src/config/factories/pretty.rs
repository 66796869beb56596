//! The formatters for people who develop.

use crate::config::arguments::Arguments;
use crate::config::factories::table::Table;
use crate::formatter::{AutoFormatter, Format, PrettyFormatter};
use crate::sys::sync::Arc;

pub(super) fn add(table: &mut Table<Arc<dyn Format>>) {
    table.add(&["logtree.PrettyFormatter", "pretty"], |arguments| {
        let formatter = pretty(arguments);
        move || Ok(Arc::new(formatter) as Arc<dyn Format>)
    });
    table.add(&["logtree.AutoFormatter", "auto"], |arguments| {
        let auto: AutoFormatter = arguments.optional("elsewhere").unwrap_or_default();
        let auto = auto.pretty(pretty(arguments));
        let registry = arguments.registry().clone();
        move || {
            // A problem of the environment does not make the document invalid.
            let formatter = auto.clone().or_by_env().unwrap_or_else(|error| {
                registry.report_problem(&error.to_string());
                auto
            });
            Ok(Arc::new(formatter) as Arc<dyn Format>)
        }
    });
}

fn pretty(arguments: &mut Arguments<'_>) -> PrettyFormatter {
    let mut formatter: PrettyFormatter = arguments.optional("preset").unwrap_or_default();
    if let Some(zone) = arguments.optional("time_zone") {
        formatter = formatter.time_zone(zone);
    }
    if let Some(repeat) = arguments.optional("repeat_times") {
        formatter = formatter.repeat_times(repeat);
    }
    if let Some(short) = arguments.optional("short_levels") {
        formatter = formatter.short_levels(short);
    }
    if let Some(columns) = arguments.optional("name_width") {
        formatter = formatter.name_width(columns);
    }
    if let Some(align) = arguments.optional("align_names") {
        formatter = formatter.align_names(align);
    }
    if let Some(show) = arguments.optional("source") {
        formatter = formatter.source(show);
    }
    if let Some(columns) = arguments.optional("width") {
        formatter = formatter.width(columns);
    }
    if let Some(wrap) = arguments.optional("wrap") {
        formatter = formatter.wrap(wrap);
    }
    if let Some(ascii) = arguments.optional("ascii") {
        formatter = formatter.ascii(ascii);
    }
    formatter
}

//! `/v1/handlers`.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::Serialize;

use crate::control::endpoint::access::Access;
use crate::control::endpoint::native::ResponseResult;
use crate::control::endpoint::response;
use crate::handler::{DropReason, Handler};
use crate::registry::Registry;
use crate::sys::user_code;

#[derive(Serialize)]
struct Handlers {
    handlers: Vec<One>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct One {
    name: Option<String>,
    kind: String,
    description: String,
    level: String,
    accepted: u64,
    written: u64,
    queued: u64,
    dropped: BTreeMap<&'static str, u64>,
    /// By reason and level.
    suppressed: BTreeMap<&'static str, BTreeMap<String, u64>>,
    last_error: Option<LastError>,
}

#[derive(Serialize)]
struct LastError {
    time: String,
    message: String,
}

pub(super) fn list(access: &Access) -> ResponseResult {
    let registry = access.registry();
    let handlers = registry.handlers().into_iter();
    let handlers = Handlers {
        handlers: handlers
            .map(|handler| One::of(registry, &handler))
            .collect(),
    };
    Ok(response::json(StatusCode::OK, &handlers))
}

impl One {
    fn of(registry: &Registry, handler: &Handler) -> Self {
        let counters = handler.counters();
        // Written by the sink, which may be the user's.
        let description = user_code::text(|out| {
            use std::fmt::Write;
            write!(out, "{handler:?}")
        });
        let kind = description.trim_start_matches('<');
        let kind = kind.split([' ', '>', '(']).next().unwrap_or_default();
        let dropped = DropReason::ALL.into_iter().filter_map(|reason| {
            let lost = counters.dropped_for(reason);
            (lost > 0).then(|| (word(reason), lost))
        });
        let suppressed = DropReason::ALL.into_iter().filter_map(|reason| {
            let counts = counters.suppressed_for(reason);
            let by_level = counts.by_level();
            let by_level: BTreeMap<_, _> = by_level
                .map(|(level, count)| (registry.level_name(level), count))
                .collect();
            (!by_level.is_empty()).then(|| (word(reason), by_level))
        });
        Self {
            name: handler.name().map(|name| name.as_ref().to_owned()),
            kind: kind.to_owned(),
            level: registry.level_name(handler.level()),
            accepted: counters.accepted(),
            written: counters.written(),
            queued: counters.queued(),
            dropped: dropped.collect(),
            suppressed: suppressed.collect(),
            last_error: handler.last_error().map(|(time, message)| LastError {
                time: time.to_string(),
                message,
            }),
            description,
        }
    }
}

fn word(reason: DropReason) -> &'static str {
    match reason {
        DropReason::Format => "format",
        DropReason::Io => "io",
        DropReason::Panic => "panic",
        DropReason::Reentrant => "reentrant",
        DropReason::Full => "full",
        DropReason::Other => "other",
        DropReason::Duplicate => "duplicate",
        DropReason::RateLimited => "rateLimited",
        DropReason::Sampled => "sampled",
    }
}

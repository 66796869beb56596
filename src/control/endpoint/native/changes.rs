//! `/v1/audit` and `/v1/undo`.

use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::control::change::Change;
use crate::control::endpoint::access::Access;
use crate::control::endpoint::native::words::{target_name, type_name};
use crate::control::endpoint::native::{ResponseResult, changed, if_match};
use crate::control::endpoint::object;
use crate::control::endpoint::request::Request;
use crate::control::endpoint::response;

#[derive(Serialize)]
struct Audit {
    revision: u64,
    changes: Vec<One>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct One {
    id: u64,
    time: String,
    revision: u64,
    origin: String,
    target: Option<String>,
    #[serde(rename = "type")]
    kind: Option<&'static str>,
    old: Option<String>,
    new: Option<String>,
    until: Option<String>,
    disable_all: Option<bool>,
    group: Option<String>,
    members: Option<Vec<String>>,
    role: Option<String>,
}

/// Lists the last changes, the newest last.
pub(super) fn list(access: &Access, request: &Request) -> ResponseResult {
    let after = request.number("after", "a number")?.unwrap_or(0);
    let revision = access.control().revision();
    let name = |level| access.registry().level_name(level);
    let entries = access.shared().audit.after(after).into_iter();
    let changes = entries.map(|entry| One {
        id: entry.id,
        time: entry.time.to_string(),
        revision: entry.changed.revision,
        target: entry
            .changed
            .target
            .as_ref()
            .map(|target| target_name(target).to_owned()),
        kind: entry
            .changed
            .target
            .as_ref()
            .map(|target| type_name(target.target_type())),
        old: entry.changed.before.map(name),
        new: entry.changed.after.map(name),
        until: entry.changed.until.map(|until| until.to_string()),
        disable_all: entry.changed.disable_all,
        group: entry.changed.group.as_ref().map(|group| group.name.clone()),
        members: entry.changed.group.map(|group| group.members),
        role: entry.changed.role,
        origin: entry.changed.origin,
    });
    let audit = Audit {
        revision,
        changes: changes.collect(),
    };
    Ok(response::json(StatusCode::OK, &audit))
}

/// Undoes a change, unless something that it changed was changed again.
pub(super) fn undo(access: &Access, request: &Request) -> ResponseResult {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Undo {
        revision: u64,
    }
    let Undo { revision } = object::parse(&request.body)?;
    let expected = if_match::expected(request)?;
    let revision = access.apply(expected, vec![Change::Undo(revision)])?;
    Ok(changed(revision, Vec::new()))
}

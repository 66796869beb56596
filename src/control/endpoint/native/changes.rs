//! `/v1/audit` and `/v1/undo`.

use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::control::change::Change;
use crate::control::changed::Changed;
use crate::control::endpoint::access::Access;
use crate::control::endpoint::native::words::{target_name, type_name};
use crate::control::endpoint::native::{Answer, changed, if_match};
use crate::control::endpoint::object;
use crate::control::endpoint::request::Request;
use crate::control::endpoint::response;
use crate::control::error_codes::invalid;
use crate::control::options::LoggingOptions;
use crate::error::{Error, ErrorKind};

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
    disable_all: Option<bool>,
}

/// Lists the last changes, the newest last.
pub(super) fn list(access: &Access, request: &Request) -> Answer {
    let after = request.parameter("after")?;
    let after = after.map_or(Ok(0), |text| {
        let id: Result<u64, _> = text.parse();
        id.map_err(|_| invalid(format!("invalid id {text:?}: expected a number")))
    })?;
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
        disable_all: entry.changed.disable_all,
        origin: entry.changed.origin,
    });
    let audit = Audit {
        revision,
        changes: changes.collect(),
    };
    Ok(response::json(StatusCode::OK, &audit))
}

/// Takes a change back, unless something that it changed was changed again.
pub(super) fn undo(access: &Access, request: &Request) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Undo {
        revision: u64,
    }
    let Undo { revision } = object::parse(&request.body)?;
    // Before the levels are compared, so that none changes in between.
    let now = access.control().revision();
    let expected = if_match::expected(request)?.unwrap_or(now);
    let mut found = access.shared().audit.of_revision(revision);
    if found.is_empty() {
        return Err(invalid(format!(
            "no change of revision {revision} in the audit list"
        )));
    }
    // A batch may have changed a target once only, but its order is kept all the same.
    found.reverse();
    let changes: Result<Vec<_>, _> = found.iter().map(|changed| back(access, changed)).collect();
    let revision = access.apply(Some(expected), changes?)?;
    Ok(changed(revision, Vec::new()))
}

/// Returns the change that takes another one back.
fn back(access: &Access, changed: &Changed) -> Result<Change, Error> {
    let conflict = |what: &dyn std::fmt::Display| {
        Error::new(ErrorKind::Conflict, format!("{what} was changed again"))
    };
    if let Some(disabled) = changed.disable_all {
        if access.control().is_disabled_all() != disabled {
            return Err(conflict(&"whether all logging is disabled"));
        }
        let options = LoggingOptions::default().with_disable_all(!disabled);
        return Ok(Change::Options(options));
    }
    let Some(target) = &changed.target else {
        return Err(invalid("a change of this kind cannot be undone"));
    };
    if access.control().level(target) != changed.after {
        return Err(conflict(target));
    }
    Ok(match changed.before {
        Some(level) => Change::Level(target.clone(), level),
        None => Change::Clear(target.clone()),
    })
}

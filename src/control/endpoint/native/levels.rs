//! `/v1/levels`.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::control::change::Change;
use crate::control::endpoint::access::Access;
use crate::control::endpoint::level_words::LevelWord;
use crate::control::endpoint::native::words::{target_name, time, type_name};
use crate::control::endpoint::native::{ResponseResult, at_revision, changed, if_match};
use crate::control::endpoint::object::{self, Object};
use crate::control::endpoint::paging;
use crate::control::endpoint::request::Request;
use crate::control::error_codes::invalid;
use crate::control::target::LevelTarget;
use crate::control::target_type::TargetType;
use crate::error::Error;
use crate::level::Level;
use crate::name::is_root;

pub(super) fn list(access: &Access, request: &Request) -> ResponseResult {
    #[derive(Serialize)]
    struct Levels {
        revision: u64,
        levels: Vec<OfTarget>,
        next: Option<String>,
    }
    #[derive(Serialize)]
    struct OfTarget {
        target: String,
        #[serde(rename = "type")]
        kind: &'static str,
        level: String,
        until: Option<String>,
        origin: Option<String>,
        layer: String,
    }
    let only = request.parameter("type")?;
    let only = only.map(|text| text.parse()).transpose()?;
    let page = paging::requested(request, "size", "page")?;
    let revision = access.control().revision();
    let listing = access.control().list(only, page)?;
    let levels = listing.overrides.into_iter().map(|one| OfTarget {
        target: target_name(&one.target).to_owned(),
        kind: type_name(one.target.target_type()),
        level: access.registry().level_name(one.level),
        until: one.until.map(|until| until.to_string()),
        origin: one.origin,
        layer: one.layer.to_string(),
    });
    let levels = Levels {
        revision,
        levels: levels.collect(),
        next: listing.next.as_ref().map(paging::text),
    };
    Ok(at_revision(revision, &levels))
}

/// Changes the levels of several targets as one.
pub(super) fn change(access: &Access, request: &Request) -> ResponseResult {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Changes {
        changes: Vec<Box<RawValue>>,
    }
    let expected = if_match::expected(request)?;
    require_only(request, "dryRun")?;
    let is_dry = request.flag("dryRun")?;
    let given: Changes = object::parse(&request.body)?;
    let changes = parse(access, given.changes)?;
    if is_dry {
        return plan(access, expected, changes);
    }
    let targets: Vec<_> = changes.iter().filter_map(set_target).cloned().collect();
    let revision = access.apply(expected, changes)?;
    let warnings = targets
        .iter()
        .filter_map(|target| access.control().warning(target));
    Ok(changed(revision, warnings.collect()))
}

/// Returns changes, which are read one by one, to name the one that is wrong.
pub(super) fn parse(access: &Access, given: Vec<Box<RawValue>>) -> Result<Vec<Change>, Error> {
    parse_by(given, |text| one(access, text).map(|change| vec![change]))
}

/// Returns changes that are read by a function, one or more of each value.
pub(super) fn parse_by(
    given: Vec<Box<RawValue>>,
    read: impl Fn(&str) -> Result<Vec<Change>, Error>,
) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::new();
    for (number, value) in given.into_iter().enumerate() {
        let read = read(value.get());
        changes.extend(read.map_err(|why| invalid(format!("changes[{number}]: {why}")))?);
    }
    Ok(changes)
}

/// Refuses every parameter but one: misspelt, it would make a change that was only to be tried, or
/// a larger one.
pub(super) fn require_only(request: &Request, name: &str) -> Result<(), Error> {
    let pairs = request.query().unwrap_or_default();
    match pairs.iter().find(|(known, _)| known != name) {
        Some((other, _)) => Err(invalid(format!("unknown parameter {other:?}"))),
        None => Ok(()),
    }
}

/// Returns what changes would do.
fn plan(access: &Access, expected: Option<u64>, changes: Vec<Change>) -> ResponseResult {
    #[derive(Serialize)]
    struct Plan {
        revision: u64,
        changes: Vec<One>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct One {
        target: String,
        #[serde(rename = "type")]
        kind: &'static str,
        now: Option<String>,
        inherited_from: Option<String>,
        then: Option<String>,
    }
    let (revision, planned) = access.plan(expected, changes)?;
    let name = |level| access.registry().level_name(level);
    let changes = planned.into_iter().map(|one| One {
        target: target_name(&one.target).to_owned(),
        kind: type_name(one.target.target_type()),
        now: one.now.map(name),
        inherited_from: one.inherited_from,
        then: one.then.map(name),
    });
    let changes = changes.collect();
    Ok(at_revision(revision, &Plan { revision, changes }))
}

/// Returns the target whose level a change sets.
fn set_target(change: &Change) -> Option<&LevelTarget> {
    match change {
        Change::Level(target, _) | Change::LevelFor(target, ..) => Some(target),
        _ => None,
    }
}

pub(super) fn one(access: &Access, text: &str) -> Result<Change, Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct One {
        target: String,
        #[serde(rename = "type")]
        kind: Option<String>,
        level: Option<LevelWord>,
        #[serde(rename = "for")]
        time: Option<String>,
        /// Ends a temporary level before its time.
        #[serde(default)]
        end: bool,
    }
    let Object(one): Object<One> =
        serde_json::from_str(text).map_err(|why| invalid(why.to_string()))?;
    let kind = one
        .kind
        .map_or(Ok(TargetType::Logger), |kind| kind.parse())?;
    if kind == TargetType::Default && !is_root(&one.target) {
        let name = one.target;
        return Err(invalid(format!(
            "invalid name {name:?}: {kind} has no name"
        )));
    }
    let target = LevelTarget::new(kind, one.target);
    let time = one.time.map(|text| time(&text)).transpose()?;
    if one.end {
        return match (one.level, time) {
            (None, None) => Ok(Change::EndTemporary(target)),
            _ => Err(invalid("expected no level and no \"for\" with \"end\"")),
        };
    }
    let Some(level) = one.level else {
        if time.is_some() {
            return Err(invalid("expected a level with \"for\""));
        }
        return Ok(Change::Clear(target));
    };
    let level = level.level(access.registry())?;
    if level == Level::NOTSET {
        return Err(invalid("invalid level NOTSET: null clears a level"));
    }
    target.check_new(false)?;
    Ok(match time {
        Some(time) => Change::LevelFor(target, level, time),
        None => Change::Level(target, level),
    })
}

/// Clears the levels that controls have set, of a type or of all.
pub(super) fn clear_all(access: &Access, request: &Request) -> ResponseResult {
    let expected = if_match::expected(request)?;
    require_only(request, "type")?;
    let only = request.parameter("type")?;
    let only = only.map(|text| text.parse()).transpose()?;
    let revision = access.apply(expected, vec![Change::ClearAll(only)])?;
    Ok(changed(revision, Vec::new()))
}

pub(super) fn delete(access: &Access, request: &Request, kind: &str, name: &str) -> ResponseResult {
    let target = LevelTarget::new(kind.parse()?, name);
    let expected = if_match::expected(request)?;
    let revision = access.apply(expected, vec![Change::Clear(target)])?;
    Ok(changed(revision, Vec::new()))
}

//! `/v1/fleet`: what is set for all instances of the service, and which instances have it.

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::control::endpoint::access::Access;
use crate::control::endpoint::native::fleet_changes::parse;
use crate::control::endpoint::native::levels::require_only;
use crate::control::endpoint::native::words::{target_name, time, type_name};
use crate::control::endpoint::native::{ResponseResult, at_revision, changed, if_match};
use crate::control::endpoint::object;
use crate::control::endpoint::request::Request;
use crate::control::endpoint::response::{self, Response};
use crate::control::error_codes::invalid;
use crate::control::fleet::{Edit, Key, Logged, Plan, Revision, Selector, Standing, Terms, Value};
use crate::error::Error;
use crate::time::Timestamp;

/// How many instances are listed, those that need a look first, and how many levels.
const MOST: usize = 1_000;

/// How many changes are listed unless something else is said.
const CHANGES: u64 = 50;

/// Returns the response, or [`None`] if there is no such path.
pub(super) fn respond(access: &Access, request: &Request, path: &[&str]) -> Option<Response> {
    let response = match (path, &request.head.method) {
        ([], &Method::GET) => status(access, request),
        (["levels"], &Method::GET) => list(access),
        (["levels"], &Method::PATCH) => change(access, request),
        (["audit"], &Method::GET) => audit(access, request),
        (["undo"], &Method::POST) => undo(access, request),
        ([] | ["audit"], _) => return Some(response::not_allowed("GET")),
        (["levels"], _) => return Some(response::not_allowed("GET, PATCH")),
        (["undo"], _) => return Some(response::not_allowed("POST")),
        _ => return None,
    };
    Some(response.unwrap_or_else(|error| response::of_error(&error)))
}

/// How far the instances of a selector are.
fn status(access: &Access, request: &Request) -> ResponseResult {
    #[derive(Serialize)]
    struct Status {
        revision: u64,
        /// `41 of 42 at revision 17`.
        summary: String,
        confirmed: usize,
        total: usize,
        differing: usize,
        instances: Vec<Instance>,
    }
    #[derive(Serialize)]
    struct Instance {
        instance: String,
        version: Option<String>,
        zone: Option<String>,
        revision: u64,
        state: String,
        confirmed: bool,
        local: Vec<String>,
        refused: Vec<String>,
    }
    require_only(request, "selector")?;
    let of = selector(request.parameter("selector")?.as_deref())?;
    let mut status = access.fleet()?.status(&of)?;
    let (summary, confirmed) = (status.to_string(), status.confirmed());
    let (total, differing) = (status.instances.len(), status.differing());
    let is_well = |one: &Standing| one.is_confirmed() && one.silent().is_none();
    status.instances.sort_by_key(is_well);
    status.instances.truncate(MOST);
    let instances = status.instances.into_iter().map(|one| Instance {
        state: one.to_string(),
        confirmed: is_well(&one),
        revision: one.report.n,
        instance: one.report.instance,
        version: one.report.version,
        zone: one.report.zone,
        local: one.report.local,
        refused: one.report.refused,
    });
    let revision = status.revision.number;
    let status = Status {
        revision,
        summary,
        confirmed,
        total,
        differing,
        instances: instances.collect(),
    };
    Ok(at_revision(revision, &status))
}

/// What is set, as the store has it.
fn list(access: &Access) -> ResponseResult {
    #[derive(Serialize)]
    struct Levels {
        revision: u64,
        levels: Vec<One>,
        /// How many levels there are, listed or not.
        total: usize,
        off: Vec<Off>,
        groups: Vec<Group>,
        refused: Vec<String>,
    }
    #[derive(Serialize)]
    struct One {
        selector: String,
        target: String,
        #[serde(rename = "type")]
        kind: &'static str,
        level: String,
        until: Option<String>,
        by: String,
        reason: String,
        force: bool,
        revision: u64,
    }
    #[derive(Serialize)]
    struct Off {
        selector: String,
        by: String,
        reason: String,
    }
    #[derive(Serialize)]
    struct Group {
        name: String,
        members: Vec<String>,
        by: String,
    }
    let snapshot = access.fleet()?.snapshot()?;
    let (revision, now) = (snapshot.number(), Timestamp::now());
    let (mut levels, mut off, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    let mut total = 0;
    for (key, held) in snapshot.entries {
        match (key, held.value) {
            (Key::Level(selector, target) | Key::For(selector, target), Value::Level(setting)) => {
                total += 1;
                if levels.len() >= MOST {
                    continue;
                }
                // By the store if it says so, and not by the clock of the client that set it.
                let until = held.left.map(|left| now + left).or(setting.until);
                levels.push(One {
                    selector: selector.to_string(),
                    target: target_name(&target).to_owned(),
                    kind: type_name(target.target_type()),
                    level: access.registry().level_name(setting.level),
                    until: until.map(|until| until.to_string()),
                    by: setting.by,
                    reason: setting.reason,
                    force: setting.force,
                    revision: setting.n,
                });
            }
            (Key::Off(selector), Value::Off(one)) => off.push(Off {
                selector: selector.to_string(),
                by: one.by,
                reason: one.reason,
            }),
            (Key::Group(name), Value::Group(group)) if groups.len() < MOST => groups.push(Group {
                name,
                members: group.members,
                by: group.by,
            }),
            _ => {}
        }
    }
    let levels = Levels {
        revision,
        levels,
        total,
        off,
        groups,
        refused: snapshot.refused,
    };
    Ok(at_revision(revision, &levels))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    selector: Option<String>,
    changes: Vec<Box<RawValue>>,
    /// A time, or `never`.
    #[serde(rename = "for")]
    time: Option<String>,
    #[serde(default)]
    reason: String,
    consent: Option<u64>,
    #[serde(default)]
    force: bool,
}

/// Changes the instances of a selector as one.
fn change(access: &Access, request: &Request) -> ResponseResult {
    require_only(request, "dryRun")?;
    let is_dry = request.flag("dryRun")?;
    let expected = if_match::expected(request)?;
    let given: Given = object::parse(&request.body)?;
    let of = selector(given.selector.as_deref())?;
    let changes = parse(access, given.changes)?;
    let mut terms = terms(access, &given.reason)?.with_force(given.force);
    terms = match given.time.as_deref() {
        Some("never") => terms.without_end(),
        Some(text) => terms.with_time(time(text)?),
        None => terms,
    };
    if let Some(number) = given.consent {
        terms = terms.with_consent(number);
    }
    if let Some(number) = expected {
        terms = terms.with_expect(Revision::new(number, 0));
    }
    if is_dry {
        return Ok(planned(&access.plan_fleet(&of, changes, &terms)?));
    }
    let revision = access.change_fleet(&of, changes, &terms)?;
    Ok(changed(revision.number, Vec::new()))
}

fn planned(plan: &Plan) -> Response {
    #[derive(Serialize)]
    struct Planned<'p> {
        revision: u64,
        changes: Vec<OfKey<'p>>,
        consent: Option<u64>,
    }
    let planned = Planned {
        revision: plan.revision.number,
        changes: plan.edits.iter().map(OfKey::from).collect(),
        consent: plan.consent,
    };
    at_revision(plan.revision.number, &planned)
}

/// What a change does to one key.
#[derive(Serialize)]
struct OfKey<'e> {
    key: &'e str,
    old: Option<&'e str>,
    new: Option<&'e str>,
}

impl<'e> From<&'e Edit> for OfKey<'e> {
    fn from(edit: &'e Edit) -> Self {
        Self {
            key: &edit.key,
            old: edit.before.as_deref(),
            new: edit.after.as_deref(),
        }
    }
}

/// Lists the latest changes, the newest last.
fn audit(access: &Access, request: &Request) -> ResponseResult {
    #[derive(Serialize)]
    struct Audit<'l> {
        changes: Vec<One<'l>>,
    }
    #[derive(Serialize)]
    struct One<'l> {
        time: Option<String>,
        revision: u64,
        by: &'l str,
        reason: &'l str,
        edits: Vec<OfKey<'l>>,
    }
    require_only(request, "size")?;
    let expected = format!("a number from 1 to {}", Logged::KEPT);
    let size = request.number("size", &expected)?.unwrap_or(CHANGES);
    if !(1..=Logged::KEPT).contains(&size) {
        return Err(invalid(format!("invalid size {size}: expected {expected}")));
    }
    let most = usize::try_from(size).unwrap_or(usize::MAX);
    let mut history = access.fleet()?.history(most)?;
    history.reverse();
    let changes = history.iter().map(|logged| One {
        time: logged.at.map(|at| at.to_string()),
        revision: logged.n,
        by: &logged.by,
        reason: &logged.reason,
        edits: logged.edits.iter().map(OfKey::from).collect(),
    });
    let changes = changes.collect();
    Ok(response::json(StatusCode::OK, &Audit { changes }))
}

/// Undoes a change, unless something that it changed was changed again.
fn undo(access: &Access, request: &Request) -> ResponseResult {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Undo {
        revision: u64,
        #[serde(default)]
        reason: String,
    }
    let Undo { revision, reason } = object::parse(&request.body)?;
    let mut terms = terms(access, &reason)?;
    if let Some(number) = if_match::expected(request)? {
        terms = terms.with_expect(Revision::new(number, 0));
    }
    let revision = access.undo_fleet(revision, &terms)?;
    Ok(changed(revision.number, Vec::new()))
}

/// The terms of a change by this client, which is known by its address alone.
fn terms(access: &Access, reason: &str) -> Result<Terms, Error> {
    let fleet = access.fleet()?;
    let by = match fleet.labels() {
        Some(labels) => format!("{}@{}", access.control().origin, labels.instance),
        None => access.control().origin.as_ref().to_owned(),
    };
    Ok(Terms::new().with_origin(by).with_reason(reason))
}

fn selector(text: Option<&str>) -> Result<Selector, Error> {
    let selector: Selector = match text {
        None | Some("") => Selector::all(),
        Some(text) => text.parse()?,
    };
    selector.check()?;
    Ok(selector)
}

/// This process, as an instance.
#[derive(Serialize)]
pub(super) struct Own {
    instance: String,
    version: Option<String>,
    zone: Option<String>,
    health: String,
    since: String,
}

impl Own {
    /// Returns how this process stands, without asking the store; [`None`] if it is no instance.
    pub(super) fn of(access: &Access) -> Option<Self> {
        let fleet = access.fleet().ok()?;
        let (labels, health) = (fleet.labels()?, fleet.health()?);
        Some(Self {
            instance: labels.instance,
            version: labels.version,
            zone: labels.zone,
            health: health.to_string(),
            since: health.since.to_string(),
        })
    }
}

//! `/v1/loggers`.

use std::collections::HashMap;

use serde::Serialize;

use crate::control::endpoint::access::Access;
use crate::control::endpoint::native::{ResponseResult, at_revision};
use crate::control::endpoint::request::Request;
use crate::control::listing::Override;
use crate::control::logger_state::LoggerState;
use crate::control::target::LevelTarget;
use crate::error::Error;
use crate::name::{dotted, is_root};
use crate::registry::Registry;

#[derive(Serialize)]
struct Loggers {
    revision: u64,
    loggers: Vec<Logger>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logger {
    name: String,
    configured: Option<String>,
    effective: String,
    inherited_from: Option<String>,
    /// From where records are logged at present, which a disabled logger raises.
    enabled_from: String,
    /// From where the handlers write records.
    shown_from: Option<String>,
    /// Why records that the level passes are not written.
    warning: Option<String>,
    handlers: usize,
    propagate: bool,
    disabled: bool,
    overrides: Vec<OverrideOf>,
}

#[derive(Serialize)]
struct OverrideOf {
    level: String,
    until: Option<String>,
    origin: String,
    layer: String,
}

pub(super) fn list(access: &Access, request: &Request) -> ResponseResult {
    let parameter = |name| {
        let value = request.parameter(name)?.unwrap_or_default();
        Ok::<_, Error>(dotted(&value).into_owned())
    };
    let prefix = parameter("prefix")?;
    let prefix = if is_root(&prefix) { "" } else { &prefix };
    let words = parameter("q")?.to_lowercase();
    let configured_only = request.flag("configured")?;
    // Before the loggers: a change in between makes the revision too old, not too new.
    let revision = access.control().revision();
    let overrides = access.control().overrides().into_iter();
    let overrides: HashMap<_, _> = overrides.map(|one| (one.target.clone(), one)).collect();
    let states = access.control().loggers().into_iter();
    let loggers = states
        .filter(|state| is_below(&state.name, prefix))
        .filter(|state| state.name.to_lowercase().contains(&words))
        .filter(|state| !configured_only || state.configured.is_some())
        .map(|state| {
            let found = overrides.get(&LevelTarget::logger(&*state.name));
            Logger::of(access.registry(), state, found)
        });
    let loggers = Loggers {
        revision,
        loggers: loggers.collect(),
    };
    Ok(at_revision(revision, &loggers))
}

/// Whether a logger is the one of a name, or below it; an empty name is above all.
fn is_below(name: &str, above: &str) -> bool {
    let rest = name.strip_prefix(above);
    above.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Logger {
    fn of(registry: &Registry, state: LoggerState, found: Option<&Override>) -> Self {
        let name = |level| registry.level_name(level);
        let set_by_control = found.and_then(|found| {
            Some(OverrideOf {
                level: name(found.level),
                until: found.until.map(|until| until.to_string()),
                origin: found.origin.clone()?,
                layer: found.layer.to_string(),
            })
        });
        Self {
            warning: state.warning(registry),
            configured: state.configured.map(name),
            effective: name(state.effective),
            inherited_from: state.inherited_from,
            enabled_from: name(state.enabled_from),
            shown_from: state.shown_from.map(name),
            handlers: state.handlers,
            propagate: state.propagate,
            disabled: state.disabled,
            overrides: set_by_control.into_iter().collect(),
            name: state.name,
        }
    }
}

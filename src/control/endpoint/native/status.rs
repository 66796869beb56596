//! `/v1/status`, `/v1/options`, `/v1/console`.

use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::control::change::Change;
use crate::control::endpoint::access::Access;
use crate::control::endpoint::level_words::LevelWord;
#[cfg(feature = "fleet")]
use crate::control::endpoint::native::fleet;
use crate::control::endpoint::native::{ResponseResult, at_revision, changed, if_match};
use crate::control::endpoint::object;
use crate::control::endpoint::request::Request;
use crate::control::endpoint::response;
use crate::control::options::LoggingOptions;
use crate::level::Level;
use crate::sys::host::process_id;

macro_rules! features {
    ($($name:literal),* $(,)?) => { &[$(($name, cfg!(feature = $name))),*] };
}

/// The optional features, and which of them the program was built with.
#[rustfmt::skip]
const FEATURES: &[(&str, bool)] = features![
    "cloudwatch", "config", "config-toml", "config-yaml", "control", "delivery", "fleet", "gelf",
    "gzip", "http", "http-handler", "journald", "kv-serde", "kv-sval", "otlp", "pretty", "reload",
    "serde", "signal", "smtp", "socket", "syslog", "tls", "tower", "tracing", "tracing-layer",
];

pub(super) fn get(access: &Access) -> ResponseResult {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Status<'s> {
        name: &'s str,
        pid: u32,
        version: &'static str,
        started: String,
        revision: u64,
        default_level: String,
        disable_all: bool,
        /// Those that controls have set.
        overrides: usize,
        /// By all handlers, since they were made.
        accepted: u64,
        levels: Vec<NamedLevel>,
        #[cfg(feature = "fleet")]
        #[serde(skip_serializing_if = "Option::is_none")]
        fleet: Option<fleet::Own>,
        features: Vec<&'static str>,
    }
    #[derive(Serialize)]
    struct NamedLevel {
        name: String,
        number: u16,
    }
    let (shared, registry) = (access.shared(), access.registry());
    let mut levels = registry.level_names();
    levels.sort_by_key(|(_, level)| *level);
    // One name for each: the one that other replies show.
    let own = |(name, level): &(String, Level)| registry.level_name(*level) == *name;
    let levels = levels
        .into_iter()
        .filter(own)
        .map(|(name, level)| NamedLevel {
            name,
            number: level.number(),
        });
    let features = FEATURES.iter().filter(|(_, has)| *has);
    let handlers = registry.handlers();
    let overrides = access.control().overrides().into_iter();
    let revision = access.control().revision();
    let status = Status {
        name: &shared.name,
        pid: process_id(),
        version: env!("CARGO_PKG_VERSION"),
        started: shared.started.to_string(),
        revision,
        default_level: registry.level_name(registry.root().level()),
        disable_all: access.control().is_disabled_all(),
        overrides: overrides.filter(|one| one.origin.is_some()).count(),
        accepted: handlers
            .iter()
            .map(|handler| handler.counters().accepted())
            .sum(),
        levels: levels.collect(),
        #[cfg(feature = "fleet")]
        fleet: fleet::Own::of(access),
        features: features.map(|(name, _)| *name).collect(),
    };
    Ok(at_revision(revision, &status))
}

pub(super) fn options(access: &Access) -> ResponseResult {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Options {
        revision: u64,
        default_level: Option<String>,
        disable_all: Option<bool>,
        role: Option<String>,
    }
    let revision = access.control().revision();
    let options = access.control().options()?;
    let options = Options {
        revision,
        default_level: options
            .default_level
            .map(|level| access.registry().level_name(level)),
        disable_all: options.disable_all,
        role: options.role,
    };
    Ok(at_revision(revision, &options))
}

pub(super) fn set_options(access: &Access, request: &Request) -> ResponseResult {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Options {
        default_level: Option<LevelWord>,
        disable_all: Option<bool>,
        role: Option<String>,
    }
    let given: Options = object::parse(&request.body)?;
    let level = given.default_level;
    let options = LoggingOptions {
        default_level: level
            .map(|level| level.level(access.registry()))
            .transpose()?,
        disable_all: given.disable_all,
        role: given.role,
    };
    let revision = access.apply(if_match::expected(request)?, vec![Change::Options(options)])?;
    Ok(changed(revision, Vec::new()))
}

/// The address of the console with the token, for the user's programs on a Unix socket.
pub(super) fn console(access: &Access) -> ResponseResult {
    #[derive(Serialize)]
    struct Console<'c> {
        url: Option<&'c str>,
    }
    if access.is_remote() {
        let message = "expected a request on the Unix socket";
        return Ok(response::message(StatusCode::FORBIDDEN, message));
    }
    let url = access.shared().console_url.as_deref();
    Ok(response::json(StatusCode::OK, &Console { url }))
}

//! The dialect of Spring Boot: `/loggers`, also below `/actuator`, with what Spring Boot Admin
//! reads beside it.

use http::{Method, StatusCode, header};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;

use crate::control::change::Change;
use crate::control::endpoint::access::Access;
use crate::control::endpoint::level_words::{LevelWord, nearest};
use crate::control::endpoint::object;
use crate::control::endpoint::request::Request;
use crate::control::endpoint::response::{self, Response};
use crate::control::group::Group;
use crate::control::logger_state::LoggerState;
use crate::control::target::LevelTarget;
use crate::error::Error;
use crate::level::Level;

/// What a response can be, the preferred one first.
const MEDIA_TYPES: [&str; 3] = [
    "application/vnd.spring-boot.actuator.v3+json",
    "application/vnd.spring-boot.actuator.v2+json",
    "application/json",
];

const LEVELS: [(Level, &str); 7] = [
    (Level::TRACE, "TRACE"),
    (Level::DEBUG, "DEBUG"),
    (Level::INFO, "INFO"),
    (Level::WARNING, "WARN"),
    (Level::ERROR, "ERROR"),
    (Level::CRITICAL, "FATAL"),
    (Level::OFF, "OFF"),
];

const ROOT: &str = "ROOT";

/// Returns the response, or [`None`] if the path is none of this dialect.
pub(super) fn respond(access: &Access, request: &Request) -> Option<Response> {
    let segments = request.segments()?;
    let segments: Vec<_> = segments.iter().map(String::as_str).collect();
    let name = match segments[..] {
        ["actuator"] => return Some(read_only(request, || index(request))),
        ["actuator", "health"] => {
            return Some(read_only(request, || json!({ "status": "UP" })));
        }
        ["loggers"] | ["actuator", "loggers"] => {
            return Some(read_only(request, || Loggers::of(access)));
        }
        ["loggers", name] | ["actuator", "loggers", name] if !name.is_empty() => name,
        _ => return None,
    };
    Some(match request.head.method {
        Method::GET => match one(access, name) {
            Some(levels) => shown(request, &levels),
            None => refusal(StatusCode::NOT_FOUND, &format!("unknown logger {name:?}")),
        },
        Method::POST if !is_json(request) => {
            let message = "unknown media type of the body: expected application/json";
            refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
        }
        Method::POST => match configure(access, name, &request.body) {
            Ok(_) => {
                let mut response = response::whole(StatusCode::NO_CONTENT, MEDIA_TYPES[0], "");
                response.headers_mut().remove(header::CONTENT_TYPE);
                response
            }
            Err(why) => refusal(response::status_of(&why), &why.to_string()),
        },
        _ => response::not_allowed("GET, POST"),
    })
}

fn read_only<T: Serialize>(request: &Request, read: impl FnOnce() -> T) -> Response {
    match request.head.method {
        Method::GET => shown(request, &read()),
        _ => response::not_allowed("GET"),
    }
}

fn shown(request: &Request, value: &impl Serialize) -> Response {
    let Some(media_type) = accepted(request) else {
        let message = format!("expected to be accepted: {}", MEDIA_TYPES.join(", "));
        return refusal(StatusCode::NOT_ACCEPTABLE, &message);
    };
    let mut response = response::json(StatusCode::OK, value);
    response::set(&mut response, header::CONTENT_TYPE, media_type);
    response
}

/// Returns the media type that the client prefers; [`None`] if it accepts none of ours.
fn accepted(request: &Request) -> Option<&'static str> {
    let accept = request.head.headers.get_all(header::ACCEPT).iter();
    let accept: Vec<_> = accept.filter_map(|value| value.to_str().ok()).collect();
    if accept.is_empty() {
        return Some(MEDIA_TYPES[0]);
    }
    let ranges = accept.iter().flat_map(|value| value.split(','));
    let ranges: Vec<_> = ranges.map(Range::of).collect();
    let quality = |media_type: &str| {
        let fitting = ranges.iter().filter(|range| range.has(media_type));
        fitting
            .max_by_key(|range| range.name.len())
            .map(|range| range.quality)
    };
    let qualities = MEDIA_TYPES.map(|media_type| (media_type, quality(media_type).unwrap_or(0.0)));
    let mut best = None;
    for (media_type, quality) in qualities {
        if quality > best.map_or(0.0, |(_, best)| best) {
            best = Some((media_type, quality));
        }
    }
    best.map(|(media_type, _)| media_type)
}

/// One of the media types of an `Accept` header, or several: `application/*;q=0.5`.
struct Range {
    name: String,
    quality: f32,
}

impl Range {
    fn of(text: &str) -> Self {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.find_map(|part| part.strip_prefix("q=")?.trim().parse().ok());
        let quality = quality.unwrap_or(1.0);
        Self { name, quality }
    }

    fn has(&self, media_type: &str) -> bool {
        match self.name.strip_suffix('*') {
            Some("*/") => true,
            Some(start) if start.ends_with('/') => media_type.starts_with(start),
            _ => media_type == self.name,
        }
    }
}

/// Whether a body is JSON, by its media type; one without is.
fn is_json(request: &Request) -> bool {
    let Some(media_type) = request.head.headers.get(header::CONTENT_TYPE) else {
        return true;
    };
    let media_type = media_type.to_str().unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    MEDIA_TYPES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(media_type))
}

/// The links of `/actuator`, by which Spring Boot Admin finds what there is.
fn index(request: &Request) -> serde_json::Value {
    let host = request.head.headers.get(header::HOST);
    let host = host
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost");
    let link = |path| json!({ "href": format!("http://{host}{path}"), "templated": false });
    json!({
        "_links": {
            "self": link("/actuator"),
            "health": link("/actuator/health"),
            "loggers": link("/actuator/loggers"),
        }
    })
}

#[derive(Serialize)]
struct Loggers {
    levels: Vec<&'static str>,
    loggers: Named<LoggerLevels>,
    groups: Named<GroupLevels>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LoggerLevels {
    #[serde(skip_serializing_if = "Option::is_none")]
    configured_level: Option<&'static str>,
    effective_level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupLevels {
    #[serde(skip_serializing_if = "Option::is_none")]
    configured_level: Option<&'static str>,
    members: Vec<String>,
}

/// Values by name, in their order.
struct Named<T>(Vec<(String, T)>);

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Loggers {
    fn of(access: &Access) -> Self {
        let control = access.control();
        let loggers = control.loggers().into_iter().enumerate();
        let loggers = loggers.filter_map(|(at, logger)| {
            let levels = LoggerLevels::of(&logger);
            // The root comes first, and has its name for itself.
            match at == 0 {
                true => Some((ROOT.to_owned(), levels)),
                false => (logger.name != ROOT).then_some((logger.name, levels)),
            }
        });
        let groups = control.groups().into_iter();
        let groups = groups.map(|group| (group.name.clone(), GroupLevels::of(group)));
        Self {
            levels: LEVELS.iter().rev().map(|(_, word)| *word).collect(),
            loggers: Named(loggers.collect()),
            groups: Named(groups.collect()),
        }
    }
}

impl LoggerLevels {
    fn of(logger: &LoggerState) -> Self {
        Self {
            configured_level: logger.configured.map(|level| nearest(level, &LEVELS)),
            effective_level: nearest(logger.effective, &LEVELS),
        }
    }
}

impl GroupLevels {
    fn of(group: Group) -> Self {
        Self {
            configured_level: group.level.map(|level| nearest(level, &LEVELS)),
            members: group.members,
        }
    }
}

/// The levels of a name; a group's come before a logger's.
#[derive(Serialize)]
#[serde(untagged)]
enum Levels {
    Group(GroupLevels),
    Logger(LoggerLevels),
}

fn one(access: &Access, name: &str) -> Option<Levels> {
    let control = access.control();
    if let Some(group) = control.group(name) {
        return Some(Levels::Group(GroupLevels::of(group)));
    }
    let logger = control.logger(logger_name(name))?;
    Some(Levels::Logger(LoggerLevels::of(&logger)))
}

fn logger_name(name: &str) -> &str {
    if name == ROOT { "" } else { name }
}

/// Sets the level of a group's members or of a logger, or clears it.
fn configure(access: &Access, name: &str, body: &[u8]) -> Result<u64, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        configured_level: Option<LevelWord>,
    }

    let body: Option<Body> = match body.trim_ascii() {
        b"" | b"null" => None,
        body => Some(object::parse(body)?),
    };
    let word = body.and_then(|body| body.configured_level);
    let control = access.control();
    let level = word.map(|word| word.level(access.registry())).transpose()?;
    // As in Spring Boot, a group without members does not hide a logger from changes.
    let is_group = control
        .group(name)
        .is_some_and(|group| !group.members.is_empty());
    let target = || LevelTarget::logger(logger_name(name));
    let change = match level {
        level if is_group => Change::GroupLevel(name.to_owned(), level),
        Some(level) => Change::Level(target(), level),
        None => Change::Clear(target()),
    };
    access.apply(None, vec![change])
}

fn refusal(status: StatusCode, message: &str) -> Response {
    let body = json!({
        "status": status.as_u16(),
        "error": status.canonical_reason(),
        "message": message,
    });
    response::json(status, &body)
}

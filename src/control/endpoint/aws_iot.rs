//! The dialect of AWS IoT: the calls for version 2 of its logging, as AWS's clients make them.

use http::{HeaderName, Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::control::change::Change;
use crate::control::endpoint::access::Access;
use crate::control::endpoint::level_words::{LevelWord, nearest};
use crate::control::endpoint::object::{self, Object};
use crate::control::endpoint::paging;
use crate::control::endpoint::request::Request;
use crate::control::endpoint::response::{self, Response};
use crate::control::endpoint::sigv4;
use crate::control::error_codes::{aws_error_name, invalid};
use crate::control::options::LoggingOptions;
use crate::control::page::Page;
use crate::control::target::LevelTarget;
use crate::control::target_type::TargetType;
use crate::error::Error;
use crate::level::Level;

/// AWS's levels.
const LEVELS: [(Level, &str); 5] = [
    (Level::DEBUG, "DEBUG"),
    (Level::INFO, "INFO"),
    (Level::WARNING, "WARN"),
    (Level::ERROR, "ERROR"),
    (Level::OFF, "DISABLED"),
];

/// Returns the response, or [`None`] if the path is none of this dialect.
pub(super) fn respond(access: &Access, request: &Request) -> Option<Response> {
    let call = match (request.head.uri.path(), &request.head.method) {
        ("/v2LoggingOptions", &Method::GET) => get_options,
        ("/v2LoggingOptions", &Method::POST) => set_options,
        ("/v2LoggingOptions", _) => return Some(response::not_allowed("GET, POST")),
        ("/v2LoggingLevel", &Method::GET) => list_levels,
        ("/v2LoggingLevel", &Method::POST) => set_level,
        ("/v2LoggingLevel", &Method::DELETE) => delete_level,
        ("/v2LoggingLevel", _) => return Some(response::not_allowed("GET, POST, DELETE")),
        // Version 1, and what else an AWS client asks for.
        (path, _) if path == "/loggingOptions" || sigv4::is_signed(&request.head.headers) => {
            return Some(unknown());
        }
        _ => return None,
    };
    Some(call(access, request).unwrap_or_else(|why| {
        let mut response = response::of_error(&why);
        set_type(&mut response, aws_error_name(why.kind()));
        response
    }))
}

fn unknown() -> Response {
    let name = "ResourceNotFoundException";
    let body = json!({ "__type": name, "message": "unknown path" });
    let mut response = response::json(StatusCode::NOT_FOUND, &body);
    set_type(&mut response, name);
    response
}

fn set_type(response: &mut Response, name: &'static str) {
    response::set(response, HeaderName::from_static("x-amzn-errortype"), name);
}

fn done() -> Response {
    response::json(StatusCode::OK, &json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    role_arn: Option<String>,
    default_log_level: Option<LevelWord>,
    disable_all_logs: Option<bool>,
    event_configurations: Option<Vec<Object<EventConfiguration>>>,
}

/// The destination of an event's records is not read: handlers decide on it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventConfiguration {
    event_type: String,
    log_level: Option<LevelWord>,
}

fn set_options(access: &Access, request: &Request) -> Result<Response, Error> {
    let given: Options = object::parse(&request.body)?;
    let level = given.default_log_level;
    let options = LoggingOptions {
        default_level: level.map(|word| level_of(access, &word)).transpose()?,
        disable_all: given.disable_all_logs,
        role: given.role_arn,
    };
    let mut changes = vec![Change::Options(options)];
    for Object(event) in given.event_configurations.into_iter().flatten() {
        let target = LevelTarget::event_type(event.event_type);
        changes.push(match event.log_level {
            Some(word) => Change::Level(target, level_of(access, &word)?),
            None => Change::Clear(target),
        });
    }
    access.apply(None, changes)?;
    Ok(done())
}

fn get_options(access: &Access, request: &Request) -> Result<Response, Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct ResponseBody {
        #[serde(skip_serializing_if = "Option::is_none")]
        role_arn: Option<String>,
        default_log_level: String,
        disable_all_logs: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        event_configurations: Option<Vec<serde_json::Value>>,
    }

    let options = access.control().options()?;
    // AWS lists event types on demand.
    let events = request
        .flag("verbose")?
        .then(|| event_configurations(access));
    let response = ResponseBody {
        role_arn: options.role,
        default_log_level: word_of(access, options.default_level.unwrap_or_default()),
        disable_all_logs: options.disable_all.unwrap_or_default(),
        event_configurations: events.transpose()?,
    };
    Ok(response::json(StatusCode::OK, &response))
}

/// Returns the event types that have levels: the event types are any, so there are no others.
fn event_configurations(access: &Access) -> Result<Vec<serde_json::Value>, Error> {
    let mut all = Vec::new();
    let mut page = Page::new(Page::MAX);
    loop {
        let listing = access.control().list(Some(TargetType::EventType), page)?;
        all.extend(listing.overrides.iter().map(|one| {
            json!({
                "eventType": one.target.name(),
                "logLevel": word_of(access, one.level),
            })
        }));
        match listing.next {
            Some(next) => page = Page::new(Page::MAX).after(Some(next)),
            None => return Ok(all),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    target_type: String,
    target_name: Option<String>,
}

fn set_level(access: &Access, request: &Request) -> Result<Response, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        log_target: Object<Target>,
        log_level: LevelWord,
    }

    let body: Body = object::parse(&request.body)?;
    let target = target_of(access, body.log_target.0)?;
    let level = level_of(access, &body.log_level)?;
    access.apply(None, vec![Change::Level(target, level)])?;
    Ok(done())
}

fn delete_level(access: &Access, request: &Request) -> Result<Response, Error> {
    let required = |name: &str| {
        let value = request.parameter(name)?;
        value.ok_or_else(|| invalid(format!("missing parameter {name}")))
    };
    let target = Target {
        target_type: required("targetType")?,
        target_name: Some(required("targetName")?),
    };
    let target = target_of(access, target)?;
    access.apply(None, vec![Change::Clear(target)])?;
    Ok(done())
}

fn list_levels(access: &Access, request: &Request) -> Result<Response, Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct ResponseBody {
        log_target_configurations: Vec<serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_token: Option<String>,
    }

    let only = request.parameter("targetType")?;
    let only = only.map(|name| type_of(access, &name)).transpose()?;
    let page = paging::requested(request, "maxResults", "nextToken")?;
    let listing = access.control().list(only, page)?;
    let configurations = listing.overrides.iter().map(|one| {
        let mut target = json!({ "targetType": one.target.target_type().aws_name() });
        if one.target.target_type() != TargetType::Default {
            target["targetName"] = one.target.name().into();
        }
        json!({ "logTarget": target, "logLevel": word_of(access, one.level) })
    });
    let response = ResponseBody {
        log_target_configurations: configurations.collect(),
        next_token: listing.next.as_ref().map(paging::text),
    };
    Ok(response::json(StatusCode::OK, &response))
}

fn target_of(access: &Access, target: Target) -> Result<LevelTarget, Error> {
    let kind = type_of(access, &target.target_type)?;
    let name = target.target_name.unwrap_or_default();
    match (kind, name.is_empty()) {
        (TargetType::Default, false) => Err(invalid(format!(
            "invalid name {name:?}: {kind} has no name"
        ))),
        (TargetType::Default, true) => Ok(LevelTarget::default_level()),
        (_, true) => Err(invalid(format!("expected the name of a {kind} target"))),
        (_, false) => Ok(LevelTarget::new(kind, name)),
    }
}

fn type_of(access: &Access, name: &str) -> Result<TargetType, Error> {
    let kind: TargetType = name.parse()?;
    if access.shared().strict_aws && name != kind.aws_name() {
        let names = TargetType::ALL.map(TargetType::aws_name).join(", ");
        let message = format!("unknown target type {name:?}: expected one of {names}");
        return Err(invalid(message));
    }
    Ok(kind)
}

/// Returns the level of a word; a strict endpoint knows AWS's only.
fn level_of(access: &Access, word: &LevelWord) -> Result<Level, Error> {
    if !access.shared().strict_aws {
        return word.level(access.registry());
    }
    let known = LEVELS.iter().find(|(_, known)| match word {
        LevelWord::Name(name) => name == known,
        LevelWord::Number(_) => false,
    });
    known.map(|(level, _)| *level).ok_or_else(|| {
        let names = LEVELS.map(|(_, name)| name).join(", ");
        invalid(format!("unknown level: expected one of {names}"))
    })
}

/// Returns AWS's word for a level, or else the level's name; a strict endpoint has AWS's only.
fn word_of(access: &Access, level: Level) -> String {
    let same = LEVELS.iter().find(|(known, _)| *known == level);
    match same {
        Some((_, word)) => (*word).to_owned(),
        None if access.shared().strict_aws => nearest(level, &LEVELS).to_owned(),
        None => access.registry().level_name(level),
    }
}

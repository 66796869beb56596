//! The dialect of zap, Go's logging library: the root's level at `/level`.

use http::{Method, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use crate::control::change::Change;
use crate::control::endpoint::access::Access;
use crate::control::endpoint::level_words::LevelWord;
use crate::control::endpoint::object;
use crate::control::endpoint::request::{self, Request};
use crate::control::endpoint::response::{self, Response};
use crate::control::error_codes::invalid;
use crate::control::target::LevelTarget;
use crate::error::Error;
use crate::level::Level;
use crate::registry::Registry;

const FORM: &str = "application/x-www-form-urlencoded";

const ONLY: &str = "Only GET and PUT are supported.";

/// Returns the response, or [`None`] if the path is none of this dialect.
pub(super) fn respond(access: &Access, request: &Request) -> Option<Response> {
    if request.segments()? != ["level"] {
        return None;
    }
    Some(match request.head.method {
        Method::GET => level(access),
        Method::PUT => set(access, request).map_or_else(|why| refusal(&why), |_| level(access)),
        _ => {
            let mut response = response::not_allowed("GET, PUT");
            let body = json!({ "error": ONLY, "message": ONLY });
            *response.body_mut() = response::json(StatusCode::OK, &body).into_body();
            response
        }
    })
}

fn level(access: &Access) -> Response {
    let control = access.control();
    let level = control.level(&LevelTarget::default_level());
    let word = word(access.registry(), level.unwrap_or_default());
    response::json(StatusCode::OK, &json!({ "level": word }))
}

/// Returns zap's word for a level, or else the name in lower case.
fn word(registry: &Registry, level: Level) -> String {
    match level {
        Level::WARNING => "warn".to_owned(),
        Level::CRITICAL => "fatal".to_owned(),
        _ => registry.level_name(level).to_lowercase(),
    }
}

fn set(access: &Access, request: &Request) -> Result<u64, Error> {
    let level = requested(request)?;
    let level = match &level {
        // zap's levels between error and fatal.
        LevelWord::Name(name) if ["dpanic", "panic"].contains(&&*name.to_ascii_lowercase()) => {
            Level::CRITICAL
        }
        level => level.level(access.registry())?,
    };
    let change = Change::Level(LevelTarget::default_level(), level);
    access.apply(None, vec![change])
}

/// Returns the level of the body; of the query if the body is a form without one.
fn requested(request: &Request) -> Result<LevelWord, Error> {
    #[derive(Deserialize)]
    struct Body {
        level: Option<LevelWord>,
    }

    let media_type = request.head.headers.get(header::CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok()?.split(';').next());
    let is_form = media_type.is_some_and(|value| value.trim().eq_ignore_ascii_case(FORM));
    let level = if is_form {
        let body = std::str::from_utf8(&request.body).ok();
        let query = request.head.uri.query().unwrap_or_default();
        let pairs = body.and_then(|body| Some([request::pairs(body)?, request::pairs(query)?]));
        let pairs = pairs.ok_or_else(|| invalid("cannot read the form: expected UTF-8"))?;
        let mut pairs = pairs.into_iter().flatten();
        let level = pairs.find(|(name, value)| name == "level" && !value.is_empty());
        level.map(|(_, level)| LevelWord::Name(level))
    } else {
        object::parse::<Body>(&request.body)?.level
    };
    level.ok_or_else(|| invalid("must specify logging level"))
}

fn refusal(why: &Error) -> Response {
    let body = json!({ "error": why.to_string(), "message": why.to_string() });
    response::json(response::status_of(why), &body)
}

//! The dialect of Envoy's administration interface: levels as text at `/logging`.

use std::fmt::Write;

use http::{Method, StatusCode, header};

use crate::control::change::Change;
use crate::control::endpoint::access::Access;
use crate::control::endpoint::request::{self, Request};
use crate::control::endpoint::response::{self, Response};
use crate::control::error_codes::invalid;
use crate::control::target::LevelTarget;
use crate::control::target_type::TargetType;
use crate::error::Error;
use crate::level::Level;

const TEXT: &str = "text/plain; charset=utf-8";
const USAGE: &str = "\
usage: /logging?<name>=<level> (change single level)
usage: /logging?paths=name1:level1,name2:level2,... (change multiple levels)
usage: /logging?level=<level> (change all levels)
";

/// Returns the response, or [`None`] if the path is none of this dialect.
pub(super) fn respond(access: &Access, request: &Request) -> Option<Response> {
    if request.segments()? != ["logging"] {
        return None;
    }
    let is_change = match request.head.method {
        Method::GET => false,
        Method::POST => true,
        _ => return Some(response::not_allowed("GET, POST")),
    };
    let result = parameters(request).and_then(|parameters| match &parameters[..] {
        [] => Ok(()),
        _ if !is_change => Err(invalid("invalid method: expected POST for a change")),
        [(name, value)] => change(access, name, value),
        _ => Err(invalid("invalid number of parameters: expected one")),
    });
    Some(match result {
        Ok(()) => response::whole(StatusCode::OK, TEXT, active_loggers(access)),
        Err(why) => refusal(access, &why),
    })
}

/// Returns the pairs of the query; of the form if there is no query.
fn parameters(request: &Request) -> Result<Vec<(String, String)>, Error> {
    let media_type = request.head.headers.get(header::CONTENT_TYPE);
    let is_form = media_type.is_some_and(|value| {
        let form = b"application/x-www-form-urlencoded";
        value.as_bytes().to_ascii_lowercase().starts_with(form)
    });
    let pairs = match request.head.uri.query() {
        None | Some("") if is_form => {
            let body = std::str::from_utf8(&request.body).ok();
            body.and_then(request::pairs)
        }
        _ => request.query(),
    };
    pairs.ok_or_else(|| invalid("invalid parameters: expected UTF-8"))
}

fn change(access: &Access, name: &str, value: &str) -> Result<(), Error> {
    let parse = |level: &str| access.registry().parse_level(level);
    let changes = match name {
        // The root's level, and none below it that a control has set.
        "level" => {
            let root = Change::Level(LevelTarget::default_level(), parse(value)?);
            vec![Change::ClearAll(Some(TargetType::Logger)), root]
        }
        "paths" => {
            let paths = value
                .split(',')
                .map(str::trim)
                .filter(|path| !path.is_empty());
            let changes = paths.map(|path| {
                // The last colon: a name can be a path of modules, such as `a::b`.
                let pair = path.rsplit_once(':').unwrap_or((path, ""));
                let (name, level) = (pair.0.trim(), pair.1.trim());
                if name.is_empty() || level.is_empty() {
                    return Err(invalid("empty logger name or empty logger level"));
                }
                set(name, parse(level)?)
            });
            let changes = changes.collect::<Result<Vec<_>, _>>()?;
            if changes.is_empty() {
                return Err(invalid("empty logger name or empty logger level"));
            }
            changes
        }
        "" => return Err(invalid("empty logger name or empty logger level")),
        name => vec![set(name, parse(value)?)?],
    };
    access.apply(None, changes).map(|_| ())
}

fn set(name: &str, level: Level) -> Result<Change, Error> {
    if name.contains('*') {
        let message = format!("invalid logger name {name:?}: patterns are not supported");
        return Err(invalid(message));
    }
    Ok(Change::Level(LevelTarget::logger(name), level))
}

/// Returns the names and effective levels of all loggers, a line each.
fn active_loggers(access: &Access) -> String {
    let control = access.control();
    let mut text = "active loggers:\n".to_owned();
    for logger in control.loggers() {
        let name = logger.name.escape_debug();
        let level = access.registry().level_name(logger.effective);
        let _ = writeln!(text, "  {name}: {}", level.to_lowercase());
    }
    text
}

fn refusal(access: &Access, why: &Error) -> Response {
    let mut levels = access.registry().level_names();
    levels.sort_by_key(|(_, level)| *level);
    let levels: Vec<_> = levels
        .into_iter()
        .map(|(name, _)| name.to_lowercase())
        .collect();
    let text = format!("error: {why}\n\n{USAGE}levels: {}\n", levels.join(" "));
    response::whole(response::status_of(why), TEXT, text)
}

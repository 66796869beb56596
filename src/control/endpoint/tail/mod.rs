//! The live tail, `GET /v1/tail`.
//!
//! | parameter | shows |
//! |---|---|
//! | `level` | a [`LevelSpec`](crate::LevelSpec) of at most 64 levels: what is named, from its level on, even if the loggers' levels hide it. Without it, what the loggers show |
//! | `logger` | loggers of this name and below, or with `*` and `?` a pattern of names |
//! | `q` | records whose message or error contain this; ASCII letters match in either case |
//! | `kv` | records with a key-value, `KEY:VALUE`; more than one must all be there |
//! | `backlog` | first, so many of the latest records; 0 by default |
//! | `limit` | no more than so many records; the stream ends then |
//! | `format` | `json`, or `text` for lines |
//!
//! A parameter without a value counts as absent. `Accept` chooses `text/event-stream`, the default,
//! `application/x-ndjson`, or `text/plain` for lines of text. Records are those of
//! [`JsonFormatter`](crate::formatter::JsonFormatter) with `levelNumber`, `seq`, `pid` and `span`.
//!
//! Events are `record`, `dropped` (what found no room, by level) and `gap` (what a tail that
//! resumes by `Last-Event-ID` has missed: `records` is `null` if their number is unknown, `hidden`
//! says that what the loggers' levels hide was not kept meanwhile).

mod accept;
mod body;
mod frames;
mod query;

use http::{HeaderMap, Method, StatusCode, header};
use http_body_util::BodyExt;

use crate::control::endpoint::access::Access;
use crate::control::endpoint::request::Request;
use crate::control::endpoint::response::{self, Endless, Response};
use crate::control::endpoint::tail::accept::Media;
use crate::control::endpoint::tail::body::TailBody;
use crate::control::endpoint::tail::frames::Frames;
use crate::control::endpoint::tail::query::TailQuery;
use crate::control::tail::{Position, Start};
use crate::error::{Error, ErrorKind};

/// Returns the response, or [`None`] if the path is another one.
pub(super) fn respond(access: &Access, request: &Request) -> Option<Response> {
    if request.head.uri.path() != "/v1/tail" {
        return None;
    }
    if request.head.method != Method::GET {
        return Some(response::not_allowed("GET"));
    }
    let response = begin(access, request);
    Some(response.unwrap_or_else(|(status, why)| response::message(status, &why)))
}

/// Why there is no stream.
type Refusal = (StatusCode, String);

fn begin(access: &Access, request: &Request) -> Result<Response, Refusal> {
    let bad = |why: &str| (StatusCode::BAD_REQUEST, why.to_owned());
    let of_error = |error: Error| (response::status_of(&error), error.to_string());
    let pairs = request.query();
    let pairs = pairs.ok_or_else(|| bad("cannot read the query: expected UTF-8"))?;
    let mut query = TailQuery::parse(access.registry(), &pairs).map_err(|why| bad(&why))?;
    let media = Media::of(&request.head.headers).ok_or_else(|| {
        let why = "unknown Accept: expected text/event-stream, application/x-ndjson or text/plain";
        (StatusCode::NOT_ACCEPTABLE, why.to_owned())
    })?;
    let is_json = query.is_json.unwrap_or(media != Media::Plain);
    if media == Media::Lines && !is_json || media == Media::Plain && is_json {
        let media = media.content_type();
        return Err(bad(&format!("format: cannot write it as {media}")));
    }
    access.restrict(&mut query.filter).map_err(of_error)?;
    let start = match last_event(&request.head.headers).map_err(bad)? {
        Some(position) => Start::After(position),
        None => Start::Latest(query.backlog),
    };
    let tails = &access.shared().tails;
    let tail = tails.begin(query.filter, start);
    let tail = tail.map_err(|error| match error.kind() {
        // Later it may be possible.
        ErrorKind::LimitExceeded => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
        _ => of_error(error),
    })?;
    let frames = Frames::new(tails.clone(), media, is_json);
    let mut response = Response::new(TailBody::new(tail, frames, query.limit).boxed_unsync());
    response::set(&mut response, header::CONTENT_TYPE, media.content_type());
    response.extensions_mut().insert(Endless);
    Ok(response)
}

/// Returns after which record the client goes on.
fn last_event(headers: &HeaderMap) -> Result<Option<Position>, &'static str> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(None);
    };
    if value.is_empty() {
        return Ok(None);
    }
    let position = value.to_str().ok().and_then(|text| text.parse().ok());
    match position {
        Some(position) => Ok(Some(position)),
        None => Err("Last-Event-ID: expected an id of this stream"),
    }
}

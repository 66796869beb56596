//! The parsers of requests, for the fuzz targets.

use http::request::Parts;

use crate::control::control::Control;
use crate::control::endpoint::access::Access;
use crate::control::endpoint::request::Request;
use crate::control::endpoint::router;
use crate::control::endpoint::sigv4::{self, Key};
use crate::time::Timestamp;

/// Returns the status of the answer to a request that passed the rules of the endpoint; `None` if
/// `text` is no request.
#[must_use]
pub fn answer(control: &Control, text: &str) -> Option<u16> {
    let (head, body) = read(text)?;
    let access = Access::new(control.clone(), true);
    let body = body.to_owned().into();
    let answer = router::answer(&access, &Request { head, body }, true);
    Some(answer.status().as_u16())
}

/// Reports whether a request is signed with a token; `None` if `text` is no request.
#[must_use]
pub fn is_signed(text: &str, token: &str, seconds: i64) -> Option<bool> {
    let (head, body) = read(text)?;
    let now = Timestamp::from_nanos(seconds.saturating_mul(1_000_000_000));
    let key = Key::of_token(token);
    Some(sigv4::verify(&head, body.as_bytes(), key, now).is_ok())
}

/// Reads a method and a target, lines of headers, an empty line, and the body.
fn read(text: &str) -> Option<(Parts, &str)> {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let mut start = lines.next()?.split(' ');
    let mut request = http::Request::builder()
        .method(start.next()?)
        .uri(start.next()?);
    for line in lines {
        let (name, value) = line.split_once(':')?;
        request = request.header(name, value.trim());
    }
    Some((request.body(()).ok()?.into_parts().0, body))
}

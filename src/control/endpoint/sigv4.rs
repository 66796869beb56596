//! Signatures of AWS clients, Signature Version 4: [`verify`].

use std::fmt::Write;

use chrono::NaiveDateTime;
use hmac::{Hmac, Mac};
use http::header::{self, HeaderMap, HeaderName};
use http::request::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::time::Timestamp;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";
/// The header with the time of signing.
const DATE: &str = "x-amz-date";
/// How far a client's clock may be from ours, in seconds.
const MAX_SKEW: i64 = 300;
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const IN_PATHS: &AsciiSet = &UNRESERVED.remove(b'/');

/// A key that requests are signed with.
#[derive(Clone, Copy)]
pub(super) struct Key<'k> {
    id: &'k str,
    secret: &'k [u8],
    service: &'k str,
}

/// Why a request is refused. Clients see one response for all of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The header cannot be read.
    Malformed,
    /// The signature is in the query.
    Presigned,
    /// The key, the service or the day is another one.
    Scope,
    /// The clocks differ by more than five minutes.
    Time,
    /// What the signature must cover is not covered, or not there.
    NotCovered,
    /// The body is not the one that the client declares.
    Body,
    /// The path is not in its normal form.
    Path,
    /// The signature does not match.
    Signature,
}

impl<'k> Key<'k> {
    /// The key of an endpoint, whose secret is the token.
    pub(super) fn of_token(token: &'k str) -> Self {
        Self {
            id: "logtree",
            secret: token.as_bytes(),
            service: "iot",
        }
    }
}

/// Reports whether a request claims to be signed, so that [`verify`] applies.
pub(super) fn is_signed(headers: &HeaderMap) -> bool {
    let value = headers.get(header::AUTHORIZATION);
    value.is_some_and(|value| value.as_bytes().starts_with(ALGORITHM.as_bytes()))
}

/// Checks that a request was signed with a key, within five minutes of `now`.
///
/// The signature must cover the `Host`, the `X-Amz-Date` and the `Content-Type` if there is one;
/// it always covers the method, the path, the query and the body, of which the digest is computed
/// here, whatever the client declares. Presigned requests, unsigned bodies and bodies signed in
/// chunks are refused. So are paths with empty segments or dots, which a signature would cover in
/// another form than the one that is routed.
///
/// # Errors
/// Why the request is refused.
pub(super) fn verify(
    head: &Parts,
    body: &[u8],
    key: Key<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let query = head.uri.query().unwrap_or_default();
    let is_presigned =
        |(name, _): (String, String)| name.to_ascii_lowercase().starts_with("x-amz-");
    if pairs(query).any(is_presigned) {
        return Err(Refusal::Presigned);
    }
    let claim = Claim::parse(only(&head.headers, &header::AUTHORIZATION)?)?;
    let date = only(&head.headers, &HeaderName::from_static(DATE))?;
    let region = claim.region(key, date)?;
    let skew = seconds(date)?.abs_diff(now.seconds());
    if skew > MAX_SKEW.unsigned_abs() {
        return Err(Refusal::Time);
    }
    let digest = hex(&Sha256::digest(body));
    for declared in head.headers.get_all("x-amz-content-sha256") {
        if declared.as_bytes() != digest.as_bytes() {
            return Err(Refusal::Body);
        }
    }
    let canonical = canonical_request(head, &claim, &digest)?;
    let scope = format!("{}/{region}/{}/{TERMINATOR}", &date[..8], key.service);
    let digest = hex(&Sha256::digest(canonical));
    let to_sign = format!("{ALGORITHM}\n{date}\n{scope}\n{digest}");
    let mut secret = [b"AWS4", key.secret].concat();
    for part in [&date[..8], region, key.service, TERMINATOR] {
        secret = hmac(&secret, part)?;
    }
    let expected = hex(&hmac(&secret, &to_sign)?);
    match bool::from(expected.as_bytes().ct_eq(claim.signature.as_bytes())) {
        true => Ok(()),
        false => Err(Refusal::Signature),
    }
}

/// What the header `Authorization` claims.
struct Claim<'h> {
    credential: Vec<&'h str>,
    signed_headers: Vec<&'h str>,
    signature: &'h str,
}

impl<'h> Claim<'h> {
    fn parse(header: &'h str) -> Result<Self, Refusal> {
        let rest = header.strip_prefix(ALGORITHM).unwrap_or_default();
        let rest = rest.strip_prefix(' ').ok_or(Refusal::Malformed)?;
        let names = ["Credential", "SignedHeaders", "Signature"];
        let mut values = [None; 3];
        for part in rest.split(',') {
            let (name, value) = part.trim().split_once('=').ok_or(Refusal::Malformed)?;
            let index = names.iter().position(|known| *known == name);
            let value_of = index.and_then(|index| values.get_mut(index));
            match value_of {
                Some(known @ None) => *known = Some(value),
                _ => return Err(Refusal::Malformed),
            }
        }
        let [Some(credential), Some(signed_headers), Some(signature)] = values else {
            return Err(Refusal::Malformed);
        };
        let signed_headers: Vec<_> = signed_headers.split(';').collect();
        // Sorted, so none is there twice.
        let is_sorted = signed_headers.is_sorted_by(|one, next| one < next);
        if !is_sorted
            || signed_headers
                .iter()
                .any(|name| name.contains(char::is_uppercase))
        {
            return Err(Refusal::Malformed);
        }
        Ok(Self {
            credential: credential.split('/').collect(),
            signed_headers,
            signature,
        })
    }

    /// Returns the region, which may be any, if the rest of the scope is as expected.
    fn region(&self, key: Key<'_>, date: &str) -> Result<&'h str, Refusal> {
        let [id, day, region, service, terminator] = self.credential[..] else {
            return Err(Refusal::Malformed);
        };
        let is_day = date.split_once('T').is_some_and(|(start, _)| start == day);
        let is_ours = id == key.id && service == key.service && terminator == TERMINATOR;
        match is_ours && is_day && !region.is_empty() {
            true => Ok(region),
            false => Err(Refusal::Scope),
        }
    }
}

fn canonical_request(head: &Parts, claim: &Claim<'_>, digest: &str) -> Result<String, Refusal> {
    let path = head.uri.path();
    let has_dots = path.split('/').any(|one| matches!(one, "." | ".."));
    if !path.starts_with('/') || path.contains("//") || has_dots {
        return Err(Refusal::Path);
    }
    // The path is encoded as it was sent: what is encoded in it is encoded twice.
    let path = percent_encode(path.as_bytes(), IN_PATHS);
    let mut query: Vec<_> = pairs(head.uri.query().unwrap_or_default()).collect();
    query.sort();
    let query: Vec<_> = query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let headers = &head.headers;
    let must_be_signed = |name| {
        let is_signed = claim.signed_headers.binary_search(&name).is_ok();
        is_signed || name == "content-type" && !headers.contains_key(name)
    };
    if !["host", DATE, "content-type"]
        .into_iter()
        .all(must_be_signed)
    {
        return Err(Refusal::NotCovered);
    }
    let mut text = format!("{}\n{path}\n{}\n", head.method, query.join("&"));
    for name in &claim.signed_headers {
        let values = headers.get_all(*name).iter().map(|value| {
            let value = std::str::from_utf8(value.as_bytes()).map_err(|_| Refusal::Malformed)?;
            let words: Vec<_> = value.split_ascii_whitespace().collect();
            Ok(words.join(" "))
        });
        let values = values.collect::<Result<Vec<_>, _>>()?;
        if values.is_empty() {
            return Err(Refusal::NotCovered);
        }
        let _ = writeln!(text, "{name}:{}", values.join(","));
    }
    let _ = write!(text, "\n{}\n{digest}", claim.signed_headers.join(";"));
    Ok(text)
}

/// Returns the names and values of a query in the encoding that is signed. A plus is a space, as
/// for those who read the query.
fn pairs(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let encode = |text: &str| {
        let text = text.replace('+', " ");
        let bytes: Vec<u8> = percent_decode_str(&text).collect();
        percent_encode(&bytes, UNRESERVED).to_string()
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(move |pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (encode(name), encode(value))
    })
}

/// Returns the value of a header that is there once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<&'h str, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| Refusal::Malformed),
        (None, _) => Err(Refusal::NotCovered),
        _ => Err(Refusal::Malformed),
    }
}

/// Returns the seconds since 1970 of a date such as `20150830T123600Z`.
fn seconds(date: &str) -> Result<i64, Refusal> {
    let shape = b"00000000T000000Z";
    let fits = |(byte, shape): (u8, &u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        _ => byte == *shape,
    };
    // chrono reads signs and fewer digits as well.
    if date.len() != shape.len() || !date.bytes().zip(shape).all(fits) {
        return Err(Refusal::Malformed);
    }
    let date = NaiveDateTime::parse_from_str(date, "%Y%m%dT%H%M%SZ");
    date.map(|date| date.and_utc().timestamp())
        .map_err(|_| Refusal::Malformed)
}

fn hmac(key: &[u8], text: &str) -> Result<Vec<u8>, Refusal> {
    // A key can have any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| Refusal::Signature)?;
    mac.update(text.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;

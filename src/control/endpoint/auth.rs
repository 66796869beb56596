//! Whether a client has proved itself: [`Auth`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use http::{HeaderName, StatusCode, header};

use crate::control::endpoint::rate::Rate;
use crate::control::endpoint::request::is_read;
use crate::control::endpoint::response::{self, Response};
use crate::control::endpoint::sigv4::{self, Key};
use crate::control::endpoint::token::Token;
use crate::time::{Clock, SystemClock};

/// How many wrong proofs in a second are reported as such.
const FAILURES: u32 = 10;

/// What clients that connect by TCP have to know.
pub(super) struct Auth {
    token: Token,
    unsigned_reads: bool,
    failures: Rate,
}

impl Auth {
    pub(super) fn new(token: Token, unsigned_reads: bool) -> Self {
        Self {
            token,
            unsigned_reads,
            failures: Rate::new(FAILURES),
        }
    }

    /// Returns the refusal of a request that does not prove itself.
    ///
    /// A right proof is accepted however many wrong ones there are: another client must not be able
    /// to lock out the owner of the token.
    pub(super) fn refusal(&self, head: &Parts, body: &[u8]) -> Option<Response> {
        let mut given = head.headers.get_all(header::AUTHORIZATION).iter();
        let (first, second) = (given.next(), given.next());
        let proof = match (first, second) {
            (None, _) if self.unsigned_reads && is_read(&head.method) => return None,
            (None, _) => return Some(unauthorized()),
            (Some(proof), None) => proof.to_str().ok(),
            (Some(_), Some(_)) => None,
        };
        if proof.is_some_and(|proof| self.is_proved(proof, head, body)) {
            return None;
        }
        Some(if self.failures.take() {
            unauthorized()
        } else {
            let message = "too many wrong tokens or signatures";
            response::message(StatusCode::TOO_MANY_REQUESTS, message)
        })
    }

    fn is_proved(&self, proof: &str, head: &Parts, body: &[u8]) -> bool {
        if sigv4::is_signed(&head.headers) {
            let key = Key::of_token(self.token.as_str());
            return sigv4::verify(head, body, key, SystemClock.now()).is_ok();
        }
        let Some((scheme, rest)) = proof.split_once(' ') else {
            return false;
        };
        if scheme.eq_ignore_ascii_case("Bearer") {
            return self.token.is(rest);
        }
        if scheme.eq_ignore_ascii_case("Basic") && is_actuator(head.uri.path()) {
            let decoded = STANDARD.decode(rest).ok().map(String::from_utf8);
            let Some(Ok(pair)) = decoded else {
                return false;
            };
            let token = pair.strip_prefix("logtree:");
            return token.is_some_and(|token| self.token.is(token));
        }
        false
    }
}

/// Whether a path is one that Spring Boot Admin asks for, which has user and password only.
fn is_actuator(path: &str) -> bool {
    let below = |base| {
        path.strip_prefix(base)
            .is_some_and(|rest: &str| rest.is_empty() || rest.starts_with('/'))
    };
    below("/actuator") || below("/loggers")
}

/// The same for all reasons.
fn unauthorized() -> Response {
    let message = "expected a token or a signature";
    let mut response = response::message(StatusCode::UNAUTHORIZED, message);
    response::set(&mut response, header::WWW_AUTHENTICATE, "Bearer");
    // What the clients of AWS show.
    let error_type = HeaderName::from_static("x-amzn-errortype");
    response::set(&mut response, error_type, "UnrecognizedClientException");
    response
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn head(proof: &str) -> Parts {
        let request = Request::get("/v1/status").header(header::AUTHORIZATION, proof);
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn no_wrong_token_is_accepted_and_the_right_one_always() {
        let token = Token::random().unwrap();
        let right = format!("Bearer {}", token.as_str());
        let auth = Auth::new(token, false);
        let mut refused = 0;
        for number in 0..100_000 {
            // Of the same length, and as near as can be. Of higher bits, some make a `w` or an `o`
            // what no header can have.
            let mut wrong = right.clone().into_bytes();
            let (at, bit) = (7 + number % 43, number / 43 % 3);
            wrong[at] ^= 1 << bit;
            let wrong = String::from_utf8(wrong).unwrap();
            let status = auth
                .refusal(&head(&wrong), &[])
                .map(|response| response.status());
            match status.map(|status| status.as_u16()) {
                Some(401) => {}
                Some(429) => refused += 1,
                other => panic!("{wrong:?}: {other:?}"),
            }
            if number % 1_000 == 0 {
                assert!(auth.refusal(&head(&right), &[]).is_none());
            }
        }
        assert!(refused > 0);
    }
}

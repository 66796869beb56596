//! The pages of lists: [`requested`], [`text`].

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::control::endpoint::request::Request;
use crate::control::page::Page;
use crate::control::token::Token;
use crate::error::Error;

/// Returns the page that a query asks for, by the names of its parameters.
pub(super) fn requested(request: &Request, size: &str, after: &str) -> Result<Page, Error> {
    let expected = format!("a number from 1 to {}", Page::MAX);
    let size = request.number(size, &expected)?.unwrap_or(Page::MAX);
    let after = request.parameter(after)?;
    let after = after.map(|text| {
        let decoded = URL_SAFE_NO_PAD.decode(text).ok();
        let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        // What is not a token in this form is none in the other.
        decoded.unwrap_or_default().parse()
    });
    Ok(Page::new(size).after(after.transpose()?))
}

/// Returns a token as clients get it.
pub(super) fn text(token: &Token) -> String {
    URL_SAFE_NO_PAD.encode(token.to_string())
}

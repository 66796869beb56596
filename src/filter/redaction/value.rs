//! Where the value behind a name begins and ends.

use super::class::SecretClass;
use super::span::{MARK, Span};

/// The value of the name at `start..end`, if one follows that is worth hiding; else where to look on.
pub(super) fn behind(
    text: &str,
    start: usize,
    end: usize,
    class: SecretClass,
) -> Result<Span, usize> {
    let bytes = text.as_bytes();
    let mut cursor = Cursor { bytes, at: end };
    let opened = opening(bytes, start);
    let closed = opened.is_some_and(|quote| cursor.take_quote(quote));
    cursor.skip_spaces();
    if !cursor.take_separator(bytes, start, opened.filter(|_| closed)) {
        return Err(end);
    }
    cursor.skip_spaces();
    if class == SecretClass::Signature {
        // botocore writes it on a line of its own.
        cursor.skip_newline();
    }
    if class == SecretClass::Authorization && cursor.is_signed_by_aws() {
        return Err(end);
    }
    let (from, to) = cursor.value(class).ok_or(end)?;
    let value = &text[from..to];
    let whole = |is_secret: bool| match (is_secret, hidden(value)) {
        (true, true) => Ok(Span::new(from, to, class)),
        // What is hidden already is not looked at again, however long it is.
        (true, false) => Err(to),
        // It was no value, so what follows may be a name.
        (false, _) => Err(end),
    };
    match class {
        SecretClass::Authorization => authorization(value, from, to).ok_or(to),
        SecretClass::AccessKeyId => {
            let id = value.split(['/', '%']).next().unwrap_or_default();
            let span = Span::new(from, from + id.len(), class);
            if hidden(id) { Ok(span) } else { Err(to) }
        }
        SecretClass::Signature => whole(value.len() >= 16 && !value.contains(' ')),
        SecretClass::Token | SecretClass::SecretKey => whole(!is_prose(bytes, start, end, value)),
        SecretClass::Password => {
            whole(!(value.starts_with('/') && text[start..end].ends_with("PWD")))
        }
        _ => whole(true),
    }
}

/// Whether a value hides anything: what is empty, nothing, or hidden already does not.
fn hidden(value: &str) -> bool {
    const NOTHING: &[&str] = &[
        "null",
        "nil",
        "none",
        "None",
        "undefined",
        "true",
        "false",
        "True",
        "False",
        "Some",
        MARK,
        "***:***",
        "[REDACTED]",
        "REDACTED",
        "<redacted>",
    ];
    // The id of an access key as it is masked.
    let is_masked = value.len() == 12 && value.get(4..8) == Some("****");
    !value.is_empty()
        && !NOTHING.contains(&value)
        && !is_masked
        && !value.bytes().all(|byte| byte == b'*')
}

/// Whether a colon is that of a sentence, `unexpected token: identifier`, `iam.CreateAccessKey: calling`, or one of many:
/// `arn:aws:secretsmanager:eu-west-1:123456789012:secret:name`.
fn is_prose(bytes: &[u8], start: usize, end: usize, value: &str) -> bool {
    match bytes[..start].last() {
        Some(b':') if bytes.get(end) == Some(&b':') => return true,
        Some(b'.' | b'/') if bytes[end..].starts_with(b": ") => {
            return value.bytes().all(|byte| byte.is_ascii_alphabetic());
        }
        _ => {}
    }
    let is_bare = bytes[start..end].eq_ignore_ascii_case(b"token") && bytes.get(end) == Some(&b':');
    let after_word =
        start >= 2 && bytes[start - 1] == b' ' && bytes[start - 2].is_ascii_lowercase();
    is_bare && after_word && value.len() < 20 && !value.bytes().any(|byte| byte.is_ascii_digit())
}

/// `Bearer …`: the scheme stays, where it is a known one; else it may be the secret itself.
fn authorization(value: &str, from: usize, to: usize) -> Option<Span> {
    const SCHEMES: &[&str] = &[
        "apikey",
        "aws",
        "basic",
        "bearer",
        "digest",
        "dpop",
        "gnap",
        "hawk",
        "hoba",
        "mutual",
        "negotiate",
        "ntlm",
        "token",
        "vapid",
    ];
    let scheme = value.split(' ').next().unwrap_or_default();
    let is_known = SCHEMES
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    let start = if is_known {
        value.len() - value[scheme.len()..].trim_start().len()
    } else {
        0
    };
    hidden(&value[start..]).then(|| Span::new(from + start, to, SecretClass::Authorization))
}

/// A quote, and how many backslashes stand before it: none in plain text, more where a text was written into another one.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Quote {
    mark: u8,
    depth: usize,
}

fn depth_before(bytes: &[u8], at: usize) -> usize {
    bytes[..at]
        .iter()
        .rev()
        .take_while(|byte| **byte == b'\\')
        .count()
}

/// The quote just before a place.
fn opening(bytes: &[u8], start: usize) -> Option<Quote> {
    let at = start.checked_sub(1)?;
    let mark = bytes[at];
    matches!(mark, b'"' | b'\'' | b'`').then(|| Quote {
        mark,
        depth: depth_before(bytes, at),
    })
}

struct Cursor<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Cursor<'_> {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn take(&mut self, word: &[u8]) -> bool {
        let takes =
            self.rest().len() >= word.len() && self.rest()[..word.len()].eq_ignore_ascii_case(word);
        self.at += if takes { word.len() } else { 0 };
        takes
    }

    fn skip_spaces(&mut self) {
        self.at += self
            .rest()
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
    }

    fn skip_newline(&mut self) {
        if !self.take(b"\r\n") && !self.take(b"\n") {
            self.take(b"\\n");
        }
    }

    /// Takes a quote of a depth, with its backslashes.
    fn take_quote(&mut self, quote: Quote) -> bool {
        let depth = self
            .rest()
            .iter()
            .take_while(|byte| **byte == b'\\')
            .count();
        let takes = depth == quote.depth && self.rest().get(depth) == Some(&quote.mark);
        self.at += if takes { depth + 1 } else { 0 };
        takes
    }

    /// Takes what stands between a name and its value.
    fn take_separator(&mut self, bytes: &[u8], start: usize, closed: Option<Quote>) -> bool {
        let before = &bytes[..start];
        if self.take(b"=>")
            || self.take(b":=")
            || self.take(b"==")
            || self.take(b"=")
            || self.take(b":")
        {
            return true;
        }
        // Encoded, as in a URL that is a value of another one.
        if self.take(b"%3d") || self.take(b"%3a") || self.take(b"\\u003d") {
            return true;
        }
        let is_element = before.last() == Some(&b'<') || before.ends_with(b"&lt;");
        let is_prefixed =
            before.last() == Some(&b':') && before.iter().rev().take(32).any(|byte| *byte == b'<');
        if (is_element || is_prefixed)
            && (self.take(b">") || self.take(b"&gt;") || self.take(b"\\u003e"))
        {
            return true;
        }
        // `('name', 'value')`.
        if let Some(quote) = closed {
            let opened = start - 1 - quote.depth;
            let in_tuple = opened > 0 && bytes[opened - 1] == b'(';
            let in_bytes = opened > 1 && bytes[opened - 1] == b'b' && bytes[opened - 2] == b'(';
            return (in_tuple || in_bytes) && self.take(b",");
        }
        // `--name value`.
        before.ends_with(b" ")
            && self.at > start
            && bytes[start..].starts_with(b"--")
            && bytes[self.at - 1] == b' '
    }

    /// Whether AWS's signature follows, which keeps all but key and signature: they have names of their own.
    fn is_signed_by_aws(&mut self) -> bool {
        self.skip_wrappers();
        let opening = |byte: &&u8| matches!(byte, b'\\' | b'"' | b'\'' | b'`');
        let quotes = self.rest().iter().take(16).take_while(opening).count();
        self.rest()[quotes..].starts_with(b"AWS4-")
    }

    /// The value from here on, without its quotes.
    fn value(&mut self, class: SecretClass) -> Option<(usize, usize)> {
        self.skip_wrappers();
        let depth = self
            .rest()
            .iter()
            .take_while(|byte| **byte == b'\\')
            .count();
        let mark = *self.rest().get(depth)?;
        if matches!(mark, b'"' | b'\'' | b'`') {
            self.at += depth + 1;
            let from = self.at;
            let end = self.closing(Quote { mark, depth });
            return Some((from, end));
        }
        let from = self.at;
        let takes_line = matches!(class, SecretClass::Authorization | SecretClass::Cookie);
        let ends = |byte: &u8| match byte {
            b'\n' | b'\r' | b'"' | b'`' => true,
            b'\'' => !takes_line,
            b' ' | b'\t' | b'&' | b',' | b';' | b'<' | b'>' | b')' | b']' | b'}' | b'|' | b'{'
            | b'[' | b'(' => !takes_line,
            // The quote of a text that this one was written into.
            b'\\' => true,
            _ => false,
        };
        let len = self
            .rest()
            .iter()
            .position(ends)
            .unwrap_or(self.rest().len());
        let value = &self.rest()[..len];
        let len = encoded_end(value).unwrap_or(len);
        Some((from, from + len))
    }

    /// `b"…"`, `Some("…")`, `String("…")`, `[b'…'`.
    fn skip_wrappers(&mut self) {
        for _ in 0..4 {
            let rest = self.rest();
            let word = rest
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'))
                .count();
            let next = rest.get(word);
            let after = rest.get(word + 1);
            let is_quote = |byte: Option<&u8>| matches!(byte, Some(b'"' | b'\''));
            if word > 0
                && next == Some(&b'(')
                && (is_quote(after) || after.is_some_and(u8::is_ascii_alphabetic))
            {
                self.at += word + 1;
            } else if (1..=2).contains(&word)
                && is_quote(next)
                && rest[..word].iter().all(|byte| b"bBrRuU".contains(byte))
            {
                self.at += word;
            } else if word == 0 && next == Some(&b'[') && (is_quote(after) || after == Some(&b'b'))
            {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// Where a quoted value ends: at the quote with as many backslashes, or with fewer, which closes a text around it.
    fn closing(&self, quote: Quote) -> usize {
        let mut at = self.at;
        while let Some(found) = self.bytes[at..].iter().position(|byte| *byte == quote.mark) {
            let place = at + found;
            let depth = depth_before(self.bytes, place).min(place - self.at);
            if depth <= quote.depth {
                return place - depth;
            }
            at = place + 1;
        }
        self.bytes.len()
    }
}

/// Where an encoded value ends: at an encoded `&`.
fn encoded_end(value: &[u8]) -> Option<usize> {
    let found = value
        .windows(3)
        .position(|window| window.eq_ignore_ascii_case(b"%26"));
    found.or_else(|| {
        value
            .windows(6)
            .position(|window| window.eq_ignore_ascii_case(b"\\u0026"))
    })
}

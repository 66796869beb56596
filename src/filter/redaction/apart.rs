//! Values that no sign separates from their names: of options, of arguments, of sentences.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::extent::{self, Around, Quote};
use crate::filter::redaction::innocent::Manner;
use crate::filter::redaction::name::Name;
use crate::filter::redaction::rules::Need;
use crate::filter::redaction::span::Spans;
use crate::filter::redaction::value;

use crate::filter::redaction::{container, text};

/// A value that no sign separates from its name: an option's, an argument's, one of a sentence.
pub(super) fn after(
    name: Name<'_>,
    closed: Option<Quote>,
    tight: usize,
    at: usize,
    spans: &mut Spans,
) -> Option<usize> {
    let (bytes, text) = (name.text.as_bytes(), name.text);
    let known = name.known;
    let is_password = known.class == SecretClass::Password;
    let doubtful = Manner {
        is_doubtful: true,
        ..Manner::default()
    };
    let rest = &bytes[at..];
    // `Password("…")`, `set_password("…")`, `Token { raw: "…" }`
    if at == tight && matches!(rest.first(), Some(b'('))
        || text::starts_with(rest, b"::new(")
        || text::starts_with(rest, b"::from(")
    {
        let open = rest.iter().position(|byte| *byte == b'(')?;
        let inner = at + open + 1;
        let value = inner + text::blank(&bytes[inner..]);
        if extent::quote_at(bytes, value).is_some() || value::wrapper(bytes, value) > 0 {
            return value::at_place(name, value, Manner::default(), Around::default(), spans);
        }
        let end = extent::bare(bytes, value, Around::default());
        return name.hide(value, end, doubtful, spans);
    }
    if rest.first() == Some(&b'{') {
        return container::at(name, at, spans);
    }
    // `user[ann] password[…]`
    if at == tight && closed.is_none() && rest.first() == Some(&b'[') {
        let len = rest.iter().take(96).position(|byte| *byte == b']')?;
        return name.hide(at + 1, at + len, doubtful, spans);
    }
    // `password 7 …`: how it is written, as routers have it.
    if let [b'0' | b'4'..=b'9', b' ', ..] = rest {
        let end = extent::bare(bytes, at + 2, Around::default());
        let value = text.get(at + 2..end)?;
        let is_one = value.len() >= 6 && text::is_mixed(value.as_bytes());
        if is_one && !value.contains([':', '(']) && at > tight {
            return name.hide(at + 2, end, Manner::TYPED, spans);
        }
    }
    // `password/…`, `password,…`
    let is_path = matches!(rest.first(), Some(b'/' | b',' | b';'));
    if at == tight && is_path && closed.is_none() && known.need == Need::Any {
        let near = &bytes[..bytes.len().min(at + 256)];
        let end = extent::bare(near, at + 1, Around::default());
        let parts = text.get(at + 1..end)?;
        let mut from = at + 1;
        for part in parts.split(['/', '?', '&', ',']).take(3) {
            let digits = part.bytes().filter(u8::is_ascii_digit).count();
            if digits >= 3 && part.len() >= 10 && part.bytes().all(text::is_name) {
                return name.hide(from, from + part.len(), doubtful, spans);
            }
            if !part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            {
                break;
            }
            from += part.len() + 1;
        }
        return None;
    }
    if at == tight || closed.is_some() {
        return None;
    }
    // `--password …`
    if name.as_str().starts_with('-') && !bytes[at..].starts_with(b"-") {
        const WORDS: &[&str] = &[
            "to",
            "or",
            "and",
            "is",
            "if",
            "in",
            "for",
            "option",
            "flag",
            "argument",
            "instead",
            "with",
            "can",
            "must",
            "on",
            "the",
            "was",
            "not",
            "requires",
            "parameter",
            "switch",
            "when",
            "as",
            "may",
            "will",
            "has",
            "options",
            "flags",
            "takes",
        ];
        let end = extent::bare(bytes, at, Around::default());
        if text.get(at..end).is_some_and(|word| WORDS.contains(&word)) {
            return None;
        }
        return value::at_place(name, at, Manner::default(), Around::default(), spans);
    }
    // `requirepass foobared`
    let is_key = [&b"isakmp key"[..], b"-server key"]
        .iter()
        .any(|known| text::ends_with(name.as_str().as_bytes(), known));
    if is_key || matches!(name.as_str(), "requirepass" | "masterauth" | "_authToken") {
        return value::at_place(name, at, Manner::default(), Around::default(), spans);
    }
    // `PASSWORD '…'`, `password for ann is …`, `login ann password …`
    let place = at + linking(&bytes[at..]);
    if let Some((quote, len)) = extent::quote_at(bytes, place) {
        let from = place + len;
        let end = extent::closing(bytes, from, quote);
        let manner = Manner {
            is_quoted: true,
            is_doubtful: !is_password || known.need == Need::Short || bytes[place] == b'`',
            is_prose: false,
        };
        return name.hide_quoted(from, end, len, manner, spans);
    }
    let is_netrc = is_password && place == at && follows_login(&bytes[..name.start]);
    if is_netrc {
        return value::at_place(name, at, Manner::default(), Around::default(), spans);
    }
    let end = extent::bare(bytes, place, Around::default());
    let is_scheme = ["bearer", "basic"]
        .iter()
        .any(|word| name.as_str().eq_ignore_ascii_case(word));
    let is_set = text::ends_with(&bytes[..name.start], b" set ");
    let least = match known.need {
        _ if is_scheme => 10,
        Need::Any if is_set => 8,
        Need::Any => 20,
        _ => usize::MAX,
    };
    // A long one needs no sign: `aws configure set NAME VALUE`.
    let is_next = (at == tight + 1 || bytes[tight] == b'\t')
        && (!text::starts_pair(&bytes[place..])
            || bytes[..end].ends_with(b"=")
            || text::ends_with(&bytes[..name.start], b"label="))
        && bytes.get(place).is_some_and(u8::is_ascii_alphanumeric);
    if is_next && (place > at || is_password || end - place >= least) {
        let manner = Manner {
            is_quoted: is_scheme && end - place >= 20,
            ..doubtful
        };
        return name.hide(place, end, manner, spans);
    }
    None
}

/// `machine … login … password`
fn follows_login(before: &[u8]) -> bool {
    let line = &before[before.len().saturating_sub(160)..];
    let mut words = line
        .rsplit(|byte| byte.is_ascii_whitespace())
        .filter(|word| !word.is_empty());
    words
        .nth(1)
        .is_some_and(|word| matches!(word, b"login" | b"user" | b"account"))
}

/// How long the words are that link a name with its value: `is`, `for ann: `, `changed to`.
fn linking(rest: &[u8]) -> usize {
    let line = &rest[..rest
        .iter()
        .take(96)
        .take_while(|byte| **byte != b'\n')
        .count()];
    for words in [
        &b"is set to "[..],
        b"is now ",
        b"is: ",
        b"is ",
        b"was ",
        b"set to ",
        b"changed to ",
        b"reset to ",
        b"to be ",
        b"to ",
        b"has been set to ",
        b"= ",
        b"with value ",
        b"enc ",
        b"from ",
        b"d'ordine: ",
        b"value ",
        b"| ",
        b". ",
    ] {
        if text::starts_with(line, words) {
            return words.len();
        }
    }
    let dots = line.iter().take_while(|byte| **byte == b'.').count();
    if dots >= 2 && line.get(dots) == Some(&b' ') {
        return dots + 1;
    }
    if text::starts_with(line, b"for ") || text::starts_with(line, b"of ") {
        for sign in [&b" is "[..], b": ", b" = ", b"=", b" to ", b" was "] {
            if let Some(found) = text::find(line, sign) {
                return found + sign.len();
            }
        }
    }
    0
}
